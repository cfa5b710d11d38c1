import { shortUnit, spelledUnits } from './spelled-units.ts';

/** Zones by the abbreviations that people write, and how far they are from UTC. */
const zones: Readonly<Record<string, string>> = {
  PST: '-08:00',
  PDT: '-07:00',
  MST: '-07:00',
  MDT: '-06:00',
  CST: '-06:00',
  CDT: '-05:00',
  EST: '-05:00',
  EDT: '-04:00',
  BST: '+01:00',
  CET: '+01:00',
  CEST: '+02:00',
  IST: '+05:30',
  JST: '+09:00',
};

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const amount = new RegExp(
  `^(?:now(?:\\(\\))?|in\\s+the)?\\s*(?:-|last|past|previous)?\\s*(\\d*)\\s*(${spelledUnits}|[smhdw])?(?:\\s*ago)?$`,
  'i',
);

/**
 * What someone means who writes a time as people do: `yesterday`, `1 hour ago`, `06/15/2025`, `PT1H`. It is
 * for an error to suggest; undefined where it can't be told.
 *
 * @param today the date of the clock in UTC, `2025-06-15`
 */
export function suggestTime(text: string, today: string): string | undefined {
  const trimmed = text.trim();
  if (/^yesterday$/i.test(trimmed)) return 'now-1d';
  if (/^(?:today|midnight)$/i.test(trimmed)) return `${today}T00:00:00Z`;
  return relative(trimmed) ?? isoDuration(trimmed) ?? date(trimmed, today);
}

function relative(text: string): string | undefined {
  const [found, number = '', unit = 's'] = amount.exec(text) ?? [];
  if (found === undefined || (number === '' && !/last|past|previous/i.test(text))) return undefined;
  // A number alone is no duration, but behind now it is.
  if (/^\d+$/.test(text)) return undefined;
  return `now-${number || 1}${shortUnit(unit)}`;
}

/** ISO 8601: `PT1H`, `P1D`. */
function isoDuration(text: string): string | undefined {
  const [found, days, hours, minutes, seconds] =
    /^-?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/i.exec(text) ?? [];
  if (found === undefined) return undefined;
  const parts = [
    days && `${days}d`,
    hours && `${hours}h`,
    minutes && `${minutes}m`,
    seconds && `${seconds}s`,
  ];
  const duration = parts.join('');
  return duration === '' ? undefined : `now-${duration}`;
}

function date(text: string, today: string): string | undefined {
  const [, before = text, zone] = /^(.*\d)\s*([A-Z]{3,4})$/.exec(text) ?? [];
  const [, dayText = '', clock] = /^(.*?)(?:[T\s,]+(\d{1,2}:\d{2}(?::\d{2})?))?$/i.exec(before) ?? [];
  if (/^\d{1,2}:\d{2}(?::\d{2})?$/.test(before)) return `${today}T${before.padStart(5, '0')}`;
  const day = dayOf(dayText.replaceAll(',', '').trim());
  const offset = zone === undefined ? '' : zones[zone];
  if (day === undefined || offset === undefined) return undefined;
  return clock === undefined ? day : `${day}T${clock.replace(/^\d:/, '0$&')}${offset}`;
}

/** A day as ISO 8601 has it, of `6/15/2025`, `15.06.2025`, `2025-6-15`, `Jun 15 2025` and `15 June 2025`. */
function dayOf(text: string): string | undefined {
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text);
  if (american !== null) return isoDay(american[3], american[1], american[2]);
  const european = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text);
  if (european !== null) return isoDay(european[3], european[2], european[1]);
  const iso = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/.exec(text);
  if (iso !== null) return isoDay(iso[1], iso[2], iso[3]);
  const [, monthFirst, dayAfter, yearAfter] = /^([a-z]{3})[a-z]*\s+(\d{1,2})\s+(\d{4})$/i.exec(text) ?? [];
  const [, dayFirst, monthAfter, year] = /^(\d{1,2})\s+([a-z]{3})[a-z]*\s+(\d{4})$/i.exec(text) ?? [];
  const month = months.indexOf((monthFirst ?? monthAfter ?? '').toLowerCase()) + 1;
  return month === 0 ? undefined : isoDay(yearAfter ?? year, String(month), dayAfter ?? dayFirst);
}

function isoDay(year = '', month = '', day = ''): string | undefined {
  if (Number(month) > 12 || Number(day) > 31) return undefined;
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}
