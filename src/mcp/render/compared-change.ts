import type { DatedChange } from '../../query/comparison-results.ts';
import { numberTexts, percent } from './number.ts';
import type { Untrusted } from './untrusted.ts';

/** Characters that names and longer texts of a change may have. */
export interface TextLimits {
  readonly name: number;
  readonly subject: number;
}

type Words = (change: DatedChange, name: (text: string) => string) => string;

const operation: Words = ({ subject }, name) => name(subject);

/** What each kind of change is called, and of what. */
const words: Readonly<Record<DatedChange['kind'], Words>> = {
  errors: (change, name) => `failed requests of ${operation(change, name)}`,
  'error-pattern': ({ operation, level }, name) => `requests of ${name(operation)} that log ${level}`,
  'fewer-errors': ({ operation, level }, name) => `fewer requests of ${name(operation)} log ${level}`,
  pattern: ({ operation, level }, name) => `requests of ${name(operation)} that log ${level || 'a line'}`,
  duration: (change, name) => `duration of ${operation(change, name)}`,
  'own-time': (change, name) => `own time (without calls to others) of ${operation(change, name)}`,
  rate: (change, name) => `requests of ${operation(change, name)}`,
  'error-lines': ({ level }) => `lines of ${level}`,
  lines: ({ level }) => `lines of ${level || 'no level'}`,
  gap: ({ peer }, name) => `gap of calls to ${name(peer)} (network and queues)`,
  'call-time': ({ peer }, name) => `calls to ${name(peer)}, which records no spans: duration`,
  'call-errors': ({ peer }, name) => `calls to ${name(peer)}, which records no spans: failed`,
  metric: ({ pod, subject }, name) => `metric ${name(subject)}${pod === '' ? '' : ` of pod ${name(pod)}`}`,
  count: ({ pod, subject }, name) => `counter ${name(subject)}${pod === '' ? '' : ` of pod ${name(pod)}`}`,
  'new-workload': () => 'a new workload',
  'gone-workload': () => 'the workload is gone',
  'new-operation': (change, name) => `a new operation ${operation(change, name)}`,
  'gone-operation': (change, name) => `the operation ${operation(change, name)} is gone`,
  'new-pod': ({ pod, subject }, name) => `a new pod ${name(pod || subject)}`,
  'gone-pod': ({ pod, subject }, name) => `the pod ${name(pod || subject)} is gone`,
};

/** Kinds whose subject is a log pattern: a line of its own. */
const hasPattern: ReadonlySet<DatedChange['kind']> = new Set([
  'error-pattern',
  'fewer-errors',
  'pattern',
  'error-lines',
  'lines',
]);

/** What changed, where; a pattern is no part of it. */
export function changeWords(change: DatedChange, { name }: TextLimits, untrusted: Untrusted): string {
  return words[change.kind](change, (text) => (text === '' ? '(none)' : untrusted.show(text, name)));
}

/** The log pattern of a change; undefined where it is of another kind. */
export function patternOf(
  { kind, subject }: DatedChange,
  { subject: longest }: TextLimits,
  untrusted: Untrusted,
): string | undefined {
  return hasPattern.has(kind) ? untrusted.show(subject, longest) || '(empty body)' : undefined;
}

/** Other metrics, and other workloads, that are named of those that are alike. */
const mostAlike = 3;

/** `, and 4 alike: container_memory_rss; in web, cart and 1 more`. */
export function alikeText(
  { alike, likewise, alsoIn }: DatedChange,
  { name }: TextLimits,
  untrusted: Untrusted,
): string {
  if (alike === 0) return '';
  const list = (names: readonly string[]): string => {
    const more = names.length > mostAlike ? ` and ${names.length - mostAlike} more` : '';
    const shown = names.slice(0, mostAlike).map((text) => untrusted.show(text, name));
    return `${shown.join(', ')}${more}`;
  };
  const metrics = likewise.length === 0 ? '' : `: ${list(likewise)}`;
  const workloads = alsoIn.length === 0 ? '' : `${metrics === '' ? '' : ';'} in ${list(alsoIn)}`;
  return `, and ${alike} alike${metrics}${workloads}`;
}

/** `0 % -> 35 %`, `p95 12.3 ms -> 1.2 s`. */
export function valuesText({ unit, before, after, quantile }: DatedChange): string {
  switch (unit) {
    case 'share':
      return `${percent(before)} -> ${percent(after)}`;
    case 'ns': {
      const [from, to] = numberTexts([before, after], 'ns').texts;
      return `p${Math.round((quantile ?? 0.5) * 100)} ${from} -> ${to}`;
    }
    case 'metric':
      return `${short(before)} -> ${short(after)}`;
    case 'per-minute':
      return `${short(before)} -> ${short(after)} a minute`;
    case 'events':
      return `${short(before)} -> ${short(after)} times`;
  }
}

const short = (value: number): string =>
  Number.isInteger(value) && Math.abs(value) < 1e6 ? String(value) : String(Number(value.toPrecision(3)));
