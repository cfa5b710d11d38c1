/** What a process gets for a mistake in its own code, or of the library that it runs. */
const fatalSignals = ['SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGABRT'] as const;

/**
 * Lets fatal signals end the process at once.
 *
 * ClickHouse's handler of them waits up to five minutes for a thread that prints the reason
 * (`signalHandler` in src/Common/SignalHandlers.cpp), and chDB has no such thread: meanwhile the engine would
 * answer nothing and not be started anew. Node puts the default back when a signal's last listener goes.
 */
export function restoreFatalSignals(): void {
  const listener = (): void => undefined;
  for (const signal of fatalSignals) process.on(signal, listener).off(signal, listener);
}
