import { isWellFormed } from '../promql/string-literal.ts';

/**
 * The label of a path: names that are no identifiers come escaped there, as `U__service_2e_name` for
 * `service.name`. What only looks so is taken as it is, as Prometheus does.
 * https://github.com/prometheus/proposals/blob/main/proposals/0028-utf8.md#text-escaping
 */
export function unescapeLabelName(name: string): string {
  if (!name.startsWith('U__')) return name;
  const escaped = name.slice(3);
  if (!/^(?:[^_]|__|_[0-9a-f]{1,5}_)*$/i.test(escaped)) return name;
  const text = escaped.replace(/__|_([0-9a-f]+)_/gi, (_, digits: string | undefined) =>
    String.fromCodePoint(digits === undefined ? 0x5f : Number.parseInt(digits, 16)),
  );
  return isWellFormed(text) ? text : name;
}
