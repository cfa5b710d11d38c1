import { withinTime } from '../../query/deadline.ts';
import type { Call, Queries } from '../../query/queries.ts';
import { formatTime } from '../../telemetry/time.ts';
import { Redaction } from '../redaction/redaction.ts';
import { isPromptName } from './prompt-arguments.ts';

/** What a client wants completed. */
export interface Completing {
  readonly argument: string;
  /** As far as it is typed. */
  readonly value: string;
  /** Arguments that are known already. */
  readonly known: Readonly<Record<string, string>>;
}

export interface Completion {
  readonly values: string[];
  /** There are more than these. */
  readonly hasMore: boolean;
}

type Asked = Pick<Queries, 'holdings' | 'fieldValues'>;

/** As many as MCP lets an answer have. */
const most = 100;
const day = 86_400_000_000_000n;
const times = ['now-15m', 'now-30m', 'now-1h', 'now-3h', 'now-6h', 'now-24h'];

/**
 * Values for an argument of a prompt: names in logs and traces of the last day that holds any, of what the
 * key may see; those that begin with what is typed first. Empty where the store does not answer in time.
 *
 * @param milliseconds how long that may take
 */
export async function complete(
  asked: Asked,
  { argument, value, known }: Completing,
  call: Call,
  milliseconds = 5_000,
): Promise<Completion> {
  switch (argument) {
    case 'namespace':
    case 'workload': {
      const found = await withinTime(
        { signal: call.signal, milliseconds },
        (signal) => namesIn(asked, { argument, value, known }, { ...call, signal }),
        { values: [], more: false },
      );
      const names = [...new Set(found.values)].filter(isShown).sort(byStart(value));
      return { values: names.slice(0, most), hasMore: found.more || names.length > most };
    }
    case 'from_time':
      return { values: times.filter((time) => time.startsWith(value)), hasMore: false };
    case 'to_time':
      return { values: ['now', ...times].filter((time) => time.startsWith(value)), hasMore: false };
    default:
      return { values: [], hasMore: false };
  }
}

async function namesIn(
  asked: Asked,
  { argument, value, known: { namespace = '' } }: Completing,
  call: Call,
): Promise<{ readonly values: readonly string[]; readonly more: boolean }> {
  const held = await asked.holdings(call);
  const within =
    argument === 'workload' && isPromptName(namespace) ? `namespace = '${namespace}'` : undefined;
  const lists = await Promise.all(
    (['logs', 'traces'] as const).map(async (signal) => {
      const extent = held[signal];
      if (extent === undefined) return { values: [], more: false };
      const end = extent.newest + 1n;
      const found = await asked.fieldValues(
        {
          signal,
          field: { field: argument },
          search: value,
          filters: within,
          fromTime: formatTime(end > day ? end - day : 0n),
          toTime: formatTime(end),
          limit: 2 * most,
        },
        call,
      );
      return {
        values: found.values.map(({ value }) => value),
        more: found.valuesTotal > found.values.length,
      };
    }),
  );
  return { values: lists.flatMap(({ values }) => values), more: lists.some(({ more }) => more) };
}

/** What a prompt would refuse, or an answer hide, is no help. */
function isShown(name: string): boolean {
  return isPromptName(name) && new Redaction().text(name) === name;
}

const byStart = (typed: string) => (a: string, b: string) => {
  const starts = (name: string): number => (name.toLowerCase().startsWith(typed.toLowerCase()) ? 0 : 1);
  return starts(a) - starts(b) || (a < b ? -1 : a > b ? 1 : 0);
};
