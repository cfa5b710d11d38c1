/**
 * A number as Prometheus writes it into the labels `le` and `quantile`: the fewest digits that read back as
 * the same double, without an exponent; `+Inf`, `-Inf` and `NaN`.
 */
export function decimal(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  const [mantissa = '', exponent] = String(value).split('e');
  if (exponent === undefined) return Object.is(value, -0) ? '-0' : mantissa;
  const sign = value < 0 ? '-' : '';
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  return point <= 0 ? `${sign}0.${'0'.repeat(-point)}${digits}` : `${sign}${digits.padEnd(point, '0')}`;
}
