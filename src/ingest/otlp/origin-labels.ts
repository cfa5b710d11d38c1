import { compareText, Labels } from '../../promql/labels.ts';
import { type Attributes, attribute, type Origin } from '../../store/rows/record.ts';
import { workloadOf } from '../../telemetry/workload.ts';
import type { LabelNames } from './label-name.ts';

type Resource = Origin['resource'];
type Scope = Origin['scope'];
type Pair = readonly [key: string, value: string];

/** Attributes that are said by `job` and `instance`. */
const identifying: ReadonlySet<string> = new Set([
  'service.name',
  'service.namespace',
  'service.instance.id',
]);

/**
 * Objects that have metrics of their own (receivers k8s_cluster and kubeletstats) beside pods, containers, nodes and
 * workloads, by the labels that kube-state-metrics gives them.
 */
const objectAttributes: readonly Pair[] = [
  ['horizontalpodautoscaler', 'k8s.hpa.name'],
  ['persistentvolumeclaim', 'k8s.persistentvolumeclaim.name'],
  ['replicationcontroller', 'k8s.replicationcontroller.name'],
  ['resourcequota', 'k8s.resourcequota.name'],
  ['volumename', 'k8s.volume.name'],
];

/** Makes the labels of the series that come from one scope of one resource. */
export class OriginLabels {
  readonly #names: LabelNames;
  /** Labels of the resource that every series has, by name; none is empty. */
  readonly #resource: ReadonlyMap<string, string>;
  readonly #scope: readonly Pair[];
  /** By the attributes joined, which others may share: they are compared. */
  readonly #known = new Map<string, KnownLabels>();

  constructor({ resource, scope }: Pick<Origin, 'resource' | 'scope'>, names: LabelNames) {
    this.#names = names;
    this.#resource = resourceLabels(resource);
    this.#scope = scopePairs(scope, names);
  }

  /**
   * The labels of a data point's series, without the metric's name. Attributes that come to the same label
   * are joined with `;` in the order of their keys; one that comes to a label that the resource sets, or to
   * one of `reserved`, is kept as `exported_<name>`.
   *
   * @param reserved the label that tells the series of one point apart: `le`, `quantile`
   */
  ofPoint(attributes: Attributes, reserved?: string): Labels {
    const key = attributes.join();
    const known = this.#known.get(key);
    if (known !== undefined && known.reserved === reserved && isSame(known.attributes, attributes)) {
      return known.labels;
    }
    const taken = (name: string): boolean => name === reserved || this.#resource.has(name);
    const pairs = [...pairsOf(attributes), ...this.#scope];
    const labels = labelsOf(pairs, this.#names, this.#resource, taken);
    if (this.#known.size >= mostKnown) this.#known.clear();
    this.#known.set(key, { attributes, reserved, labels });
    return labels;
  }
}

interface KnownLabels {
  readonly attributes: Attributes;
  readonly reserved: string | undefined;
  readonly labels: Labels;
}

/** Attributes that are remembered: metrics of a scope often have the same, and points of one metric over time. */
const mostKnown = 10_000;

const isSame = (a: Attributes, b: Attributes): boolean =>
  a.length === b.length && a.every((text, i) => text === b[i]);

/** The labels of the resource's `target_info`; undefined where it has no identity, or nothing to say. */
export function targetInfoLabels({ attributes }: Resource, names: LabelNames): Labels | undefined {
  const own = resourceLabels({ attributes, schemaUrl: '' });
  const others = pairsOf(attributes).filter(([key, value]) => !identifying.has(key) && value !== '');
  if (others.length === 0 || !(own.has('job') || own.has('instance'))) return undefined;
  return labelsOf(others, names, own, (name) => own.has(name));
}

/** What is known of where a series comes from, by the names that the tools and the limits of keys use. */
function resourceLabels({ attributes }: Resource): ReadonlyMap<string, string> {
  const of = (key: string): string => attribute(attributes, key) ?? '';
  const service = of('service.name');
  const namespace = of('service.namespace');
  const pod = of('k8s.pod.name');
  const labels: readonly Pair[] = [
    ['cluster', of('k8s.cluster.name')],
    ['namespace', of('k8s.namespace.name')],
    ['workload', workloadOf(of)],
    ['pod', pod],
    ['container', of('k8s.container.name') || of('container.name')],
    ['node', of('k8s.node.name') || of('host.name')],
    ['job', service !== '' && namespace !== '' ? `${namespace}/${service}` : service],
    ['instance', of('service.instance.id')],
    // A pod's series would end with each rollout.
    ['replicaset', pod === '' ? of('k8s.replicaset.name') : ''],
    ...objectAttributes.map(([label, key]): Pair => [label, of(key)]),
  ];
  return new Map(
    labels.filter(([, value]) => value !== '').map(([name, value]) => [name, wellFormed(value)]),
  );
}

/** The scope as attributes. Its own attributes can't stand for its name, version or schema. */
function scopePairs({ name, version, schemaUrl, attributes }: Scope, names: LabelNames): readonly Pair[] {
  const fixed: readonly Pair[] = [
    ['otel_scope_name', name],
    ['otel_scope_version', version],
    ['otel_scope_schema_url', schemaUrl],
  ];
  const reserved = new Set(fixed.map(([label]) => label));
  const own = pairsOf(attributes)
    .map(([key, value]): Pair => [`otel_scope_${key}`, value])
    .filter(([key]) => !reserved.has(names.of(key)));
  return [...fixed, ...own].filter(([, value]) => value !== '');
}

function labelsOf(
  pairs: readonly Pair[],
  names: LabelNames,
  fixed: ReadonlyMap<string, string>,
  taken: (name: string) => boolean,
): Labels {
  const joined = new Map<string, string>();
  for (const [key, value] of [...pairs].sort(([a], [b]) => compareText(a, b))) {
    const name = names.of(key);
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : `${before};${value}`);
  }
  const labels = new Map(fixed);
  for (const [name, value] of joined) {
    if (value !== '' && !taken(name)) labels.set(name, wellFormed(value));
  }
  for (const [name, value] of joined) {
    if (value !== '' && taken(name)) labels.set(freeName(name, labels), wellFormed(value));
  }
  return Labels.from(labels);
}

/** As Prometheus renames a scraped label that its target has too. */
function freeName(name: string, labels: ReadonlyMap<string, string>): string {
  let free = `exported_${name}`;
  while (labels.has(free)) free = `exported_${free}`;
  return free;
}

function pairsOf(attributes: Attributes): Pair[] {
  const pairs: Pair[] = [];
  for (let i = 0; i < attributes.length; i += 2) {
    const key = attributes[i] ?? '';
    if (key !== '') pairs.push([key, attributes[i + 1] ?? '']);
  }
  return pairs;
}

/** JSON can hold halves of surrogate pairs, which UTF-8 can't. */
const wellFormed = (text: string): string =>
  /\p{Surrogate}/u.test(text) ? Buffer.from(text).toString() : text;
