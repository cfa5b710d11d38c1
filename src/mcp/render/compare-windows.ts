import {
  type CompareWindowsResult,
  type Counts,
  changeLimit,
  type DatedCause,
  type DatedChange,
} from '../../query/comparison-results.ts';
import {
  answerText,
  cutNotes,
  filterLines,
  headLine,
  type Presentation,
  roomAdvice,
  windowAndClock,
} from './answer.ts';
import { type Dimension, fitToBudget, type Limits } from './budget.ts';
import { alikeText, changeWords, patternOf, valuesText } from './compared-change.ts';
import { numberTexts, percent } from './number.ts';
import { dateOf, exact, stepText, windowText } from './time.ts';
import { untoldText } from './untold.ts';
import { Untrusted } from './untrusted.ts';

export type Shrinking = 'subject' | 'attributes' | 'untold' | 'changes' | 'causes' | 'name';

/** Log patterns are shortened first; then attributes, what can't be told and the weakest changes go. */
export function dimensions(result: CompareWindowsResult): Dimension<Shrinking>[] {
  const { changes, causes, attributes, untold } = result;
  return [
    { name: 'subject', most: 240, least: 60 },
    { name: 'attributes', most: attributes.length, least: 0 },
    { name: 'untold', most: untold.length, least: 0 },
    { name: 'changes', most: changes.length, least: 0 },
    { name: 'causes', most: Math.min(causes.length, mostCauses), least: Math.min(causes.length, 1) },
    { name: 'name', most: 120, least: 0 },
  ];
}

/** Changes that a cause names. */
const mostEvidence = 8;

/** Causes that are shown: what is below them is hardly one. */
export const mostCauses = 8;

export const howToNarrow = 'give a workload, or narrow filters';

/** The comparison as compact text: causes, changes, what can't be told. */
export function compareWindowsText(result: CompareWindowsResult, presentation: Presentation): string {
  const { maxTokens } = presentation;
  const filter = filterLines(result, maxTokens);
  const lengths = new Map<string, number>();
  return fitToBudget(dimensions(result), maxTokens, (limits) => {
    const untrusted = new Untrusted(lengths);
    const data = [
      ...causeLines(result, limits, untrusted),
      ...changeLines(result, limits, untrusted),
      ...attributeLines(result, limits, untrusted),
      ...untoldLines(result, limits, untrusted),
      ...passedOverLines(result, limits, untrusted),
    ];
    return answerText(
      {
        head: [headOf(result), ...baselineLines(result), ...filter],
        data,
        notes: [
          ...leftOutNotes(result, limits, maxTokens),
          ...cutNotes(untrusted.cut, maxTokens, howToNarrow),
        ],
        more: [],
      },
      result,
      presentation,
    );
  });
}

function headOf(result: CompareWindowsResult): string {
  const { changesTotal, baseline } = result;
  const nothing = result.spans[1] + result.logs[1] + result.series === 0;
  const found = nothing
    ? 'no spans, logs or metrics of the window match'
    : baseline === undefined
      ? 'nothing to compare with: no earlier time holds data'
      : changesTotal === 0
        ? 'nothing changed that is more than chance'
        : `${changesTotal} ${changesTotal === 1 ? 'change' : 'changes'}, strongest first`;
  return headLine(found, windowAndClock(result));
}

function baselineLines(result: CompareWindowsResult): string[] {
  const { baseline, oneIn, series } = result;
  if (baseline === undefined) return [];
  const counts = (of: Counts, what: string): string => `${of[0]} -> ${of[1]} ${what}`;
  return [
    `baseline: ${windowText(baseline)}, ${whyText(result)}`,
    `compared: ${counts(result.spans, 'spans')}, ${counts(result.logs, 'logs')}, ${series} series of metrics; onsets are known to ${durationText(Number(result.stretch))}`,
    ...(oneIn > 1
      ? [
          `of the traces, and of logs without one, 1 in ${oneIn} was looked at, chosen by id: rare changes may be missed`,
        ]
      : []),
  ];
}

/** Why this baseline. */
export function whyText({ baseline }: CompareWindowsResult): string {
  const chosen = baseline?.chosen;
  if (chosen === undefined) return 'as given';
  const { passedOver, candidates } = chosen;
  if (passedOver.length > 0) {
    return `chosen: the nearest calm one of ${candidates} earlier times of this length; ${passedOver.length} nearer ${passedOver.length === 1 ? 'one was' : 'ones were'} worse`;
  }
  if (candidates === 0) return 'the time right before, as there are no spans or logs to choose by';
  return candidates > 1
    ? `chosen: the nearest earlier time of this length that holds data, not clearly worse than ${candidates === 2 ? 'one other' : `${candidates - 1} others`}`
    : 'chosen: the only earlier time of this length found that holds data';
}

const durationText = (ns: number): string => {
  const seconds = ns / 1e9;
  return Number.isInteger(seconds) ? stepText(seconds) : (numberTexts([ns], 'ns').texts[0] ?? '');
};

/** The time of an onset, with its date where the window has several. */
export function sinceText({ window }: Pick<CompareWindowsResult, 'window'>, onset: bigint): string {
  const text = exact(onset - (onset % 1_000_000_000n));
  return dateOf(window) === undefined ? text : text.slice(11);
}

function causeLines(result: CompareWindowsResult, limits: Limits<Shrinking>, untrusted: Untrusted): string[] {
  const { causes, changesTotal } = result;
  if (changesTotal === 0) return [];
  if (causes.length === 0) {
    return ['suggested cause: none; what changed is traffic, lines that are no errors, or for the better'];
  }
  const show = (name: string): string => untrusted.show(name, limits.name);
  const listed = new Set(result.changes.slice(0, limits.changes).map(({ number }) => number));
  return [
    'suggested causes, best supported first (strength 0 to 1; # are changes below):',
    ...causes.slice(0, limits.causes).map((cause, i) => {
      const evidence = evidenceText(cause, listed);
      const since = cause.onset === undefined ? '' : `, since ${sinceText(result, cause.onset)}`;
      return `${i + 1}. ${causeText(cause, show)}; strength ${strengthText(cause.score)}${since}${evidence}`;
    }),
  ];
}

/** What a cause says. */
export function causeText(
  { kind, workload, peer, explainedBy }: Pick<DatedCause, 'kind' | 'workload' | 'peer' | 'explainedBy'>,
  show: (name: string) => string,
): string {
  const by = explainedBy === '' ? '' : `, perhaps only those of ${show(explainedBy)}, which it calls`;
  switch (kind) {
    case 'resource pressure':
      return `resource pressure in ${show(workload)}${by}`;
    case 'restarts':
      return `restarts of ${show(workload)}${by}`;
    case 'network':
      return peer === ''
        ? `network or queues of ${show(workload)}: calls from or to it arrive late${by}`
        : `network or queues between ${show(workload)} and ${show(peer)}${by}`;
    case 'code path':
      return `a slow code path in ${show(workload)}: its own time rose${by}`;
    case 'missing lines':
      return `another way through the code of ${show(workload)}: lines that its requests always wrote are missing${by}`;
    case 'errors':
      return `errors in ${show(workload)}${by}`;
    case 'unrecorded peer':
      return `${show(workload)}, which records no spans: calls to it are slow or fail${by}`;
    case 'gone':
      return `${show(workload)} is gone${by}`;
  }
}

/** The changes that a cause rests on, those that are listed. */
function evidenceText({ evidence }: DatedCause, listed: ReadonlySet<number>): string {
  const shown = evidence.filter((number) => listed.has(number)).slice(0, mostEvidence);
  const left = evidence.length - shown.length;
  if (shown.length === 0) return left === 0 ? '' : `, by ${left} of the changes left out`;
  return `, by ${shown.map((number) => `#${number}`).join(' ')}${left === 0 ? '' : ` and ${left} more`}`;
}

function changeLines(
  result: CompareWindowsResult,
  limits: Limits<Shrinking>,
  untrusted: Untrusted,
): string[] {
  const shown = result.changes.slice(0, limits.changes);
  if (shown.length === 0) return [];
  let last = '';
  return [
    '#, strength, since, workload: what, baseline -> window (of how many values)',
    ...shown.flatMap((change) => {
      const pattern = patternOf(change, limits, untrusted);
      const sure = change.sure ? '' : ', likely';
      const where = untrusted.show(change.workload, limits.name);
      const text = `${strengthText(change.test.strength)}${sure}, ${sinceText(result, change.onset)}, ${where}: ${changeWords(change, limits, untrusted)}, ${valuesText(change)} (${samplesText(change)})${alikeText(change, limits, untrusted)}`;
      // Lines of one request come together, and differ in their patterns alone.
      const alike = text === last;
      last = text;
      return [
        ...(alike ? [] : [`${change.number}, ${text}`]),
        ...(pattern === undefined ? [] : [`  ${alike ? `${change.number}, likewise: ` : ''}${pattern}`]),
      ];
    }),
  ];
}

const samplesText = ({ samples: [before, after] }: DatedChange): string =>
  before === after ? String(before) : `${before}, ${after}`;

export const strengthText = (strength: number): string => String(Number(strength.toFixed(2)));

function attributeLines(
  { attributes }: CompareWindowsResult,
  limits: Limits<Shrinking>,
  untrusted: Untrusted,
): string[] {
  const shown = attributes.slice(0, limits.attributes);
  if (shown.length === 0) return [];
  const show = (text: string): string => untrusted.show(text, limits.name);
  return [
    'attributes over-represented among failed or slow spans of the window:',
    ...shown.map(({ workload, operation, outcome, attribute, value, having, others, same }) => {
      const alike = same.length === 0 ? '' : `; the same spans: ${same.slice(0, 3).map(show).join(', ')}`;
      return `${show(workload)} ${show(operation)}: ${show(attribute)} = ${show(value)}, ${outcome} ${percent(having.hits / having.all)} of ${having.all}, others ${percent(others.all === 0 ? 0 : others.hits / others.all)} of ${others.all}${alike}`;
    }),
  ];
}

function untoldLines(
  { untold }: CompareWindowsResult,
  limits: Limits<Shrinking>,
  untrusted: Untrusted,
): string[] {
  return untold
    .slice(0, limits.untold)
    .map((each) => `can't be told: ${untoldText(each, (name) => untrusted.show(name, limits.name))}`);
}

function passedOverLines(
  { baseline }: CompareWindowsResult,
  limits: Limits<Shrinking>,
  untrusted: Untrusted,
): string[] {
  return (baseline?.chosen?.passedOver ?? [])
    .slice(0, 3)
    .map(({ workload, because, value, calm, ...period }) => {
      const where = untrusted.show(workload, limits.name);
      return `not the baseline: ${windowText(period)}, ${becauseText(because, where, value, calm)}`;
    });
}

function becauseText(
  because: 'failures' | 'error-lines' | 'slower',
  where: string,
  value: number,
  calm: number,
): string {
  if (because === 'slower') {
    const [here, usual] = numberTexts([value, calm], 'ns').texts;
    return `as ${where} is slower: median ${here}, calm ${usual}`;
  }
  const what = because === 'failures' ? 'requests that failed' : 'lines of an error level';
  return `as ${where} has more ${what}: ${percent(value)}, calm ${percent(calm)}`;
}

/** What is not shown. */
export function leftOutNotes(
  result: CompareWindowsResult,
  limits: Limits<Shrinking>,
  maxTokens: number,
): string[] {
  const notes: string[] = [];
  const listed = result.changes.slice(0, limits.changes);
  const alike = listed.reduce((sum, change) => sum + change.alike, 0);
  const left = result.changesTotal - listed.length - alike;
  if (left > 0) {
    const advice =
      listed.length < result.changes.length
        ? roomAdvice(maxTokens, howToNarrow)
        : `raise limit (up to ${changeLimit.max}), or ${howToNarrow}`;
    notes.push(`${left} more ${left === 1 ? 'change' : 'changes'}, weaker ones: ${advice}`);
  }
  const causes = result.causes.length - Math.min(result.causes.length, limits.causes);
  if (causes > 0) notes.push(`${causes} more suggested causes are left out, less supported ones`);
  const others =
    result.attributes.length -
    Math.min(result.attributes.length, limits.attributes) +
    (result.untold.length - Math.min(result.untold.length, limits.untold));
  if (others > 0) {
    notes.push(
      `${others} lines on attributes or what can't be told don't fit: ${roomAdvice(maxTokens, howToNarrow)}`,
    );
  }
  return notes;
}
