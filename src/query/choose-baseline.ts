import type { ClickHouse, QueryOptions } from '../store/clickhouse.ts';
import type { Comparison } from '../store/comparison/compared-rows.ts';
import { candidateCounts, lastRecordBefore, occupiedStretches } from '../store/comparison/count-records.ts';
import {
  baselineCandidates,
  chooseBaseline,
  type Occupied,
  type Period,
} from '../telemetry/comparison/choose-baseline.ts';
import type { Window } from '../telemetry/window.ts';
import type { Baseline } from './comparison-results.ts';

/** How far back candidates are looked for at once, in lengths of the window. */
const lengthsBack = 8n;
/** How often a gap without records is jumped over. */
const mostJumps = 3;

/** The earlier time that is best compared with; undefined where none holds enough data. */
export async function findBaseline(
  clickhouse: ClickHouse,
  comparison: Comparison,
  { window, stretch }: { readonly window: Window; readonly stretch: bigint },
  options: QueryOptions,
): Promise<Baseline | undefined> {
  const origin = window.from;
  const candidates = await findCandidates(clickhouse, comparison, { window, stretch }, options);
  const chosen = chooseBaseline(
    candidates.length < 2
      ? candidates.map((candidate) => ({ ...candidate, workloads: [] }))
      : await candidateCounts(clickhouse, comparison, { candidates, origin }, options),
  );
  if (chosen === undefined) return undefined;
  const windowOf = ({ from, to }: Period): Window => ({
    from: origin + BigInt(Math.round(from)),
    to: origin + BigInt(Math.round(to)),
  });
  return {
    ...windowOf(chosen),
    chosen: {
      candidates: chosen.candidates,
      passedOver: chosen.passedOver.map((passed) => ({ ...passed, ...windowOf(passed) })),
    },
  };
}

/** In ns from the start of the window. */
async function findCandidates(
  clickhouse: ClickHouse,
  comparison: Comparison,
  { window, stretch }: { readonly window: Window; readonly stretch: bigint },
  options: QueryOptions,
): Promise<Period[]> {
  const size = window.to - window.from;
  const occupied: Occupied[] = [];
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
    if (candidates.length > 0) return candidates;
    const last = await lastRecordBefore(clickhouse, comparison, from, options);
    if (last === undefined) return [];
    end = last + 1n;
    to = end;
  }
  return [];
}
