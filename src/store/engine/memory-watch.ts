export interface MemoryWatchOptions {
  /** The memory of the process that is fine, in bytes. */
  readonly limitBytes: number;
  /** The resident memory of the process, in bytes. */
  readonly residentBytes: () => number;
  /** It is too much: end what takes it. */
  readonly onExceeded: () => void;
  /** That didn't help: the process has to go. */
  readonly onHopeless: () => void;
  readonly intervalMs?: number;
}

/** How many looks in a row may find too much before it is hopeless. */
const patience = 10;

/**
 * Watches the memory of the process, since the engine's own limit isn't a hard one: it was seen at twice as
 * much. Above one and a half times the limit what reads is ended; if the memory stays, the process is.
 *
 * @returns a function that stops watching
 */
export function watchMemory(options: MemoryWatchOptions): () => void {
  const hardLimit = options.limitBytes * 1.5;
  let exceeded = 0;
  const timer = setInterval(() => {
    exceeded = options.residentBytes() > hardLimit ? exceeded + 1 : 0;
    if (exceeded === 1) options.onExceeded();
    if (exceeded === patience) options.onHopeless();
  }, options.intervalMs ?? 1_000);
  timer.unref();
  return () => clearInterval(timer);
}
