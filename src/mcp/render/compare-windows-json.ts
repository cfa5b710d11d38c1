import type {
  CompareWindowsResult,
  Counts,
  DatedCause,
  DatedChange,
} from '../../query/comparison-results.ts';
import { formatTime } from '../../telemetry/time.ts';
import { answerJson, cutNotes, echo, type Presentation, windowJson } from './answer.ts';
import { fitToBudget, type Limits } from './budget.ts';
import { causeText, dimensions, howToNarrow, leftOutNotes, type Shrinking } from './compare-windows.ts';
import { untoldText } from './untold.ts';
import { Untrusted } from './untrusted.ts';

/** The comparison as JSON. */
export function compareWindowsJson(result: CompareWindowsResult, presentation: Presentation): string {
  const { maxTokens } = presentation;
  const lengths = new Map<string, number>();
  const filter = echo(result.filter, maxTokens);
  return fitToBudget(dimensions(result), maxTokens, (limits) => {
    const untrusted = new Untrusted(lengths);
    const admit = (text: string): string => untrusted.admit(text, limits.name);
    const changes = result.changes.slice(0, limits.changes);
    const body = {
      window: windowJson(result),
      baseline: baselineJson(result, admit),
      filter,
      workload: result.around === '' ? null : admit(result.around),
      spans: countsJson(result.spans),
      logs: countsJson(result.logs),
      series: result.series,
      one_trace_in: result.oneIn,
      stretch_s: Number(result.stretch) / 1e9,
      causes: result.causes.slice(0, limits.causes).map((cause) => causeJson(cause, admit)),
      changes_total: result.changesTotal,
      changes_shown: changes.length,
      changes: changes.map((change) => changeJson(change, limits, untrusted)),
      attributes: result.attributes
        .slice(0, limits.attributes)
        .map(({ workload, operation, outcome, attribute, value, having, others, same, p, strength }) => ({
          workload: admit(workload),
          operation: admit(operation),
          outcome,
          attribute: admit(attribute),
          value: admit(value),
          having,
          others,
          same: same.slice(0, 3).map(admit),
          p_value: p,
          strength,
        })),
      cannot_tell: result.untold
        .slice(0, limits.untold)
        .map((untold) => ({ code: untold.code, text: untoldText(untold, admit) })),
    };
    const notes = [
      ...leftOutNotes(result, limits, maxTokens),
      ...cutNotes(untrusted.cut, maxTokens, howToNarrow),
    ];
    return answerJson(body, notes, result, presentation);
  });
}

/** Names of what is alike, of each kind. */
const mostNames = 20;

const countsJson = ([baseline, window]: Counts) => ({ baseline, window });

function baselineJson({ baseline }: CompareWindowsResult, admit: (text: string) => string) {
  if (baseline === undefined) return null;
  const { chosen } = baseline;
  return {
    ...windowJson({ window: baseline }),
    chosen_of: chosen?.candidates ?? null,
    passed_over: (chosen?.passedOver ?? [])
      .slice(0, 3)
      .map(({ from, to, workload, because, value, calm }) => ({
        ...windowJson({ window: { from, to } }),
        workload: admit(workload),
        because,
        value,
        calm,
      })),
  };
}

function causeJson(cause: DatedCause, admit: (text: string) => string) {
  const { kind, workload, peer, score, explainedBy, onset, evidence } = cause;
  return {
    kind,
    workload: admit(workload),
    ...(peer !== '' && { peer: admit(peer) }),
    ...(explainedBy !== '' && { explained_by: admit(explainedBy) }),
    text: causeText(cause, admit),
    strength: score,
    ...(onset !== undefined && { since: formatTime(onset) }),
    evidence: evidence.slice(0, 20),
    evidence_total: evidence.length,
  };
}

function changeJson(change: DatedChange, limits: Limits<Shrinking>, untrusted: Untrusted) {
  const { kind, unit, workload, peer, pod, operation, level, subject, before, after, quantile } = change;
  const { samples, onset, test, sure } = change;
  const admit = (text: string): string => untrusted.admit(text, limits.name);
  return {
    number: change.number,
    kind,
    workload: admit(workload),
    ...(peer !== '' && { peer: admit(peer) }),
    ...(pod !== '' && { pod: admit(pod) }),
    ...(operation !== '' && { operation: admit(operation) }),
    ...(level !== '' && { level: admit(level) }),
    ...(subject !== '' && { subject: untrusted.admit(subject, limits.subject) }),
    unit,
    before,
    after,
    ...(quantile !== undefined && { quantile }),
    samples: countsJson(samples),
    since: formatTime(onset),
    strength: test.strength,
    p_value: test.p,
    sure,
    alike: change.alike,
    ...(change.likewise.length > 0 && { likewise: change.likewise.slice(0, mostNames).map(admit) }),
    ...(change.alsoIn.length > 0 && { also_in: change.alsoIn.slice(0, mostNames).map(admit) }),
  };
}
