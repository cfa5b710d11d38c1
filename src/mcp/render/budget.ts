import { estimateTokens } from './estimate.ts';

/** Something of an answer that can be less: `most` is all of it, `least` what it may shrink to. */
export interface Dimension<Name extends string> {
  readonly name: Name;
  readonly most: number;
  readonly least: number;
}

export type Limits<Name extends string> = Readonly<Record<Name, number>>;

/**
 * The fullest text of at most `maxTokens` (as estimated). The dimensions shrink one after another, in the
 * order given, each by as little as does. With all of them at their least the text has to fit.
 *
 * @param atLeast tokens that a layout costs at least: what can't fit is not laid out to find that
 */
export function fitToBudget<Name extends string>(
  dimensions: readonly Dimension<Name>[],
  maxTokens: number,
  layout: (limits: Limits<Name>) => string,
  atLeast: (limits: Limits<Name>) => number = () => 0,
): string {
  const fits = (limits: Limits<Name>) =>
    atLeast(limits) <= maxTokens && estimateTokens(layout(limits)) <= maxTokens;
  const limits = Object.fromEntries(dimensions.map(({ name, most }) => [name, most])) as Record<Name, number>;
  for (const { name, most, least } of dimensions) {
    if (fits(limits)) break;
    if (most <= least) continue;
    limits[name] = largest(least, most - 1, (value) => fits({ ...limits, [name]: value }));
  }
  return layout(limits);
}

/** The largest whole number of the range that fits; the least where none does. Larger ones fit less. */
export function largest(least: number, most: number, fits: (value: number) => boolean): number {
  let low = least;
  for (let high = most + 1; low < high - 1; ) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}
