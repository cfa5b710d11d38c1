import { changeLimit, type KubernetesChangesResult } from '../../query/kubernetes-changes.ts';
import {
  type Change,
  type ChangedPod,
  type ChangeKind,
  changeKinds,
} from '../../telemetry/kubernetes/change.ts';
import { strongest } from '../../telemetry/kubernetes/fold-changes.ts';
import { formatTime } from '../../telemetry/time.ts';
import { headLine, type Presentation, roomAdvice, windowAndClock, windowJson } from './answer.ts';
import type { Dimension, Limits } from './budget.ts';
import { type Frame, fittedJson, fittedText } from './fitted.ts';
import { exact } from './time.ts';
import type { Untrusted } from './untrusted.ts';

type Shrinking = 'message' | 'pods' | 'changes' | 'name';

const longestMessage = 200;
/** Characters below which a message says nothing. */
const shortestMessage = 40;
const mostPods = 4;
const mostPodsInJson = 20;

const howToNarrow = 'narrow the window, or give namespace, workload or kinds';

/** Messages are shortened first, then pods go, then the weakest changes. */
function frameOf(
  result: KubernetesChangesResult,
  presentation: Presentation,
  pods: number,
): Frame<Shrinking> {
  const dimensions: Dimension<Shrinking>[] = [
    { name: 'message', most: longestMessage, least: 0 },
    { name: 'pods', most: pods, least: 0 },
    { name: 'changes', most: result.changes.length, least: 0 },
    { name: 'name', most: 120, least: 10 },
  ];
  return { result, presentation, dimensions, howToNarrow };
}

/** The changes as compact text: a line each, and below it what Kubernetes says of it. */
export function kubernetesChangesText(result: KubernetesChangesResult, presentation: Presentation): string {
  return fittedText(frameOf(result, presentation, mostPods), (limits, untrusted) => {
    const shown = strongest(result.changes, limits.changes);
    return {
      head: [headOf(result, shown.length)],
      data: shown.flatMap((change) => changeLines(result, change, limits, untrusted)),
      notes: leftOutNotes(result, shown.length, presentation.maxTokens),
    };
  });
}

/** The changes as JSON. */
export function kubernetesChangesJson(result: KubernetesChangesResult, presentation: Presentation): string {
  return fittedJson(frameOf(result, presentation, mostPodsInJson), (limits, untrusted) => {
    const admit = (text: string): string => untrusted.admit(text, limits.name);
    const shown = strongest(result.changes, limits.changes);
    const body = {
      window: windowJson(result),
      changes_total: result.changesTotal,
      changes_shown: shown.length,
      looked_at: {
        events: result.events,
        objects: result.objects,
        metrics: result.metrics,
        pods: result.pods,
      },
      unknown_kinds: result.unknownKinds,
      changes: shown.map((change) => ({
        first: formatTime(change.first),
        last: formatTime(change.last),
        since_before_window: change.continues,
        kind: change.kind,
        topic: change.topic === '' ? null : admit(change.topic),
        ...placeJson(change, admit),
        paths: change.paths.map(({ name, values }) => ({
          name: admit(name),
          values: values.map((value) => (value === '' ? null : admit(value))),
        })),
        reasons: change.reasons.map(({ reason, count }) => ({ reason: admit(reason), count })),
        message:
          change.message === '' || limits.message < shortestMessage
            ? null
            : untrusted.admit(change.message, limits.message),
        pods_total: change.pods.length,
        pods: change.pods
          .slice(0, limits.pods)
          .map((pod) => ({ name: admit(pod.name), change: pod.change ?? null })),
        containers: change.containers.map(admit),
        on_nodes: change.onNodes.map(admit),
        sources: change.sources,
      })),
    };
    return { body, notes: leftOutNotes(result, shown.length, presentation.maxTokens) };
  });
}

function placeJson(change: Change, admit: (text: string) => string): Readonly<Record<string, string>> {
  const names = ['cluster', 'namespace', 'workload', 'node'] as const;
  return Object.fromEntries(
    names.flatMap((name) => (change[name] === '' ? [] : [[name, admit(change[name])] as const])),
  );
}

function headOf(result: KubernetesChangesResult, shown: number): string {
  const { changesTotal: total, events, objects, metrics, pods } = result;
  const number =
    total === 0
      ? nothingText(result)
      : shown === total
        ? counted(total, 'change')
        : `${shown} of ${counted(total, 'change')}`;
  return headLine(
    `${number}${total > 1 ? ', oldest first' : ''}`,
    total === 0 && result.isUnknownPlace ? '' : unknownText(result),
    `from ${counted(events, 'event')}, ${objects > 0 ? `${counted(objects, 'object')}, ` : ''}${counted(metrics.length, 'metric')} and ${counted(pods, 'pod')} in spans and logs`,
    windowAndClock(result),
  );
}

/** Known kinds that are named; of more, those that are not known are named alone. */
const mostNamed = 3;

/** Nothing was found: as nothing happened, or as nothing would tell. */
function nothingText(result: KubernetesChangesResult): string {
  if (result.isUnknownPlace)
    return 'nothing is known of this place, neither changes nor that there were none';
  if (result.unknownKinds.length === 0) return 'no changes';
  const known = knownKinds(result);
  if (known.length === 0) return 'whether anything changed is not known';
  return known.length > mostNamed ? 'no changes seen' : `no changes of ${listed(known)}`;
}

/** What nothing that is stored would tell of; empty where that is nothing. */
function unknownText(result: KubernetesChangesResult): string {
  const { kinds, unknownKinds } = result;
  if (unknownKinds.length === 0) return '';
  const known = knownKinds(result);
  if (kinds.length < changeKinds.length || known.length > mostNamed)
    return `nothing stored would tell of ${listed(unknownKinds)}`;
  return `nothing stored would tell of ${known.length === 0 ? 'any kind' : `other kinds than ${listed(known)}`}`;
}

const knownKinds = ({ kinds, unknownKinds }: KubernetesChangesResult): ChangeKind[] =>
  kinds.filter((kind) => !unknownKinds.includes(kind));

const listed = (kinds: readonly ChangeKind[]): string =>
  kinds.length < 2 ? kinds.join('') : `${kinds.slice(0, -1).join(', ')} and ${kinds.at(-1)}`;

function leftOutNotes(
  { changes, changesTotal }: KubernetesChangesResult,
  shown: number,
  maxTokens: number,
): string[] {
  const left = changesTotal - shown;
  if (left === 0) return [];
  const advice =
    shown < changes.length
      ? roomAdvice(maxTokens, howToNarrow)
      : `raise limit (up to ${changeLimit.max}), or ${howToNarrow}`;
  return [`${left} weaker ${left === 1 ? 'change is' : 'changes are'} left out: ${advice}`];
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

function changeLines(
  result: KubernetesChangesResult,
  change: Change,
  limits: Limits<Shrinking>,
  untrusted: Untrusted,
): string[] {
  const show = (text: string): string => untrusted.show(text, limits.name);
  const parts = [
    ...change.paths.map(({ name, values }) => `${show(name)} ${pathText(values, show)}`),
    ...change.reasons.map(({ reason, count }) => (count === 1 ? show(reason) : `${show(reason)} ×${count}`)),
    ...podsText(change.pods, limits, show),
    ...(change.containers.length > 0 ? [`container ${change.containers.map(show).join(', ')}`] : []),
    ...(change.onNodes.length > 0 && change.onNodes.length <= 3
      ? [`on ${change.onNodes.map(show).join(', ')}`]
      : []),
  ];
  // A ConfigMap is told by its name; other topics are told by what changed.
  const isTold = change.kind !== 'config' && (change.paths.length > 0 || change.reasons.length > 0);
  const topic = change.topic === '' || isTold ? '' : ` ${show(change.topic)}`;
  return [
    `${timesText(result, change)} ${change.kind}${topic} ${show(placeText(result, change))}: ${parts.join('; ')} (${change.sources.join(', ')})`,
    ...(change.message === '' || limits.message < shortestMessage
      ? []
      : [`  ${untrusted.show(change.message, limits.message)}`]),
  ];
}

function pathText(values: readonly string[], show: (text: string) => string): string {
  const shown = values.map((value) => (value === '' ? '?' : show(value)));
  const some = shown.length > 6 ? [...shown.slice(0, 2), '…', ...shown.slice(-3)] : shown;
  return some.join(' → ');
}

function podsText(
  pods: readonly ChangedPod[],
  { pods: most }: Limits<Shrinking>,
  show: (text: string) => string,
): string[] {
  const named = [
    { verb: 'came', of: pods.filter(({ change }) => change === 'came') },
    { verb: 'went', of: pods.filter(({ change }) => change === 'went') },
    { verb: 'came and went', of: pods.filter(({ change }) => change === 'came and went') },
    { verb: 'in', of: pods.filter(({ change }) => change === undefined) },
  ];
  return named.flatMap(({ verb, of }) => {
    if (of.length === 0) return [];
    const names = of.slice(0, most).map(({ name }) => show(name));
    const more = of.length - names.length;
    const list = [
      ...names,
      ...(more > 0 ? [names.length === 0 ? counted(more, 'pod') : `${more} more`] : []),
    ];
    return [`${verb} ${list.join(', ')}`];
  });
}

function placeText(
  { changes }: KubernetesChangesResult,
  { kind, cluster, namespace, workload, node }: Change,
): string {
  const hasSeveral = new Set(changes.map((change) => change.cluster)).size > 1;
  const parts = [
    hasSeveral ? cluster : '',
    namespace,
    workload,
    node === '' || kind === 'node' ? node : `node ${node}`,
  ];
  return parts.filter((part) => part !== '').join('/') || 'the cluster';
}

/** Whole seconds; the date where it is another than the window's. */
function timesText({ window }: KubernetesChangesResult, { first, last, continues }: Change): string {
  const day = exact(window.from).slice(0, 10);
  const text = (ns: bigint): string => {
    const [date = '', time = ''] = exact(ns - (ns % 1_000_000_000n)).split(' ');
    return date === day ? time : `${date} ${time}`;
  };
  const [from, to] = [text(first), text(last)];
  return `${continues ? 'before ' : ''}${from}${to === from ? '' : ` to ${to}`}`;
}
