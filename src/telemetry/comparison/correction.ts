/**
 * Which of many tests hold at a level for all of them together: Holm's step-down procedure (Scandinavian Journal of
 * Statistics 6, 1979) over the tests that can reach their level at all (Tarone, Biometrics 46, 1990; so patterns that
 * came twice cost the others nothing).
 *
 * @returns for each test whether it holds; the chance of a single false one is at most `level`.
 */
export function heldTests(
  tests: readonly { readonly p: number; readonly least: number }[],
  level: number,
): boolean[] {
  const leasts = tests.map(({ least }) => least).sort((a, b) => a - b);
  // The smallest number such that no more than that many tests can reach the level divided by it.
  let count = 1;
  while ((leasts[count] ?? Number.POSITIVE_INFINITY) <= level / count) count++;
  const order = tests
    .map((test, index) => ({ ...test, index }))
    .filter(({ least }) => least <= level / count)
    .sort((a, b) => a.p - b.p || a.index - b.index);
  const held = tests.map(() => false);
  for (const [rank, { p, index }] of order.entries()) {
    if (p > level / (order.length - rank)) break;
    held[index] = true;
  }
  return held;
}
