/** Names are compared by their first characters; longer ones are no typing mistakes of one another. */
const comparedLength = 64;

/** However long a name is, more edits make another name of it. */
const mostEdits = 4;

/** What a name that holds the other one counts, so that single typing mistakes come before it. */
const containedScore = 1.5;

/**
 * The candidates that a mistyped name may stand for, the nearest first. Nearness is the number of
 * letters changed, added, dropped or swapped with their neighbour, at most four and a third of the name; case
 * and the separators `_ - . / :` and spaces do not count. A name that holds the other one is near too.
 *
 * @param candidates each may be given once or several times; 10,000 take some milliseconds
 * @param limit how many are returned at most
 */
export function nearest(name: string, candidates: Iterable<string>, limit = 3): string[] {
  const wanted = fold(name);
  if (wanted === '') return [];
  const allowed = Math.min(mostEdits, Math.max(1, Math.floor(wanted.length / 3)));
  const scored: { candidate: string; score: number }[] = [];
  for (const candidate of new Set(candidates)) {
    const score = scoreOf(wanted, fold(candidate), allowed);
    if (score !== undefined) scored.push({ candidate, score });
  }
  scored.sort(
    (a, b) =>
      a.score - b.score || a.candidate.length - b.candidate.length || (a.candidate < b.candidate ? -1 : 1),
  );
  return scored.slice(0, limit).map(({ candidate }) => candidate);
}

function fold(name: string): string {
  return name
    .slice(0, comparedLength)
    .toLowerCase()
    .replaceAll(/[\s_\-./:@]/g, '');
}

function scoreOf(wanted: string, candidate: string, allowed: number): number | undefined {
  const distance =
    Math.abs(wanted.length - candidate.length) > allowed
      ? undefined
      : editDistance(wanted, candidate, allowed);
  if (distance !== undefined) return distance;
  const [short, long] = wanted.length < candidate.length ? [wanted, candidate] : [candidate, wanted];
  if (short.length < 3 || !long.includes(short)) return undefined;
  return containedScore + (long.length - short.length) / comparedLength;
}

/**
 * Optimal string alignment distance (Damerau-Levenshtein without edits inside a swap), or undefined
 * where it is more than `allowed`. Only the cells that a path of so few edits can reach are computed.
 */
function editDistance(a: string, b: string, allowed: number): number | undefined {
  const unreachable = allowed + 1;
  const width = b.length + 1;
  const cells = new Uint8Array((a.length + 1) * width).fill(unreachable);
  const cell = (i: number, j: number) => cells[i * width + j] ?? unreachable;
  let leastBefore = 0;
  for (let i = 0; i <= a.length; i++) {
    let least = unreachable;
    for (let j = Math.max(0, i - allowed); j <= Math.min(b.length, i + allowed); j++) {
      let distance = i === 0 ? j : j === 0 ? i : unreachable;
      if (i > 0 && j > 0) {
        const left = a.charCodeAt(i - 1);
        const right = b.charCodeAt(j - 1);
        distance =
          Math.min(cell(i - 1, j), cell(i, j - 1), cell(i - 1, j - 1) - (left === right ? 1 : 0)) + 1;
        if (i > 1 && j > 1 && left === b.charCodeAt(j - 2) && right === a.charCodeAt(i - 2)) {
          distance = Math.min(distance, cell(i - 2, j - 2) + 1);
        }
      }
      cells[i * width + j] = Math.min(distance, unreachable);
      least = Math.min(least, distance);
    }
    // A swap skips a row, so two of them have to be out of reach.
    if (least > allowed && leastBefore > allowed) return undefined;
    leastBefore = least;
  }
  const distance = cell(a.length, b.length);
  return distance > allowed ? undefined : distance;
}
