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

  /**
   * The name of each, by number: that of the workload, with its namespace and cluster in front where it is in several;
   * '(none)' for none. A place of which the namespace or the cluster is not told is that of the same workload, where
   * that is in one alone: not all signals tell all.
   */
  names(): string[] {
    const byWorkload = new Map<string, Place[]>();
    for (const place of this.all) {
      const alike = byWorkload.get(place.workload);
      if (alike === undefined) byWorkload.set(place.workload, [place]);
      else alike.push(place);
    }
    return this.all.map((place) => {
      const alike = byWorkload.get(place.workload) ?? [];
      const clusters = known(alike, ({ cluster }) => cluster);
      const namespaces = known(alike, ({ namespace }) => namespace);
      const parts = [
        ...(clusters.size > 1 ? [place.cluster] : []),
        ...(namespaces.size > 1 ? [place.namespace] : []),
      ].filter((part) => part !== '');
      return [...parts, place.workload === '' ? '(none)' : place.workload].join('/');
    });
  }
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
