import { recordsIn } from '../cases.mjs';

/** How far back earlier times are looked for, in lengths of the window, and how many of them there may be. */
const lengthsBack = 8n;
const mostCandidates = 6;

/**
 * The earlier times of the window's length that hold a quarter of its records, nearest first, without overlaps, on the
 * grid of stretches; each ends with a stretch that holds its share of that.
 */
export function candidatesOf(signals, { from, to }, stretch) {
  const size = to - from;
  const first = from - lengthsBack * size;
  const counts = new Map();
  for (const { timestamp } of signals.flatMap((records) => recordsIn(records, first, to))) {
    const slot = Math.floor(Number(timestamp - from) / Number(stretch));
    counts.set(slot, (counts.get(slot) ?? 0) + 1);
  }
  const perWindow = Math.ceil(Number(size) / Number(stretch));
  const within = (end) => {
    let total = 0;
    for (let slot = end - perWindow; slot < end; slot++) total += counts.get(slot) ?? 0;
    return total;
  };
  const needed = Math.max(1, within(perWindow) / 4);
  const found = [];
  let end = 0;
  while (found.length < mostCandidates && end > -Number(lengthsBack) * perWindow) {
    if ((counts.get(end - 1) ?? 0) >= needed / perWindow && within(end) >= needed) {
      found.push({ from: from + BigInt(end - perWindow) * stretch, to: from + BigInt(end) * stretch });
      end -= perWindow;
    } else end--;
  }
  return found;
}

/**
 * The nearest of the candidates that is not clearly worse, in what stands out in the window, than the better half of
 * them together; or the one that is the least so.
 */
export function chosenOf(candidates, window, requests, logs) {
  if (candidates.length < 2) return candidates.map(isoOf)[0];
  const now = countsOf(window, requests, logs);
  const then = candidates.map((candidate) => countsOf(candidate, requests, logs));
  const worse = candidates.map(() => 0);
  for (const workload of new Set(then.flatMap((counts) => [...counts.keys()]))) {
    for (const signal of [errorLines, medians]) {
      const values = then.map((counts) => signal.of(counts.get(workload)));
      const calm = signal.calm(values);
      if (calm === undefined) continue;
      if (!signal.isAbove(signal.of(now.get(workload)), calm, noted)) continue;
      for (const [i, value] of values.entries()) {
        if (signal.isAbove(value, calm, clear)) worse[i] += Math.min(10, value.level / calm.level);
      }
    }
  }
  return isoOf(candidates[worse.indexOf(Math.min(...worse))]);
}

/**
 * How far above the calm a value has to be. Lines of one request come together, so that the chance is judged as if
 * counts varied twice as much: the one-sided levels 0.05 and 0.01 are these for independent ones, the probability of a
 * normal score of 1.645 √2 or 2.326 √2.
 */
const noted = { times: 1.25, chance: 0.0100046 };
const clear = { times: 2, chance: 0.00050102 };

const errorLines = {
  of: (counts = { errors: 0, lines: 0 }) => ({
    hits: counts.errors,
    all: counts.lines,
    level: counts.lines === 0 ? 0 : counts.errors / counts.lines,
  }),
  calm(values) {
    const half = betterHalf(values.filter(({ all }) => all > 0));
    if (half.length === 0) return undefined;
    const [hits, all] = ['hits', 'all'].map((key) => half.reduce((total, value) => total + value[key], 0));
    return { hits, all, level: hits / all };
  },
  isAbove: (value, calm, { times, chance }) =>
    value.all > 0 && value.level >= times * calm.level && chanceOf(value, calm) <= chance,
};

const medians = {
  of: (counts = { durations: [] }) => ({
    all: counts.durations.length,
    level: counts.durations.sort((a, b) => a - b)[counts.durations.length >> 1] ?? 0,
  }),
  calm: (values) => betterHalf(values.filter(({ all }) => all >= 10)).at(-1),
  isAbove: (value, calm, { times }) => value.all >= 10 && calm.level > 0 && value.level >= times * calm.level,
};

function betterHalf(values) {
  const sorted = [...values].sort((a, b) => a.level - b.level);
  return sorted.slice(0, Math.max(1, sorted.length >> 1));
}

/** The chance of as many hits or more where both have the same share: hypergeometric, the count itself by half. */
function chanceOf(value, calm) {
  const total = value.hits + calm.hits;
  if (total === 0 || total === value.all + calm.all || value.level <= calm.level) return 1;
  const log = (hits) =>
    logChoose(value.all, hits) + logChoose(calm.all, total - hits) - logChoose(value.all + calm.all, total);
  let tail = Math.exp(log(value.hits)) / 2;
  for (let hits = value.hits + 1; hits <= Math.min(value.all, total); hits++) tail += Math.exp(log(hits));
  return tail;
}

const logFactorials = [0];

function logChoose(n, k) {
  while (logFactorials.length <= n) logFactorials.push(logFactorials.at(-1) + Math.log(logFactorials.length));
  return logFactorials[n] - logFactorials[k] - logFactorials[n - k];
}

/** By workload: durations of what it served, its lines and those of an error level. No span of the recording failed. */
function countsOf({ from, to }, requests, logs) {
  const counts = new Map();
  const of = (workload) => {
    if (!counts.has(workload)) counts.set(workload, { durations: [], lines: 0, errors: 0 });
    return counts.get(workload);
  };
  for (const { role, workload, duration } of recordsIn(requests, from, to)) {
    if (role === 'server') of(workload).durations.push(duration);
  }
  for (const { workload, level } of recordsIn(logs, from, to)) {
    of(workload).lines++;
    if (level === 'ERROR') of(workload).errors++;
  }
  return counts;
}

function isoOf({ from, to }) {
  const iso = (time) => new Date(Number(time / 1_000_000n)).toISOString().replace('.000Z', 'Z');
  return { from: iso(from), to: iso(to) };
}
