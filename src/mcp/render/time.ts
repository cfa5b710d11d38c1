import type { Window } from '../../telemetry/window.ts';

interface Reading {
  /** `2023-01-29` */
  readonly date: string;
  /** `08:41:00` */
  readonly time: string;
  /** Nine digits. */
  readonly fraction: string;
}

/** The UTC date and time of an instant, ns since the epoch. */
function read(ns: bigint): Reading {
  const fraction = ((ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const iso = new Date(Number((ns - fraction) / 1_000_000n)).toISOString();
  return { date: iso.slice(0, 10), time: iso.slice(11, 19), fraction: String(fraction).padStart(9, '0') };
}

/** `2023-01-29 08:41:00 to 10:30:00 UTC`; the second date where it is another. */
export function windowText({ from, to }: Window): string {
  const end = dateOf({ from, to }) === undefined ? exact(to) : exact(to).slice(11);
  return `${exact(from)} to ${end} UTC`;
}

/** `2023-01-29 08:41:00.25`, with all its digits. */
export function exact(ns: bigint): string {
  const { date, time, fraction } = read(ns);
  const digits = fraction.replace(/0+$/, '');
  return `${date} ${time}${digits && `.${digits}`}`;
}

/** The date in which the window starts and ends, if it is one. */
export function dateOf(window: Window): string | undefined {
  const { date } = read(window.from);
  return date === read(window.to).date ? date : undefined;
}

export interface TimeTexts {
  readonly texts: readonly (string | null)[];
  /** The date of all times, when it is left out of the texts. */
  readonly date: string | undefined;
}

/**
 * Times of a column, ns since the epoch: without the date where all have one, and with as many digits
 * after the point (3, 6 or 9; cut, not rounded) as tell all different ones apart.
 */
export function timeTexts(values: readonly (bigint | null)[]): TimeTexts {
  const readings = values.map((value) => (value === null ? null : read(value)));
  const dates = new Set(readings.flatMap((reading) => (reading === null ? [] : [reading.date])));
  const date = dates.size === 1 ? [...dates][0] : undefined;
  const different = new Set(values).size;
  for (const digits of [3, 6, 9]) {
    const texts = readings.map(
      (reading) =>
        reading &&
        `${date === undefined ? `${reading.date} ` : ''}${reading.time}.${reading.fraction.slice(0, digits)}`,
    );
    if (digits === 9 || new Set(texts).size === different) return { texts, date };
  }
  return { texts: [], date };
}

/**
 * Starts of buckets, seconds since the epoch, in order: the date with the first and wherever it changes,
 * no seconds where all are whole minutes.
 */
export function bucketTexts(starts: readonly number[]): string[] {
  const readings = starts.map((start) => read(BigInt(Math.round(start * 1000)) * 1_000_000n));
  const wholeMinutes = starts.every((start) => start % 60 === 0);
  const wholeSeconds = starts.every((start) => Number.isInteger(start));
  return readings.map(({ date, time, fraction }, i) => {
    const clock = wholeMinutes ? time.slice(0, 5) : wholeSeconds ? time : `${time}.${fraction.slice(0, 3)}`;
    return date === readings[i - 1]?.date ? clock : `${date} ${clock}`;
  });
}

/** A step in seconds: `30s`, `5m`, `90s`, `2h`, `1d`; below a second in ms. */
export function stepText(seconds: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ] as const;
  for (const [name, size] of units) if (seconds % size === 0) return `${seconds / size}${name}`;
  return `${Math.round(seconds * 1000)}ms`;
}
