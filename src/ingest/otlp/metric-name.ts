import { metricUnit } from './metric-unit.ts';

/** What of an OTLP metric decides its name in Prometheus. */
export interface NamedMetric {
  readonly name: string;
  /** In UCUM. */
  readonly unit: string;
  /** A sum that only goes up. */
  readonly counter: boolean;
  /** A gauge; a sum that also goes down is none here. */
  readonly gauge: boolean;
}

export interface PrometheusName {
  /** Empty where nothing of the name is left. */
  readonly name: string;
  /** The unit in words, as the name has it; empty where there is none. */
  readonly unit: string;
}

/**
 * The name that Prometheus 3 gives an OTLP metric (its strategy UnderscoreEscapingWithSuffixes): words of
 * letters, digits and colons joined by `_`, then the unit, then `_total` for counters or `_ratio` for gauges
 * of the unit `1`. A suffix that the name has already is not repeated.
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-metadata-1
 */
export function prometheusName({ name, unit, counter, gauge }: NamedMetric): PrometheusName {
  const isRatio = gauge && unit === '1';
  const type = counter ? 'total' : isRatio ? 'ratio' : undefined;
  const all = name.split(/[^a-zA-Z0-9:]+/).filter((word) => word !== '');
  if (all.length === 0) return { name: '', unit: '' };
  const words = all.filter((word) => word !== type);
  const { amount, per } = metricUnit(unit);
  if (amount !== '' && !words.includes(amount)) words.push(amount);
  if (per !== '' && !words.join('_').endsWith(per)) words.push(per);
  if (type !== undefined) words.push(type);
  const joined = words.join('_');
  return {
    name: /^[0-9]/.test(joined) ? `_${joined}` : joined,
    unit: isRatio ? 'ratio' : [amount, per].filter((part) => part !== '').join('_'),
  };
}
