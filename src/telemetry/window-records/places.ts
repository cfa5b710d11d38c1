import { Texts } from './texts.ts';

/** A workload, wherever it is told of. */
export interface Place {
  readonly cluster: string;
  readonly namespace: string;
  readonly workload: string;
}

/** Numbers workloads, and names them. */
export class Places {
  readonly #keys = new Texts();
  readonly #places: Place[] = [];

  numberOf({ cluster, namespace, workload }: Place): number {
    const number = this.#keys.numberOf(JSON.stringify([cluster, namespace, workload]));
    if (number === this.#places.length) this.#places.push({ cluster, namespace, workload });
    return number;
  }

  /**
   * The name of each, by number: that of the workload, with its namespace and cluster in front where several have
   * it; '(none)' for none.
   */
  names(): string[] {
    const sameName = this.#countBy(({ workload }) => workload);
    const sameNamespace = this.#countBy(({ namespace, workload }) => JSON.stringify([namespace, workload]));
    return this.#places.map(({ cluster, namespace, workload }) => {
      const name = workload === '' ? '(none)' : workload;
      if (sameName.get(workload) === 1) return name;
      const inCluster = sameNamespace.get(JSON.stringify([namespace, workload])) === 1 ? [] : [cluster];
      return [...inCluster, namespace, name].filter((part) => part !== '').join('/');
    });
  }

  #countBy(keyOf: (place: Place) => string): Map<string, number> {
    const counts = new Map<string, number>();
    for (const place of this.#places) counts.set(keyOf(place), (counts.get(keyOf(place)) ?? 0) + 1);
    return counts;
  }
}
