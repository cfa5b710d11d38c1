import type { ClickHouse, QueryOptions } from '../store/clickhouse.ts';
import type { Comparison } from '../store/comparison/compared-rows.ts';
import {
  candidateCounts,
  lastRecordBefore,
  type OccupiedStretch,
  occupiedStretches,
  type RecordCounts,
} from '../store/comparison/count-records.ts';
import { oneInFor } from '../store/comparison/sampling.ts';
import {
  baselineCandidates,
  type CandidateCounts,
  chooseBaseline,
  type Period,
} from '../telemetry/comparison/choose-baseline.ts';
import type { Window } from '../telemetry/window.ts';
import type { ComparisonLimits } from './comparison-limits.ts';
import type { Baseline } from './comparison-results.ts';

/** How far back candidates are looked for at once, in lengths of the window. */
const lengthsBack = 8n;
/** How often a gap without records is jumped over. */
const mostJumps = 3;

export interface FoundBaseline {
  /** Undefined where no earlier time holds enough data. */
  readonly baseline: Baseline | undefined;
  /** Records of the baseline and of the window. */
  readonly counts: readonly [RecordCounts, RecordCounts];
}

/** The earlier time that is best compared with. */
export async function findBaseline(
  clickhouse: ClickHouse,
  comparison: Comparison,
  {
    window,
    stretch,
    limits,
  }: { readonly window: Window; readonly stretch: bigint; readonly limits: ComparisonLimits },
  options: QueryOptions,
): Promise<FoundBaseline> {
  const origin = window.from;
  const { candidates, occupied } = await findCandidates(clickhouse, comparison, { window, stretch }, options);
  const own = { from: 0, to: Number(window.to - window.from) };
  const countsOf = ({ from, to }: Period): RecordCounts => {
    const within = occupied.filter(({ start }) => start >= from && start < to);
    return {
      spans: within.reduce((sum, { spans }) => sum + spans, 0),
      logs: within.reduce((sum, { logs }) => sum + logs, 0),
    };
  };
  const inWindow = countsOf(own);
  const [counted, ownCounted] = await countsOfAll(
    clickhouse,
    comparison,
    { own, candidates, origin, oneIn: oneInFor(inWindow.spans + inWindow.logs, limits.recordsToChooseBy) },
    options,
  );
  const chosen = chooseBaseline(counted, ownCounted);
  if (chosen === undefined) return { baseline: undefined, counts: [{ spans: 0, logs: 0 }, inWindow] };
  const windowOf = ({ from, to }: Period): Window => ({
    from: origin + BigInt(Math.round(from)),
    to: origin + BigInt(Math.round(to)),
  });
  const baseline = {
    ...windowOf(chosen),
    chosen: {
      candidates: chosen.candidates,
      passedOver: chosen.passedOver.map((passed) => ({ ...passed, ...windowOf(passed) })),
    },
  };
  return { baseline, counts: [countsOf(chosen), inWindow] };
}

/** What tells whether the candidates are calm, and the same of the window; nothing of a single one. */
async function countsOfAll(
  clickhouse: ClickHouse,
  comparison: Comparison,
  {
    own,
    candidates,
    origin,
    oneIn,
  }: {
    readonly own: Period;
    readonly candidates: readonly Period[];
    readonly origin: bigint;
    readonly oneIn: number;
  },
  options: QueryOptions,
): Promise<readonly [CandidateCounts[], CandidateCounts | undefined]> {
  if (candidates.length < 2) {
    return [candidates.map((candidate) => ({ ...candidate, workloads: [] })), undefined];
  }
  const [inWindow, ...others] = await candidateCounts(
    clickhouse,
    comparison,
    { candidates: [own, ...candidates], origin, oneIn },
    options,
  );
  return [others, inWindow];
}

/** In ns from the start of the window. */
async function findCandidates(
  clickhouse: ClickHouse,
  comparison: Comparison,
  { window, stretch }: { readonly window: Window; readonly stretch: bigint },
  options: QueryOptions,
): Promise<{ readonly candidates: Period[]; readonly occupied: readonly OccupiedStretch[] }> {
  const size = window.to - window.from;
  const occupied: OccupiedStretch[] = [];
  let to = window.to;
  let end = window.from;
  for (let jump = 0; jump <= mostJumps; jump++) {
    const from = end > lengthsBack * size ? end - lengthsBack * size : 0n;
    const found = await occupiedStretches(
      clickhouse,
      comparison,
      { window: { from, to }, origin: window.from, stretch },
      options,
    );
    occupied.push(...found);
    const candidates = baselineCandidates({ from: 0, to: Number(size) }, occupied, Number(stretch));
    if (candidates.length > 0) return { candidates, occupied };
    const last = await lastRecordBefore(clickhouse, comparison, from, options);
    if (last === undefined) break;
    end = last + 1n;
    to = end;
  }
  return { candidates: [], occupied };
}
