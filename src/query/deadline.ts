import { LimitError } from '../access/limit-error.ts';
import { StoreError } from '../store/store-error.ts';
import { InputError } from '../telemetry/input-error.ts';

/**
 * Runs what an answer can do without. Where it fails in the store, passes a limit or takes longer than its
 * time, it ends in the store too, and the other value stands for it; where the caller has gone, it fails.
 */
export async function withinTime<T>(
  { signal, milliseconds }: { readonly signal: AbortSignal | undefined; readonly milliseconds: number },
  run: (signal: AbortSignal) => Promise<T>,
  otherwise: T,
): Promise<T> {
  const deadline = AbortSignal.timeout(milliseconds);
  try {
    return await run(signal === undefined ? deadline : AbortSignal.any([signal, deadline]));
  } catch (error) {
    const isGone = signal?.aborted ?? false;
    if (!isGone && (deadline.aborted || canDoWithout(error))) return otherwise;
    throw error;
  }
}

function canDoWithout(error: unknown): boolean {
  return error instanceof StoreError || error instanceof LimitError || error instanceof InputError;
}
