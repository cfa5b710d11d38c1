import type { Limits } from '../../telemetry/scope.ts';
import type { FamilyMetadata, MetricMetadata, MetricType } from '../rows/metric-record.ts';
import { RecentMap } from '../rows/recent-map.ts';

/** Names and texts that are remembered, in characters. */
const capacity = 16 << 20;

/** Endings of the names of a family's series, and the types of family that have them. */
const endings: readonly (readonly [ending: string, types: readonly MetricType[]])[] = [
  ['_bucket', ['histogram', 'gaugehistogram']],
  ['_sum', ['histogram', 'summary', 'gaugehistogram']],
  ['_count', ['histogram', 'summary', 'gaugehistogram']],
  ['_gsum', ['gaugehistogram']],
  ['_gcount', ['gaugehistogram']],
  ['_total', ['counter']],
  ['_created', ['counter', 'histogram', 'summary']],
  ['_info', ['info']],
];

/**
 * What senders said of metric families apart from series, as Prometheus remote write 1.0 does. It is kept
 * apart for each set of limits, so that what a limited key says is seen with its own series alone.
 */
export class RememberedFamilies {
  readonly #families: RecentMap<string, MetricMetadata> = new RecentMap(capacity);

  remember(limits: Limits, families: readonly FamilyMetadata[]): void {
    const prefix = prefixOf(limits);
    for (const { family, type, unit, help } of families) {
      const key = prefix + family;
      this.#families.set(key, { type, unit, help }, key.length + unit.length + help.length + 100);
    }
  }

  /** What senders with these limits said of a series' metric: under its name, else its family's. */
  lookup(limits: Limits): (metricName: string) => MetricMetadata | undefined {
    const prefix = prefixOf(limits);
    return (name) => {
      const own = this.#families.get(prefix + name);
      if (own !== undefined) return own;
      for (const [ending, types] of endings) {
        if (!name.endsWith(ending)) continue;
        const family = this.#families.get(prefix + name.slice(0, -ending.length));
        if (family !== undefined && types.includes(family.type)) return family;
      }
      return undefined;
    };
  }
}

const prefixOf = ({ clusters, namespaces }: Limits): string =>
  `${JSON.stringify([clusters?.toSorted() ?? null, namespaces?.toSorted() ?? null])}\n`;
