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
  let count = 1;
  while (tests.filter(({ least }) => least <= level / count).length > count) count++;
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
