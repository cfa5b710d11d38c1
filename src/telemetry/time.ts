import { parseDecimal, parseDuration, scale, wholeNanoseconds } from './duration.ts';
import { InputError } from './input-error.ts';
import { withShortUnits } from './spelled-units.ts';
import { suggestTime } from './suggest-time.ts';
import type { Window } from './window.ts';

/** A time as a client writes it: ISO 8601, epoch seconds/ms/us/ns, or relative (`now-15m`, `2h`). */
export type TimeInput = string | number;

export interface ParsedTime {
  /** Nanoseconds since the epoch. */
  readonly time: bigint;
  /** It counts from the clock that was handed in. */
  readonly relative: boolean;
}

export interface RequestedWindow {
  readonly fromTime?: TimeInput | undefined;
  readonly toTime?: TimeInput | undefined;
}

export interface ParsedWindow {
  readonly window: Window;
  /** A time of the window counts from `now`: by default, or because it was written so. */
  readonly relative: boolean;
  readonly notes: readonly string[];
}

const second = 1_000_000_000n;
const hour = 3600n * second;

/** The last nanosecond of 2261, the last whole year that a signed 64-bit count of them reaches. */
const latest = BigInt(Date.UTC(2262, 0, 1)) * 1_000_000n - 1n;

/** No time is longer, and regular expressions stay quick. */
const longestTime = 100;

const examples =
  'Use ISO 8601 (2025-06-30T14:05:00Z; without a zone it is UTC), epoch seconds, ms, us or ns (1751292300), or a time relative to now (now-15m, now-1h30m, 2h for two hours ago; units s m h d w).';

const isoPattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:(?:[Tt]| +)(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?([Zz]|UTC|GMT)|([+-])(\d{2}):?(\d{2})?)?)?$/;
const relativePattern = /^(now)?\s*(?:([+-]?)\s*([0-9][0-9a-z.]*))?$/i;

/**
 * Reads a time. Digits are epoch seconds below 1e11, milliseconds below 1e14, microseconds below
 * 1e17, else nanoseconds. A duration without `now` lies in the past unless it has a plus sign.
 *
 * @param now the clock that relative times count from, ns since the epoch
 * @throws InputError for what is no time, and for times outside the years 1970 to 2261
 */
export function parseTime(input: TimeInput, now: bigint): ParsedTime {
  const text = String(input).trim();
  const isShort = text.length <= longestTime;
  const absolute = isShort ? (parseEpoch(text) ?? parseIso(text)) : undefined;
  const time = absolute ?? (isShort ? parseRelative(text, now) : undefined);
  if (time === undefined) {
    const meant = isShort ? suggestTime(text, formatTime(now).slice(0, 10)) : undefined;
    const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
    throw new InputError(`${quote(text)} is no time.${hint} ${examples}`);
  }
  if (time < 0n || time > latest) {
    throw new InputError(`The time ${quote(text)} is outside the years 1970 to 2261.`);
  }
  return { time, relative: absolute === undefined };
}

function parseEpoch(text: string): bigint | undefined {
  const decimal = parseDecimal(text);
  if (decimal === undefined) return undefined;
  // Beyond ten to the thirtieth it is outside the range in every unit.
  if (decimal.digits.toString().length + decimal.exponent > 30) return latest + 1n;
  const magnitude = wholeNanoseconds(decimal);
  const absolute = magnitude < 0n ? -magnitude : magnitude;
  const unit = [
    [10n ** 11n, 9],
    [10n ** 14n, 6],
    [10n ** 17n, 3],
  ] as const;
  const shift = unit.find(([limit]) => absolute < limit)?.[1] ?? 0;
  return wholeNanoseconds({ digits: decimal.digits, exponent: decimal.exponent + shift });
}

function parseIso(text: string): bigint | undefined {
  const match = isoPattern.exec(text);
  if (match === null) return undefined;
  const part = (index: number) => Number(match[index] ?? 0);
  const [year, month, day, hours, minutes, seconds] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  const milliseconds = Date.UTC(year, month - 1, day, hours, minutes, seconds);
  const date = new Date(milliseconds);
  const exists =
    year >= 100 &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    hours < 24 &&
    minutes < 60;
  if (!exists || seconds > 59 || part(10) > 23 || part(11) > 59) {
    throw new InputError(`${quote(text)} is no time: there is no such day, hour or zone. ${examples}`);
  }
  const fraction = BigInt((match[7] ?? '').padEnd(9, '0'));
  const offset = BigInt(part(10) * 3600 + part(11) * 60) * (match[9] === '-' ? -second : second);
  return BigInt(milliseconds) * 1_000_000n + fraction - offset;
}

function parseRelative(text: string, now: bigint): bigint | undefined {
  const match = relativePattern.exec(text);
  if (match === null || text === '') return undefined;
  const [, base, sign, amount] = match;
  if (amount === undefined) return sign ? undefined : now;
  if (base !== undefined && sign === '') return undefined;
  const duration = parseDuration(amount);
  if (duration === undefined) return undefined;
  const ns = wholeNanoseconds(duration);
  return sign === '+' ? now + ns : now - ns;
}

/**
 * The window that a request asks for: half-open, by default the hour before `to_time`, which is now
 * by default. Explicit times always win.
 *
 * @throws InputError naming the parameter, for what is no time and for a window that holds nothing
 */
export function parseWindow(request: RequestedWindow, now: bigint): ParsedWindow {
  const from = parseParameter('from_time', request.fromTime, now);
  const to = parseParameter('to_time', request.toTime, now) ?? { time: now, relative: true };
  const start = from ?? { time: to.time > hour ? to.time - hour : 0n, relative: to.relative };
  if (start.time >= to.time) {
    const toText = `to_time (${formatTime(to.time)}${isGiven(request.toTime) ? '' : ', which is now because none was given'})`;
    throw new InputError(
      `The window is empty: from_time (${formatTime(start.time)}) must be before ${toText}.`,
    );
  }
  const notes = [request.fromTime, request.toTime]
    .filter((input) => typeof input === 'number' && Math.abs(input) > Number.MAX_SAFE_INTEGER)
    .map((input) => `The number ${input} has more digits than JSON numbers keep; send it as a string.`);
  return { window: { from: start.time, to: to.time }, relative: start.relative || to.relative, notes };
}

const isGiven = (input: TimeInput | undefined): input is TimeInput =>
  input !== undefined && String(input).trim() !== '';

function parseParameter(name: string, input: TimeInput | undefined, now: bigint): ParsedTime | undefined {
  if (!isGiven(input)) return undefined;
  try {
    return parseTime(input, now);
  } catch (error) {
    throw error instanceof InputError ? new InputError(`${name}: ${error.message}`) : error;
  }
}

/** ISO 8601 in UTC, with no, three, six or nine digits after the second, as few as lose nothing. */
export function formatTime(ns: bigint): string {
  const seconds = ns / second;
  const fraction = String(ns % second).padStart(9, '0');
  const kept = fraction.replace(/(?:000){1,3}$/, '');
  const date = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  return kept === '' ? `${date}Z` : `${date}.${kept}Z`;
}

/** What a client sent, short enough to repeat. */
function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/** One bucket of a range query. Times are ns since the epoch. */
export interface Bucket {
  /** A multiple of the step: where the bucket is shown. */
  readonly start: bigint;
  /** `[from, to)`: the part of the bucket inside the window and before now. */
  readonly from: bigint;
  readonly to: bigint;
  /** `[from, to)` is less than a whole step. */
  readonly partial: boolean;
}

const minute = 60_000;
const week = 10_080 * minute;

/** Steps in ms: round ones up to a week, and then weeks by powers of two. */
const steps: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * 1000),
  ...[1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880].map((minutes) => minutes * minute),
  ...[1, 2, 4, 8, 16, 32, 64, 128, 256, 512].map((weeks) => weeks * week),
];

const mostBuckets = 60;
const bucketCeiling = 100_000n;

/** The shortest round step, in ms, that cuts the window into at most 60 buckets. */
export function chooseStep(window: Window): number {
  const fits = (step: number) => bucketCount(window, BigInt(step) * 1_000_000n) <= BigInt(mostBuckets);
  return steps.find(fits) ?? 512 * week;
}

/** The shortest round step, in ms, of which at most 60 multiples lie in the window, its end included. */
export function chooseEvaluationStep(window: Window): number {
  const fits = (step: number) => evaluationTimes(window, step).count <= mostBuckets;
  return steps.find(fits) ?? 512 * week;
}

/** The times at which a query is evaluated, in ms since the epoch: `count` from `start` to `end`. */
export interface EvaluationTimes {
  readonly start: number;
  readonly end: number;
  readonly count: number;
}

/**
 * The multiples of a step in `[from, to]`. None where the step is longer than the window and misses it.
 *
 * @param stepMs whole milliseconds, 1 or more
 */
export function evaluationTimes({ from, to }: Window, stepMs: number): EvaluationTimes {
  const step = BigInt(stepMs) * 1_000_000n;
  const first = (from + step - 1n) / step;
  const last = to / step;
  return {
    start: Number(first) * stepMs,
    end: Number(last) * stepMs,
    count: Math.max(0, Number(last - first) + 1),
  };
}

/**
 * Reads a step (`30s`, `5m`, `1h30m`; a bare number is seconds) as whole milliseconds, 1 or more.
 *
 * @throws InputError for what is no such duration
 */
export function parseStep(input: string | number): number {
  const text = String(input).trim();
  const seconds = parseDecimal(text);
  const duration = seconds === undefined ? parseDuration(text) : scale(seconds, second);
  if (duration === undefined || Math.abs(duration.exponent) > 30) {
    const meant = withShortUnits(text).replaceAll(/\s+/g, '');
    const hint = parseDuration(meant) === undefined ? '' : ` Did you mean ${meant}?`;
    throw new InputError(
      `step: ${quote(text)} is no duration; use seconds (60) or a unit: 30s, 5m, 1h, 1d.${hint}`,
    );
  }
  const ns = wholeNanoseconds(duration);
  if (ns < 1_000_000n || ns % 1_000_000n !== 0n || ns > latest) {
    throw new InputError(
      `step: ${quote(text)} can't be used; it takes whole milliseconds, 1ms or more: 30s, 5m.`,
    );
  }
  return Number(ns / 1_000_000n);
}

/**
 * The grid of a range query: buckets that start at multiples of the step since the epoch, clipped to
 * the window and to now. Empty where the window lies after now.
 *
 * @param stepMs whole milliseconds, 1 or more
 * @throws RangeError for more than 100,000 buckets: the caller limits the step
 */
export function buckets(window: Window, stepMs: number, now: bigint): Bucket[] {
  const step = BigInt(stepMs) * 1_000_000n;
  const end = window.to < now ? window.to : now;
  const covered = { from: window.from, to: end };
  if (end <= window.from) return [];
  if (bucketCount(covered, step) > bucketCeiling) throw new RangeError('too many buckets');
  const grid: Bucket[] = [];
  for (let start = window.from - (window.from % step); start < end; start += step) {
    const from = start < window.from ? window.from : start;
    const to = start + step > end ? end : start + step;
    grid.push({ start, from, to, partial: to - from < step });
  }
  return grid;
}

/** Multiples of the step whose bucket meets the window. */
function bucketCount({ from, to }: Window, step: bigint): bigint {
  return (to - 1n) / step - from / step + 1n;
}
