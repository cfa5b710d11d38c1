import { isLimited } from '../access/limits.ts';
import type { SignalStatus } from '../query/store-status.ts';
import type { Endpoint } from './endpoint.ts';
import { Kept } from './kept.ts';

/** `GET /status`: what is stored, and how the server is used. Pages ask it every few seconds. */
export function createStatus(elapsed: () => number): Endpoint {
  const kept = new Kept<readonly SignalStatus[]>(elapsed);
  return async ({ queries, server, now }, _request, { principal }) => {
    const { clusters, namespaces } = principal.limits;
    const limited = isLimited(principal.limits);
    // Whoever asks first may go; the answer is for others too.
    const signal = new AbortController().signal;
    const asked = kept.get(JSON.stringify([clusters, namespaces]), () =>
      queries.storeStatus({ principal, signal }),
    );
    const [signals, ready] = await Promise.all([asked, server.storeReady()]);
    const sizes = signals.flatMap(({ bytes }) => bytes ?? []);
    return {
      status: 200,
      body: {
        now: now().toISOString(),
        started_at: server.startedAt.toISOString(),
        version: server.version,
        store: {
          kind: server.storeKind,
          ready,
          bytes: sizes.length === 0 || limited ? null : sum(sizes),
          retention_s: server.retention ?? null,
          metrics: server.metrics,
        },
        signals: signals.map(({ signal, rows, bytes, newest, oldest, rowsPerMinute }) => ({
          signal,
          rows,
          bytes,
          newest: isoTime(newest),
          oldest: isoTime(oldest),
          rows_per_minute: rowsPerMinute,
        })),
        // They tell when keys that see more are used, and how long their answers take.
        sessions: limited ? null : server.sessions(),
        tools: limited ? null : server.toolActivity(),
      },
    };
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/** Of ns since the epoch, to the millisecond. */
export function isoTime(ns: bigint | null): string | null {
  return ns === null ? null : new Date(Number(ns / 1_000_000n)).toISOString();
}
