/** Two queries side by side: when one fails, the other is ended in the store too. */
export async function together<A, B>(
  signal: AbortSignal | undefined,
  start: (signal: AbortSignal) => readonly [Promise<A>, Promise<B>],
): Promise<[A, B]> {
  const failed = new AbortController();
  const either = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  try {
    return await Promise.all(start(either));
  } catch (error) {
    failed.abort();
    throw error;
  }
}
