/** The same series in every run: counters, classic histograms, and what tells a pod's node. */

/** 2023-11-14T22:00:00Z, in milliseconds since the epoch. */
export const dataStart = 1_699_999_200_000;
const interval = 15_000;
/** Samples of a series that are written at once, so that all servers get time in its order. */
const slice = 120;

/** Numbers that follow from a seed (mulberry32). */
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Labels of a pod: ten namespaces, fifty nodes. */
function podLabels(pod) {
  return {
    cluster: 'production',
    namespace: `namespace-${pod % 10}`,
    pod: `checkout-${pod}-6f6cfc45b-${(pod * 7919).toString(36)}`,
    container: 'server',
    job: 'kubernetes-pods',
    instance: `10.${pod % 7}.${(pod >> 8) & 255}.${pod & 255}:9090`,
  };
}

const bounds = ['0.005', '0.01', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '10', '+Inf'];

/**
 * Series of one size: counters of requests that go up by 0 to 40 in 15 s and start anew now and then, as many
 * buckets of histograms, and an info series for each pod. `write` gives the next sample of each.
 */
function createSeries({ name, series, seed }) {
  const random = randomFrom(seed);
  const all = [];
  for (let i = 0; i < series; i++) {
    const pod = i >> 1;
    const pace = 1 + Math.floor(random() * 40);
    let value = Math.floor(random() * 1e6);
    all.push({
      labels: { __name__: `${name}_requests_total`, ...podLabels(pod), code: i & 1 ? '500' : '200' },
      offset: (pod * 977) % interval,
      next() {
        if (random() < 0.0005) value = 0;
        value += Math.floor(random() * pace);
        return value;
      },
    });
  }
  for (let i = 0; i < series / bounds.length; i++) {
    const counts = bounds.map(() => 0);
    const step = () => {
      for (let k = 0; k < 10; k++) counts[Math.min(9, Math.floor(random() * random() * 12))]++;
    };
    bounds.forEach((le, b) => {
      all.push({
        labels: { __name__: `${name}_latency_seconds_bucket`, ...podLabels(i), le },
        offset: (i * 977) % interval,
        next() {
          if (b === 0) step();
          let below = 0;
          for (let k = 0; k <= b; k++) below += counts[k];
          return below;
        },
      });
    });
  }
  for (let pod = 0; pod < series / 2; pod++) {
    const { namespace, pod: podName } = podLabels(pod);
    const labels = { __name__: `${name}_pod_info`, namespace, pod: podName, node: `node-${pod % 50}` };
    all.push({ labels, offset: 0, next: () => 1 });
  }
  return all;
}

/** Blocks of at most 200 series with the same times. */
function* blocksOf(all, first, length) {
  for (let at = 0; at < all.length; at += 200) {
    yield all.slice(at, at + 200).map(({ labels, offset, next }) => ({
      labels,
      samples: Array.from({ length }, (_, i) => ({
        timestamp: dataStart + (first + i) * interval + offset,
        value: next(),
      })),
    }));
  }
}

/** For each half hour in turn, blocks of series for remote write: no series is in two of them. */
export function* generateSlices({ name, series, hours, seed }) {
  const all = createSeries({ name, series, seed });
  const count = (hours * 3_600_000) / interval;
  for (let first = 0; first < count; first += slice) {
    yield blocksOf(all, first, Math.min(slice, count - first));
  }
}
