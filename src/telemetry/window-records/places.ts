import { Texts } from './texts.ts';

/** A workload, wherever it is told of; what is not known is empty. */
export interface Place {
  readonly cluster: string;
  readonly namespace: string;
  readonly workload: string;
}

/** Numbers workloads, and names them. */
export class Places {
  readonly #keys = new Texts();
  /** By number. */
  readonly all: Place[] = [];

  numberOf({ cluster, namespace, workload }: Place): number {
    const number = this.#keys.numberOf(JSON.stringify([cluster, namespace, workload]));
    if (number === this.all.length) this.all.push({ cluster, namespace, workload });
    return number;
  }

  /** The name of each, by number. */
  names(): string[] {
    return placeNames(this.all);
  }
}

/**
 * The name of each place: that of the workload, with its namespace in front where it is in several, and the cluster
 * before that where it is in several; '(none)' for none. A place of which the namespace or the cluster is not told is that of the same workload, where that is in one
 * alone: not all signals tell all.
 */
export function placeNames(places: readonly Place[]): string[] {
  const byWorkload = new Map<string, Place[]>();
  for (const place of places) {
    const alike = byWorkload.get(place.workload);
    if (alike === undefined) byWorkload.set(place.workload, [place]);
    else alike.push(place);
  }
  const several = new Map(
    [...byWorkload].map(([workload, alike]) => [
      workload,
      {
        clusters: known(alike, ({ cluster }) => cluster).size > 1,
        namespaces: known(alike, ({ namespace }) => namespace).size > 1,
      },
    ]),
  );
  return places.map((place) => {
    const { clusters = false, namespaces = false } = several.get(place.workload) ?? {};
    const parts = [
      ...(clusters ? [place.cluster] : []),
      ...(clusters || namespaces ? [place.namespace] : []),
    ];
    return [...parts.filter((part) => part !== ''), place.workload === '' ? '(none)' : place.workload].join(
      '/',
    );
  });
}

/**
 * What a name may stand for, as `placeNames` and get-service-map write it: a workload, or one of a namespace or a
 * cluster, or of both. What is absent is any.
 */
export function placesNamed(name: string): Partial<Place>[] {
  const [first = '', second = '', ...rest] = name.split('/');
  return [
    { workload: name },
    ...(second === ''
      ? []
      : ['namespace', 'cluster'].map((part) => ({ [part]: first, workload: [second, ...rest].join('/') }))),
    ...(rest.length === 0 ? [] : [{ cluster: first, namespace: second, workload: rest.join('/') }]),
  ];
}

const known = (places: readonly Place[], textOf: (place: Place) => string): ReadonlySet<string> =>
  new Set(places.map(textOf).filter((text) => text !== ''));

/** Numbers of names, by number of the place: places of one name are one. */
export function numbersOfNames(names: readonly string[]): Uint32Array {
  const first = new Map<string, number>();
  return Uint32Array.from(names, (name, place) => {
    const known = first.get(name) ?? place;
    first.set(name, known);
    return known;
  });
}
