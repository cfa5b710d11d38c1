import type { Untold } from '../../telemetry/comparison/untold.ts';
import { percent } from './number.ts';

/** Names that one sentence lists. */
const mostNames = 5;

/** The same, of names with operations. */
const mostLong = 3;

/** What can't be told, as a sentence. */
export function untoldText(untold: Untold, show: (name: string) => string): string {
  const list = (names: readonly string[], most = mostNames): string => {
    const more = names.length > most ? ` and ${names.length - most} more` : '';
    return `${names.slice(0, most).map(show).join(', ')}${more}`;
  };
  switch (untold.code) {
    case 'no-baseline':
      return 'what changed: no earlier time holds data to compare with';
    case 'no-spans':
      return `times and failed requests of ${list(untold.workloads)}: no spans of their own`;
    case 'few-requests':
      return `changes of what has few requests: ${list(
        untold.operations.map(
          ({ workload, operation, requests: [a, b] }) => `${workload} ${operation} (${a} -> ${b})`,
        ),
        mostLong,
      )}`;
    case 'no-metrics':
      return `whether ${list(untold.workloads)} lack CPU or memory: no metrics of their pods`;
    case 'standing-failures':
      return `what began before the baseline; it holds failures, too: ${list(untold.failures.map(({ workload, subject, before, after }) => `${workload} ${subject} (${before <= 1 && after <= 1 ? `${percent(before)} -> ${percent(after)}` : `${before} -> ${after} lines`})`))}`;
    case 'unrecorded-peers':
      return `what happens behind calls of which no span is recorded: ${list([...new Set(untold.calls.map(({ client, peer }) => `${client} to ${peer}`))])}`;
    case 'began-earlier':
      return `when the changes of ${list(untold.workloads)} began: they are there from the start of the window on; ask for an earlier from_time`;
    case 'network-or-cpu':
      return `whether the network or a lack of CPU delays ${list(untold.workloads)}: no CPU metric of theirs`;
    case 'close-causes':
      return `which is the cause: as well supported are ${list(untold.workloads)}`;
  }
}
