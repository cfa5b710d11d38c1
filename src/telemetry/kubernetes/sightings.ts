import type { Window } from '../window.ts';
import type { Observation, PodChange } from './change.ts';

/** Spans or logs of one pod that say the same of it. */
export interface Sighting {
  readonly cluster: string;
  readonly namespace: string;
  readonly workload: string;
  readonly version: string;
  readonly image: string;
  readonly replicaSet: string;
  /** Empty where the records name none. */
  readonly pod: string;
  readonly node: string;
  /** ns since the epoch. */
  readonly first: bigint;
  readonly last: bigint;
  /** Equal parts of time, such as minutes, in which there is any record. */
  readonly slots: number;
}

/** When something was there, as far as it was heard. */
interface Presence {
  readonly first: bigint;
  readonly last: bigint;
  /** Slots with a record in a nanosecond; 0 where there are too few to say. */
  readonly rate: number;
}

/**
 * Silence means that a pod is not there if it would have been heard so often in the time: one that is heard by
 * chance is silent that long once in a thousand times (e^-7).
 */
const leastMissed = 7;

/** Of fewer slots there is no rate. */
const fewestSlots = 3;

/**
 * What spans and logs tell of pods that came and went, and of versions that took the place of others. The
 * sightings should reach beyond the window, else nothing can be told of its first and last minutes.
 */
export function sightingObservations(
  sightings: readonly Sighting[],
  window: Window,
  source: Pick<Observation, 'source' | 'origin'> = { source: 'telemetry', origin: '' },
): Observation[] {
  const clusters = new Map(
    [...groups(sightings, ({ cluster }) => cluster)].map(([cluster, of]) => [cluster, presenceOf(of)]),
  );
  const workloads = groups(sightings, ({ cluster, namespace, workload }) =>
    JSON.stringify([cluster, namespace, workload]),
  );
  const found = [...workloads.values()].flatMap((of) => {
    const heard = clusters.get(of[0].cluster) ?? presenceOf(of);
    const pods = groups(
      of.filter(({ pod }) => pod !== ''),
      ({ pod }) => pod,
    );
    return [
      ...[...pods.values()].flatMap((pod) => podObservations(pod, heard, window)),
      ...facts.flatMap((fact) => versionObservations(of, fact, heard, window)),
    ];
  });
  return found.map((observation) => ({ ...observation, ...source }));
}

type Some<T> = readonly [T, ...T[]];

function podObservations(of: Some<Sighting>, heard: Presence, window: Window): Observation[] {
  const [{ pod, node }] = of;
  const presence = presenceOf(of);
  const at = (time: bigint, podChange: PodChange): Observation => ({
    ...observationAt(of[0], time),
    kind: 'pods',
    pod,
    podChange,
    onNode: node,
  });
  return [
    ...(came(presence, heard, window) ? [at(presence.first, 'came')] : []),
    ...(went(presence, heard, window) ? [at(presence.last, 'went')] : []),
  ];
}

interface Fact {
  readonly name: string;
  readonly of: (sighting: Sighting) => string;
}

const facts: readonly Fact[] = [
  { name: 'app_version', of: ({ version }) => version },
  { name: 'image', of: ({ image }) => image },
  { name: 'replicaset', of: ({ replicaSet }) => replicaSet },
];

/** A value that came where there was another one before, or that went while one stayed that was there before it. */
function versionObservations(
  of: Some<Sighting>,
  { name, of: read }: Fact,
  heard: Presence,
  window: Window,
): Observation[] {
  const values = [
    ...groups(
      of.filter((sighting) => read(sighting) !== ''),
      read,
    ),
  ].map(([value, sightings]) => ({ value, ...presenceOf(sightings) }));
  const step = (time: bigint, from: string, to: string): Observation => ({
    ...observationAt(of[0], time),
    kind: 'rollout',
    steps: [{ name, from, to }],
  });
  return values.flatMap((one) => {
    const earlier = values.filter(({ first }) => first < one.first);
    const before = latest(earlier);
    const after = latest(earlier.filter(({ last }) => last > one.last));
    return [
      ...(before !== undefined && came(one, heard, window) ? [step(one.first, before, one.value)] : []),
      ...(after !== undefined && went(one, heard, window) ? [step(one.last, one.value, after)] : []),
    ];
  });
}

function latest(values: readonly (Presence & { readonly value: string })[]): string | undefined {
  const [first] = [...values].sort((a, b) => Number(b.last - a.last) || (a.value < b.value ? -1 : 1));
  return first?.value;
}

/** It begins in the window, after a silence that others break. */
const came = ({ first, rate }: Presence, heard: Presence, window: Window): boolean =>
  isWithin(first, window) && Number(first - heard.first) * rate >= leastMissed;

const went = ({ last, rate }: Presence, heard: Presence, window: Window): boolean =>
  isWithin(last, window) && Number(heard.last - last) * rate >= leastMissed;

const isWithin = (time: bigint, { from, to }: Window): boolean => time >= from && time < to;

function presenceOf(of: Some<Sighting>): Presence {
  return of.map(presence).reduce((a, b) => ({
    first: earlier(a.first, b.first),
    last: later(a.last, b.last),
    rate: Math.max(a.rate, b.rate),
  }));
}

function presence({ first, last, slots }: Sighting): Presence {
  return { first, last, rate: slots < fewestSlots ? 0 : (slots - 1) / Number(last - first) };
}

const earlier = (a: bigint, b: bigint): bigint => (later(a, b) === a ? b : a);

function later(a: bigint, b: bigint): bigint {
  if (b > a) return b;
  return a;
}

function observationAt({ cluster, namespace, workload }: Sighting, time: bigint): Observation {
  return {
    cluster,
    namespace,
    workload,
    node: '',
    kind: 'pods',
    topic: '',
    source: 'telemetry',
    origin: '',
    first: time,
    last: time,
    count: 1,
    reason: '',
    message: '',
    pod: '',
    container: '',
    onNode: '',
    steps: [],
    continues: false,
  };
}

function groups(
  sightings: readonly Sighting[],
  keyOf: (sighting: Sighting) => string,
): Map<string, [Sighting, ...Sighting[]]> {
  const found = new Map<string, [Sighting, ...Sighting[]]>();
  for (const sighting of sightings) {
    const key = keyOf(sighting);
    const known = found.get(key);
    if (known === undefined) found.set(key, [sighting]);
    else known.push(sighting);
  }
  return found;
}
