/**
 * Units of UCUM in Prometheus' words, by the table of the specification. `KBy` is no unit of UCUM, but
 * Prometheus knows it.
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-metadata
 */
const unitWords: ReadonlyMap<string, string> = new Map([
  ['d', 'days'],
  ['h', 'hours'],
  ['min', 'minutes'],
  ['s', 'seconds'],
  ['ms', 'milliseconds'],
  ['us', 'microseconds'],
  ['ns', 'nanoseconds'],
  ['By', 'bytes'],
  ['KiBy', 'kibibytes'],
  ['MiBy', 'mebibytes'],
  ['GiBy', 'gibibytes'],
  ['TiBy', 'tebibytes'],
  ['kBy', 'kilobytes'],
  ['KBy', 'kilobytes'],
  ['MBy', 'megabytes'],
  ['GBy', 'gigabytes'],
  ['TBy', 'terabytes'],
  ['m', 'meters'],
  ['V', 'volts'],
  ['A', 'amperes'],
  ['J', 'joules'],
  ['W', 'watts'],
  ['g', 'grams'],
  ['Cel', 'celsius'],
  ['Hz', 'hertz'],
  ['%', 'percent'],
  ['1', ''],
]);

/** Units after a slash, as Prometheus reads them: there `m` is a minute. */
const perWords: ReadonlyMap<string, string> = new Map([
  ['s', 'second'],
  ['m', 'minute'],
  ['min', 'minute'],
  ['h', 'hour'],
  ['d', 'day'],
  ['w', 'week'],
  ['mo', 'month'],
  ['y', 'year'],
]);

/** A unit in words: `bytes` and `per_second`; empty texts where there is nothing to say. */
export interface UnitWords {
  readonly amount: string;
  readonly per: string;
}

/** Annotations in braces are dropped with the part that they are in; units of no table keep their letters. */
export function metricUnit(unit: string): UnitWords {
  const slash = unit.indexOf('/');
  const amount = slash < 0 ? unit : unit.slice(0, slash);
  const per = slash < 0 ? '' : words(unit.slice(slash + 1), perWords);
  return { amount: words(amount, unitWords), per: per === '' ? '' : `per_${per}` };
}

function words(unit: string, table: ReadonlyMap<string, string>): string {
  const trimmed = unit.trim();
  if (/[{}]/.test(trimmed)) return '';
  return (
    table.get(trimmed) ??
    trimmed
      .split(/[^a-zA-Z0-9:]+/)
      .filter((word) => word !== '')
      .join('_')
  );
}
