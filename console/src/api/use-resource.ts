import { useCallback, useEffect, useRef, useState } from 'react';
import { type ApiError, asApiError } from './api-error.ts';

export interface Resource<T> {
  /** The newest answer; it stays while a newer one is on its way or fails. */
  readonly data: T | undefined;
  readonly error: ApiError | undefined;
  readonly loading: boolean;
  reload(): void;
}

/**
 * Asks the server when the component appears, when `load` changes, on `reload`, and every `everyMs` while the
 * page is visible. `load` has to keep its identity between renders.
 */
export function useResource<T>(load: (signal: AbortSignal) => Promise<T>, everyMs?: number): Resource<T> {
  const [state, setState] = useState<Omit<Resource<T>, 'reload'>>({
    data: undefined,
    error: undefined,
    loading: true,
  });
  const previous = useRef(load);
  const askNow = useRef(() => {});

  useEffect(() => {
    const ended = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const changed = previous.current !== load;
    previous.current = load;
    if (changed) setState({ data: undefined, error: undefined, loading: true });

    const ask = async () => {
      clearTimeout(timer);
      try {
        const data = await load(ended.signal);
        if (!ended.signal.aborted) setState({ data, error: undefined, loading: false });
      } catch (error) {
        if (ended.signal.aborted) return;
        setState((before) => ({ ...before, error: asApiError(error), loading: false }));
      }
      if (everyMs !== undefined && !ended.signal.aborted) timer = setTimeout(again, everyMs);
    };
    const again = () => {
      if (document.visibilityState === 'visible') void ask();
      else document.addEventListener('visibilitychange', again, { once: true, signal: ended.signal });
    };
    askNow.current = ask;
    void ask();
    return () => {
      ended.abort();
      clearTimeout(timer);
    };
  }, [load, everyMs]);

  const reload = useCallback(() => {
    setState((before) => ({ ...before, loading: true }));
    askNow.current();
  }, []);
  return { ...state, reload };
}
