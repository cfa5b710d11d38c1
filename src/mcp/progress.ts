import type { Logger } from '../observe/log.ts';

/** The part of the SDK's request that progress needs. */
export interface ProgressRequest {
  readonly _meta?: { readonly progressToken?: string | number | undefined } | undefined;
  notify(notification: { method: string; params: Record<string, unknown> }): Promise<void>;
}

const intervalMs = 1000;

/**
 * Tells a client that asked for progress every second that the call still runs: the seconds so far, as how
 * long a query takes is not known. Returns what stops it.
 */
export function reportProgress(request: ProgressRequest, log: Logger): () => void {
  const progressToken = request._meta?.progressToken;
  if (progressToken === undefined) return () => {};
  let progress = 0;
  const timer = setInterval(() => {
    progress++;
    request
      .notify({
        method: 'notifications/progress',
        params: { progressToken, progress, message: `${progress} s` },
      })
      .catch((err: unknown) => log.debug({ err }, 'a progress notification was not delivered'));
  }, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
