import type { Expr, Matcher } from '../promql/ast.ts';
import { parseFloatText } from '../promql/go-float.ts';
import { parseDuration } from '../promql/number-literal.ts';
import { parseQuery, parseSelector } from '../promql/parser.ts';
import { InputError } from '../telemetry/input-error.ts';
import { invalidParameter } from './api-error.ts';

/** The times that Prometheus' clients send for "whenever", which no date of JavaScript reaches. */
const whenever: ReadonlySet<string> = new Set([
  '-292273086-05-16T16:47:06Z',
  '292277025-08-18T07:12:54.999999999Z',
]);

/** As far as dates of JavaScript reach, in milliseconds since the epoch. */
const farthest = 8.64e15;

const rfc3339 = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/;

/**
 * The parameters of a request, read as Prometheus reads them. An empty one counts as absent.
 * Every method throws `ApiError` (bad_data) that names the parameter.
 */
export class Parameters {
  readonly #values: URLSearchParams;

  /** Of the first value where a name is repeated, but for `match[]`. */
  constructor(values: URLSearchParams) {
    this.#values = values;
  }

  text(name: string): string | undefined {
    return this.#values.get(name) || undefined;
  }

  /** All values where a name is repeated. */
  texts(name: string): readonly string[] {
    return this.#values.getAll(name);
  }

  /** RFC 3339, or seconds since the epoch with a fraction; in milliseconds since the epoch. */
  time(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined || whenever.has(text)) return undefined;
    const time = readTime(text);
    if (time === undefined || !(Math.abs(time) <= farthest)) {
      throw invalidParameter(name, `cannot parse "${text}" to a valid timestamp`);
    }
    return time;
  }

  requiredTime(name: string): number {
    const time = this.time(name);
    if (time === undefined) throw invalidParameter(name, 'cannot parse "" to a valid timestamp');
    return time;
  }

  /** A duration with units (`1m30s`), or seconds with a fraction; in whole milliseconds, cut off. */
  duration(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const seconds = parseFloatText(text) ?? parseDuration(text);
    const ms = seconds === undefined ? Number.NaN : Math.trunc(Math.trunc(seconds * 1e9) / 1e6);
    if (!(Math.abs(ms) <= farthest)) {
      throw invalidParameter(name, `cannot parse "${text}" to a valid duration`);
    }
    return ms;
  }

  /** A whole number; undefined where nothing is limited: absent, or 0. */
  limit(name = 'limit'): number | undefined {
    const text = this.text(name);
    const limit = text === undefined ? 0 : wholeNumber(text);
    if (limit === undefined) throw invalidParameter(name, `"${text}" is no whole number`);
    if (limit < 0) throw invalidParameter(name, 'limit must be non-negative');
    return limit === 0 ? undefined : limit;
  }

  /** A whole number of any sign; undefined where it is absent. */
  count(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const count = wholeNumber(text);
    if (count === undefined) throw invalidParameter(name, `${name} must be a number`);
    return count;
  }

  /** The query, whose syntax and types are right. */
  query(): { readonly text: string; readonly expr: Expr } {
    const text = this.#values.get('query') ?? '';
    return { text, expr: parsed('query', () => parseQuery(text)) };
  }

  /** All selectors of `match[]`. */
  selectors(): readonly (readonly Matcher[])[] {
    return this.texts('match[]').map((text) => parsed('match[]', () => parseSelector(text)));
  }
}

function parsed<T>(name: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw error instanceof InputError ? invalidParameter(name, error.message) : error;
  }
}

function readTime(text: string): number | undefined {
  const seconds = parseFloatText(text);
  if (seconds !== undefined) {
    const whole = Math.trunc(seconds);
    const nanoseconds = Math.trunc((roundAwayFromZero((seconds - whole) * 1000) / 1000) * 1e9);
    return whole * 1000 + Math.floor(nanoseconds / 1e6);
  }
  const [, date, clock, fraction = '', zone] = rfc3339.exec(text) ?? [];
  const day = date === undefined ? undefined : new Date(`${date}T00:00:00Z`);
  // JavaScript takes February 30th for March 2nd.
  if (date === undefined || Number.isNaN(day?.getTime()) || !day?.toISOString().startsWith(date))
    return undefined;
  const time = Date.parse(`${date}T${clock}${zone}`);
  return Number.isNaN(time) ? undefined : time + Number(fraction.slice(0, 3).padEnd(3, '0'));
}

/** Go's math.Round. */
function roundAwayFromZero(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}

function wholeNumber(text: string): number | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}
