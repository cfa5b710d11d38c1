/** How the answers of two servers to the same question differ. */

const numberOf = (text) => (text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text));

function seriesOf(text) {
  const { data } = JSON.parse(text);
  if (data.resultType === 'scalar') return new Map([['', new Map([data.result])]]);
  return new Map(
    data.result.map(({ metric, value, values }) => [
      JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1))),
      new Map(values ?? [value]),
    ]),
  );
}

/** The same points as series of the first, second, … value of each time: equal values have no order. */
function ranked(series) {
  const byTime = new Map();
  for (const points of series.values()) {
    for (const [time, value] of points) byTime.set(time, [...(byTime.get(time) ?? []), value]);
  }
  const ranks = new Map();
  for (const [time, values] of byTime) {
    values.sort((a, b) => numberOf(b) - numberOf(a));
    for (const [rank, value] of values.entries()) {
      ranks.set(rank, (ranks.get(rank) ?? new Map()).set(time, value));
    }
  }
  return ranks;
}

/**
 * Series and points that only one of them has, the greatest relative distance of two values, and how many
 * points there are.
 */
export function compareAnswers(a, b, isRanked = false) {
  const [left, right] = [a, b].map(seriesOf).map((series) => (isRanked ? ranked(series) : series));
  let [alone, points, distance] = [0, 0, 0];
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const [one, other] = [left.get(key) ?? new Map(), right.get(key) ?? new Map()];
    points += Math.max(one.size, other.size);
    for (const [time, value] of one) {
      if (!other.has(time)) {
        alone++;
        continue;
      }
      const [x, y] = [numberOf(value), numberOf(other.get(time))];
      if (!Object.is(x, y) && x !== y)
        distance = Math.max(distance, Math.abs(x - y) / Math.max(Math.abs(x), Math.abs(y)));
    }
    for (const time of other.keys()) if (!one.has(time)) alone++;
  }
  return { alone, points, distance };
}
