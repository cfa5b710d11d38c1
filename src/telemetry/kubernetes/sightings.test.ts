import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Sighting, sightingObservations } from './sightings.ts';

const minute = 60_000_000_000n;
const start = 1_770_372_000_000_000_000n;
const at = (minutes: number): bigint => start + BigInt(minutes) * minute;

/** A window of an hour; spans and logs are known from half an hour before it to half an hour behind it. */
const window = { from: at(0), to: at(60) };

/** A pod that is heard every minute from one to the other. */
const heard = (pod: string, from: number, to: number, more: Partial<Sighting> = {}): Sighting => ({
  cluster: 'eu',
  namespace: 'shop',
  workload: 'cart',
  version: '',
  image: '',
  replicaSet: '',
  pod,
  node: 'node-1',
  first: at(from),
  last: at(to),
  slots: to - from + 1,
  ...more,
});

const told = (sightings: readonly Sighting[]) =>
  sightingObservations(sightings, window).map(({ kind, first, pod, podChange, steps }) => ({
    kind,
    minute: Number((first - start) / minute),
    ...(kind === 'pods' ? { pod, podChange } : { steps }),
  }));

const others = heard('other-1', -30, 90, { workload: 'other' });

test('a rollout: the version that came takes the place of the one before', () => {
  const old = { version: '1.0', image: 'cart:1.0', replicaSet: 'cart-a' };
  const young = { version: '1.1', image: 'cart:1.1', replicaSet: 'cart-b' };
  expect(told([others, heard('cart-a-1', -30, 21, old), heard('cart-b-1', 20, 90, young)])).toEqual([
    { kind: 'pods', minute: 21, pod: 'cart-a-1', podChange: 'went' },
    { kind: 'pods', minute: 20, pod: 'cart-b-1', podChange: 'came' },
    { kind: 'rollout', minute: 20, steps: [{ name: 'app_version', from: '1.0', to: '1.1' }] },
    { kind: 'rollout', minute: 20, steps: [{ name: 'image', from: 'cart:1.0', to: 'cart:1.1' }] },
    { kind: 'rollout', minute: 20, steps: [{ name: 'replicaset', from: 'cart-a', to: 'cart-b' }] },
  ]);
});

test('a version that is taken back, and one that is tried beside another', () => {
  const version = (pod: string, name: string, from: number, to: number) =>
    heard(pod, from, to, { version: name });
  const steps = (sightings: readonly Sighting[]) => told(sightings).filter(({ kind }) => kind === 'rollout');
  expect(steps([version('a', '1', -30, 20), version('b', '2', 19, 40), version('c', '1', 39, 90)])).toEqual([
    { kind: 'rollout', minute: 19, steps: [{ name: 'app_version', from: '1', to: '2' }] },
    { kind: 'rollout', minute: 40, steps: [{ name: 'app_version', from: '2', to: '1' }] },
  ]);
  expect(steps([version('a', '1', -30, 90), version('b', '2', -30, 90)])).toEqual([]);
});

test('silence that nobody breaks tells of no change: the recording begins and ends there', () => {
  expect(told([heard('cart-1', 20, 40), heard('other-1', 20, 40, { workload: 'other' })])).toEqual([]);
});

test('clusters begin and end by themselves', () => {
  expect(told([others, heard('cart-1', 20, 40, { cluster: 'us' })])).toEqual([]);
});

test('a pod that is heard now and then is not missed soon', () => {
  // Each tenth minute: seven of them are 70 minutes.
  expect(told([others, heard('cart-1', 5, 55, { slots: 6 })])).toEqual([]);
  expect(told([others, heard('cart-1', 50, 51, { slots: 2 })])).toEqual([]);
});

test('what is heard all the time has not changed, and what came and went is told as it was', () => {
  const pod = fc.record({
    from: fc.integer({ min: -30, max: 80 }),
    length: fc.integer({ min: 0, max: 120 }),
  });
  fc.assert(
    fc.property(fc.array(pod, { maxLength: 8 }), (pods) => {
      const sightings = pods.map(({ from, length }, i) =>
        heard(`cart-${i}`, from, Math.min(90, from + length)),
      );
      const expected = sightings.flatMap(({ pod, first, last, slots }) => {
        const [from, to] = [Number((first - start) / minute), Number((last - start) / minute)];
        if (slots < 3) return [];
        return [
          ...(from >= 0 && from < 60 && from + 30 >= 7 ? [`${pod} came ${from}`] : []),
          ...(to >= 0 && to < 60 && 90 - to >= 7 ? [`${pod} went ${to}`] : []),
        ];
      });
      const found = sightingObservations([others, ...sightings], window).map(
        (one) => `${one.pod} ${one.podChange} ${Number((one.first - start) / minute)}`,
      );
      expect(found.sort()).toEqual(expected.sort());
    }),
    { numRuns: 100, seed: 1 },
  );
});
