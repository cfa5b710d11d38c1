/**
 * OTLP's AnyValue: an empty one is null, an int is a bigint, a double a number, a kvlist a Map.
 * https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/common/v1/common.proto
 */
export type AnyValue =
  | null
  | string
  | boolean
  | bigint
  | number
  | Uint8Array
  | readonly AnyValue[]
  | ReadonlyMap<string, AnyValue>;

/** Arrays and kvlists nest so deep at most; protobuf's own libraries stop at a depth like this too. */
export const deepestValue = 100;

export const tooDeep = `a value is nested more than ${deepestValue} levels deep`;

/**
 * The value as text, as the Collector's `pcommon.Value.AsString`: strings as they are, numbers and
 * booleans as in JSON, bytes in base64, arrays and kvlists as JSON with the keys in order, nothing
 * for an empty value. NaN and the infinities, which the Collector can't write, are spelled as in OTLP/JSON.
 */
export function asString(value: AnyValue): string {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  if (value instanceof Uint8Array) return base64(value);
  return typeof value === 'object' ? asJson(value) : scalar(value);
}

function asJson(value: AnyValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Uint8Array) return JSON.stringify(base64(value));
  if (isArray(value)) return `[${value.map(asJson).join(',')}]`;
  if (typeof value === 'object') {
    const keys = [...value.keys()].sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${asJson(value.get(key) ?? null)}`).join(',')}}`;
  }
  return typeof value === 'number' && !Number.isFinite(value) ? `"${scalar(value)}"` : scalar(value);
}

/** Shortest decimal that reads back as the same double; Go and JavaScript agree on it, but for -0. */
const scalar = (value: boolean | bigint | number): string => (Object.is(value, -0) ? '-0' : String(value));

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

/** `Array.isArray` does not narrow to a readonly array. */
const isArray = (value: AnyValue): value is readonly AnyValue[] => Array.isArray(value);
