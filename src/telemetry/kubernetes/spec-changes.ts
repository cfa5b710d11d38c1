import type { ChangeKind, Step } from './change.ts';
import { imageName } from './image.ts';
import { type Difference, differences, type Leaf, type Leaves } from './object-state.ts';

/** What a change of a specification says. */
export interface SpecChange {
  readonly kind: ChangeKind;
  /** One of these. */
  readonly step?: Step;
  readonly reason?: string;
}

/** Fields that have words of their own, and others; of more it is said how many. */
const mostTold = 16;
const mostOthers = 8;

const container = /^template\.spec\.(?:initC|c)ontainers\[([^\]]*)\]\.(.+)$/s;
const environment = /^env\[([^\]]*)\]/s;
const environmentSource = /^envFrom\[((?:ConfigMap|Secret) [^\]]*)\]/s;

/** Names of ConfigMaps, Secrets and claims, which are no secrets. */
const reference = /\.(?:configMap\.name|secret\.secretName|persistentVolumeClaim\.claimName)$/;

/** Strings that are words of Kubernetes or amounts. Others may hold what nobody should read, such as arguments. */
const plain =
  /^(?:strategy|updateStrategy|podManagementPolicy|serviceName)\b|^template\.spec\.(?:priorityClassName|serviceAccountName|restartPolicy|nodeName|schedulerName|dnsPolicy|hostNetwork)$|^metrics\b/;

const versionLabel = /^template\.metadata\.labels\.(app\.kubernetes\.io\/version|helm\.sh\/chart|version)$/;
const restartedAt = 'template.metadata.annotations.kubectl.kubernetes.io/restartedAt';

/**
 * What changed between two specifications of a deployment, statefulset, daemonset, job or autoscaler: images,
 * replicas, requests and limits, references and versions from what to what; of the environment which names, and of
 * all else which fields. Other strings, which may be secrets, are never part of it.
 */
export function specChanges(before: Leaves, after: Leaves): SpecChange[] {
  const several = new Set(
    [...before.keys(), ...after.keys()].flatMap((path) => {
      const [, name, field] = container.exec(path) ?? [];
      return field === 'image' ? [name] : [];
    }),
  );
  const told = new Map<string, SpecChange>();
  const others = new Map<string, SpecChange>();
  for (const difference of differences(before, after)) {
    const kind = kindOf(difference.name);
    const known = knownChange(difference, { before, after, isOneOfSeveral: several.size > 1 });
    if (known !== undefined) told.set(JSON.stringify(known), { kind, ...known });
    else {
      const other = otherChange(difference);
      others.set(JSON.stringify(other), { kind, ...other });
    }
  }
  const shown = [...[...told.values()].slice(0, mostTold), ...[...others.values()].slice(0, mostOthers)];
  const left = told.size + others.size - shown.length;
  return [
    ...shown,
    ...(left > 0
      ? [{ kind: 'spec', reason: `${left} more ${left === 1 ? 'field' : 'fields'} changed` } as const]
      : []),
  ];
}

/** A new template of pods is a rollout, whatever is new in it. */
function kindOf(path: string): ChangeKind {
  if (path.startsWith('template.')) return 'rollout';
  return /^(?:replicas|minReplicas|maxReplicas)$/.test(path) ? 'scaling' : 'spec';
}

type Told = Omit<SpecChange, 'kind'>;

interface Around {
  readonly before: Leaves;
  readonly after: Leaves;
  /** The template has several containers, so that a change says whose it is. */
  readonly isOneOfSeveral: boolean;
}

function knownChange(difference: Difference<Leaf>, around: Around): Told | undefined {
  const { name: path } = difference;
  if (kindOf(path) === 'scaling') return { step: stepOf(path, difference) };
  if (path === restartedAt) return { reason: 'restart asked for' };
  const version = versionLabel.exec(path)?.[1];
  if (version !== undefined) return { step: stepOf(version, difference) };
  const [, name = '', field = ''] = container.exec(path) ?? [];
  const of = around.isOneOfSeveral ? ` of ${name}` : '';
  if (field === 'image') {
    const { from, to } = stepOf('', difference);
    return { step: { name: `image${of}`, from: imageName(from), to: imageName(to) } };
  }
  if (field.startsWith('resources.')) return { step: stepOf(`${field.slice(10)}${of}`, difference) };
  const variable = environment.exec(field);
  if (variable !== null) {
    // Where its value comes from has fields of its own; the name is there as long as the variable is.
    const named = `${path.slice(0, -field.length)}${variable[0]}.name`;
    const whole = { name: named, from: around.before.get(named), to: around.after.get(named) };
    return { reason: `env ${variable[1]}${of} ${verbOf(whole)}` };
  }
  const source = environmentSource.exec(field)?.[1];
  return source === undefined ? undefined : { reason: `env from ${source}${of} ${verbOf(difference)}` };
}

function otherChange(difference: Difference<Leaf>): Told {
  const { name: path, from, to } = difference;
  const short = path.replace(/^template\.spec\./, '').replace(/^template\.metadata\./, '');
  const isPlain =
    [from, to].every((value) => typeof value !== 'string') || reference.test(path) || plain.test(path);
  return isPlain ? { step: stepOf(short, difference) } : { reason: `${short} ${verbOf(difference)}` };
}

const stepOf = (name: string, { from, to }: Difference<Leaf>): Step => ({
  name,
  from: from === undefined ? 'none' : String(from),
  to: to === undefined ? 'none' : String(to),
});

function verbOf({ from, to }: Difference<Leaf>): string {
  if (from === undefined && to !== undefined) return 'added';
  return to === undefined && from !== undefined ? 'removed' : 'changed';
}
