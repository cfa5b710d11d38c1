const units = [
  ['year', 365 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always' });
const exact = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'long',
});

/** `3 minutes ago`, `in 90 days`, `in 1 year`; within a minute `just now` or `in less than a minute`. */
export function relativeTime(time: Date, now: Date): string {
  const seconds = (time.getTime() - now.getTime()) / 1000;
  for (const [unit, size] of units) {
    if (Math.round(Math.abs(seconds)) >= size) return relative.format(Math.round(seconds / size), unit);
  }
  return seconds > 0 ? 'in less than a minute' : 'just now';
}

/** Date, time and zone, as the browser's zone has it. */
export const exactTime = (time: Date): string => exact.format(time);

const spans = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** `30 days`, `36 hours`: seconds in the largest unit that gives a whole number. */
export function spanText(seconds: number): string {
  for (const [unit, size] of spans) {
    const count = seconds / size;
    if (Number.isInteger(count) && count > 0) return `${count} ${unit}${count === 1 ? '' : 's'}`;
  }
  return `${seconds} s`;
}

const minute = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** `14:05`, where the browser is; `seconds` since the epoch. */
export const minuteText = (seconds: number): string => minute.format(new Date(seconds * 1000));

const range = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** `23 Nov 2026, 11:00:00 – 12:00:00`, where the browser is. */
export const windowText = (window: { readonly from: string; readonly to: string }): string =>
  range.formatRange(new Date(window.from), new Date(window.to));
