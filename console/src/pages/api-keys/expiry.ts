/** When a new key ends: a number of days from now, a day, or never. */
export const expiryOptions = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
  { value: 'date', label: 'On a date' },
  { value: 'never', label: 'Never' },
] as const;
export type Expiry = (typeof expiryOptions)[number]['value'];

const dayMs = 86_400_000;

/**
 * The time at which a key ends, ISO 8601, or null for never. A key that ends on a date works until that day
 * is over where the browser is.
 *
 * @param date `2026-12-24`, of `date` alone
 * @returns undefined where there is no such day, or it is over
 */
export function expiresAt(expiry: Expiry, date: string, now: Date): string | null | undefined {
  if (expiry === 'never') return null;
  if (expiry !== 'date') return new Date(now.getTime() + Number(expiry) * dayMs).toISOString();
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date) ?? [];
  if (year === undefined) return undefined;
  const end = new Date(Number(year), Number(month) - 1, Number(day) + 1);
  return Number.isNaN(end.getTime()) || end <= now ? undefined : end.toISOString();
}

/** `2026-12-24`: a day where the browser is, as date inputs take it. */
export function dayText(time: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}
