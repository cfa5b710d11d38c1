interface Digits {
  readonly sign: string;
  /** The fewest decimal digits that tell the number from its neighbours. */
  readonly digits: string;
  /** How many of them stand before the decimal point; 0 or less for leading zeros behind it. */
  readonly point: number;
}

/**
 * A float as Go's `%f` with the fewest digits writes it: never with an exponent, `+Inf`, `-Inf`, `NaN`.
 * Prometheus uses it in label values and in its API.
 */
export function formatDecimal(value: number): string {
  if (!Number.isFinite(value)) return formatSpecial(value);
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const { sign, digits, point } = decompose(value);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return `${sign}${digits}${'0'.repeat(point - digits.length)}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/**
 * A float as Go's `%g` writes it: with an exponent of at least two digits below 1e-4 and from 1e6 on.
 * Without a precision it has the fewest digits; with one, at most that many, and the exponent begins there.
 */
export function formatGeneral(value: number, precision?: number): string {
  if (!Number.isFinite(value)) return formatSpecial(value);
  if (value === 0) return formatDecimal(value);
  const rounded = precision === undefined ? value : roundHalfToEven(value, precision);
  const { sign, digits, point } = decompose(rounded);
  const exponent = point - 1;
  if (exponent >= -4 && exponent < (precision ?? 6)) return formatDecimal(rounded);
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  const power = String(Math.abs(exponent)).padStart(2, '0');
  return `${sign}${digits.slice(0, 1)}${fraction}e${exponent < 0 ? '-' : '+'}${power}`;
}

/** A float cut to so many digits; in the middle between two, to the even one, unlike `toPrecision`. */
function roundHalfToEven(value: number, precision: number): number {
  const exact = value.toExponential(MOST_DIGITS);
  const digits = exact.replace(/e.*$/, '').replace(/[-.]/g, '');
  const isMiddle = /^50*$/.test(digits.slice(precision));
  const isEven = '02468'.includes(digits.charAt(precision - 1));
  if (!isMiddle || !isEven) return Number(value.toPrecision(precision));
  const [mantissa = '', exponent = '0'] = exact.split('e');
  return Number(`${mantissa.slice(0, mantissa.indexOf('.') + precision)}e${exponent}`);
}

/** As many decimals as JavaScript writes: enough to show ties, which have few. */
const MOST_DIGITS = 60;

/** A float as OpenMetrics writes it: as `%g`, but always with a point or an exponent. */
export function formatOpenMetrics(value: number): string {
  const text = formatGeneral(Object.is(value, -0) ? 0 : value);
  return /[.eN]|Inf/.test(text) ? text : `${text}.0`;
}

function formatSpecial(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

function decompose(value: number): Digits {
  const [mantissa = '', exponent = '0'] = Math.abs(value).toExponential().split('e');
  return {
    sign: value < 0 ? '-' : '',
    digits: mantissa.replace('.', ''),
    point: Number(exponent) + 1,
  };
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const HEXADECIMAL = /^([+-]?)0x([\da-f]*)(?:\.([\da-f]*))?p([+-]?\d+)$/i;
const SPECIAL = /^([+-]?)(?:(inf|infinity)|nan)$/i;

/** Reads a float as Go's strconv.ParseFloat does; undefined where the text is none. */
export function parseFloatText(text: string): number | undefined {
  if (DECIMAL.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : undefined;
  }
  const special = SPECIAL.exec(text);
  if (special) {
    if (special[2] !== undefined)
      return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    return special[1] === '' ? Number.NaN : undefined;
  }
  const hexadecimal = HEXADECIMAL.exec(text);
  if (!hexadecimal) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = hexadecimal;
  if (whole + fraction === '') return undefined;
  const magnitude = Number.parseInt(whole + fraction, 16) * 2 ** (Number(exponent) - 4 * fraction.length);
  return sign === '-' ? -magnitude : magnitude;
}
