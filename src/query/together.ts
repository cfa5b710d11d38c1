/**
 * Runs queries side by side (`Promise.all` within `run`): when one fails, the others are ended in the
 * store too.
 */
export async function together<T>(signal: AbortSignal, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const failed = new AbortController();
  try {
    return await run(AbortSignal.any([signal, failed.signal]));
  } catch (error) {
    failed.abort();
    throw error;
  }
}
