import { InputError } from '../telemetry/input-error.ts';

const unitMs: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};
const duration = /^(\d{1,6})([mhdw])$/;
/** ISO 8601, a date or a date and time. */
const instant = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/;
const hasZone = /(Z|[+-]\d{2}:\d{2})$/;

/**
 * When a key ends: `90m`, `12h`, `30d`, `4w` from `now`, or an ISO 8601 date or time (UTC where it
 * names no zone; a date is its first instant).
 *
 * @throws InputError not of that form, or not after `now`
 */
export function parseExpiry(text: string, now: Date): Date {
  const expiry = fromDuration(text, now) ?? fromInstant(text);
  if (expiry === undefined || Number.isNaN(expiry.getTime())) {
    throw new InputError(
      `"${text}" is not an expiry. It takes a duration (90m, 12h, 30d, 4w) or an ISO 8601 date or time (2027-01-31, 2027-01-31T12:00:00Z).`,
    );
  }
  if (expiry <= now) throw new InputError(`The expiry ${expiry.toISOString()} has passed already.`);
  return expiry;
}

function fromDuration(text: string, now: Date): Date | undefined {
  const [, count, unit = ''] = duration.exec(text) ?? [];
  const ms = unitMs[unit];
  return ms === undefined ? undefined : new Date(now.getTime() + Number(count) * ms);
}

function fromInstant(text: string): Date | undefined {
  if (!instant.test(text)) return undefined;
  const expiry = new Date(text.includes('T') && !hasZone.test(text) ? `${text}Z` : text);
  // Date.parse rolls the 31st of February over into March.
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text.slice(0, 10)) ? expiry : undefined;
}
