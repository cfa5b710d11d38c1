/**
 * The stretch in which a share changed: where the halves of the row differ most by the likelihood of two shares
 * (Worsley, Biometrika 70, 1983). The first of the row is the baseline as a whole.
 */
export function shareOnset(hits, of) {
  const logLikelihood = (from, to) => {
    const n = total(of.slice(from, to));
    const k = total(hits.slice(from, to));
    return k === 0 || k === n ? 0 : k * Math.log(k / n) + (n - k) * Math.log(1 - k / n);
  };
  const gains = of.slice(1).map((_, at) => logLikelihood(0, at + 1) + logLikelihood(at + 1, of.length));
  const best = Math.max(...gains);
  return gains.findIndex((gain) => gain > best - 1e-9);
}

/** The first count that is on the other side of the middle of the mean counts. */
export function countOnset(before, after) {
  const [old, now] = [before, after].map((counts) => total(counts) / counts.length);
  return Math.max(0, valueOnset(old, now, [...after.entries()]));
}

/** The stretch of the first value that is on the other side of the middle of two levels. */
export function valueOnset(before, after, values) {
  const middle = (before + after) / 2;
  return values.find(([, value]) => (after > before ? value > middle : value < middle))?.[0] ?? 0;
}

function total(counts) {
  return counts.reduce((a, b) => a + b, 0);
}
