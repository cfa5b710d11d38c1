import type { Aggregates } from './aggregates.ts';
import { sum } from './test-result.ts';

/** Calls from one end to another; the server may record no spans. */
export interface Link {
  readonly client: string;
  readonly server: string;
  readonly calls: number;
}

export interface CallGraph {
  readonly links: readonly Link[];
  /** For each workload all those that it calls, directly or not, itself left out. */
  readonly called: ReadonlyMap<string, ReadonlySet<string>>;
  /** The workloads that serve requests with spans of their own. */
  readonly recorded: ReadonlySet<string>;
}

export function callGraph({ calls, unserved, operations }: Aggregates): CallGraph {
  const links = [
    ...calls.map(({ client, server, calls }) => ({ client, server, calls: sum(calls) })),
    ...unserved
      .filter(({ peer }) => peer !== '')
      .map(({ client, peer, calls }) => ({ client, server: peer, calls: sum(calls) })),
  ];
  const recorded = new Set([
    ...operations.map(({ workload }) => workload),
    ...calls.flatMap(({ client, server }) => [client, server]),
  ]);
  return { links, called: reachable(links), recorded };
}

function reachable(links: readonly Link[]): ReadonlyMap<string, ReadonlySet<string>> {
  const direct = new Map<string, Set<string>>();
  for (const { client, server } of links) {
    direct.set(client, (direct.get(client) ?? new Set()).add(server));
  }
  return new Map(
    [...direct.keys()].map((start) => {
      const found = new Set<string>();
      const open = [start];
      for (let at = open.pop(); at !== undefined; at = open.pop()) {
        for (const server of direct.get(at) ?? []) {
          if (server === start || found.has(server)) continue;
          found.add(server);
          open.push(server);
        }
      }
      return [start, found];
    }),
  );
}
