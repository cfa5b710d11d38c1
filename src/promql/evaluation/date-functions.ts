interface CivilTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** 1 is the first of January. */
  readonly dayOfYear: number;
  readonly hour: number;
  readonly minute: number;
}

/** The functions of a UTC time in seconds since the epoch, by name. */
export const dateFunctions: ReadonlyMap<string, (seconds: number) => number> = new Map([
  ['day_of_month', (seconds) => civilTime(seconds).day],
  ['day_of_week', (seconds) => civilTime(seconds).weekday],
  ['day_of_year', (seconds) => civilTime(seconds).dayOfYear],
  ['days_in_month', (seconds) => daysInMonth(civilTime(seconds))],
  ['hour', (seconds) => civilTime(seconds).hour],
  ['minute', (seconds) => civilTime(seconds).minute],
  ['month', (seconds) => civilTime(seconds).month],
  ['year', (seconds) => civilTime(seconds).year],
]);

const SECONDS_PER_DAY = 86_400;
const DAYS_PER_ERA = 146_097;

/**
 * The date and time of a number of seconds, which are cut to whole ones. JavaScript's Date ends at the year
 * 275,760; samples don't.
 */
function civilTime(seconds: number): CivilTime {
  const { days, second } = Math.abs(seconds) < EXACT ? split(Math.trunc(seconds)) : splitAsGo(seconds);
  // Years of 400-year eras that begin in March, so that the leap day is a year's last.
  const shiftedDays = days + 719_468;
  const era = Math.floor(shiftedDays / DAYS_PER_ERA);
  const dayOfEra = shiftedDays - era * DAYS_PER_ERA;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfMarchYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfMarchYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const daysBeforeMarch = isLeap(year) ? 60 : 59;
  return {
    year,
    month,
    day: dayOfMarchYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
    weekday: (((days + 4) % 7) + 7) % 7,
    dayOfYear: month <= 2 ? dayOfMarchYear - 305 : dayOfMarchYear + daysBeforeMarch + 1,
    hour: Math.floor(second / 3600),
    minute: Math.floor((second % 3600) / 60),
  };
}

function daysInMonth({ year, month }: CivilTime): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function split(seconds: number): { days: number; second: number } {
  const days = Math.floor(seconds / SECONDS_PER_DAY);
  return { days, second: seconds - days * SECONDS_PER_DAY };
}

/** Up to here, numbers hold each second. */
const EXACT = 2 ** 52;

/** How far before the epoch Go's calendar begins, in seconds. */
const GO_CALENDAR_BEGIN = 62_135_596_800n + ((292_277_022_400n * 3_652_425n) / 10_000n + 306n) * 86_400n;

/**
 * As Go counts what is far away, and so Prometheus: as 64-bit integers from the beginning of Go's calendar,
 * wrapping around. What is no such integer, NaN too, is the least one.
 */
function splitAsGo(seconds: number): { days: number; second: number } {
  const isInteger = Math.abs(seconds) < 2 ** 63;
  const whole = isInteger ? BigInt(Math.trunc(seconds)) : -(2n ** 63n);
  const sinceEpoch = BigInt.asUintN(64, whole + GO_CALENDAR_BEGIN) - GO_CALENDAR_BEGIN;
  const secondsPerDay = BigInt(SECONDS_PER_DAY);
  const second = ((sinceEpoch % secondsPerDay) + secondsPerDay) % secondsPerDay;
  return { days: Number((sinceEpoch - second) / secondsPerDay), second: Number(second) };
}
