/**
 * Where a share changed within a row of stretches: the split with the greatest binomial likelihood ratio (one step of
 * binary segmentation, Scott & Knott, Biometrics 30, 1974; the ratio is Worsley's, Biometrika 70, 1983).
 *
 * @param first the stretches that belong to the baseline; the change is sought from there on.
 * @returns the index of the first stretch after the change.
 */
export function onsetOf(hits: readonly number[], of: readonly number[], first: number): number {
  let best = -1;
  let at = first;
  for (let split = Math.max(1, first); split < of.length; split++) {
    const gain =
      likelihood(part(hits, 0, split), part(of, 0, split)) +
      likelihood(part(hits, split, of.length), part(of, split, of.length));
    if (gain > best + 1e-9) {
      best = gain;
      at = split;
    }
  }
  return at;
}

const part = (values: readonly number[], from: number, to: number): number =>
  values.slice(from, to).reduce((a, b) => a + b, 0);

/** The log-likelihood of a share, against one half each, so that it is never negative. */
function likelihood(hits: number, of: number): number {
  if (of === 0) return 0;
  const term = (count: number) => (count <= 0 ? 0 : count * Math.log((2 * count) / of));
  return term(hits) + term(of - hits);
}
