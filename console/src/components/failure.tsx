import { useEffect, useState } from 'react';
import type { ApiError } from '../api/api-error.ts';
import { Button } from './button.tsx';
import styles from './state.module.css';

/** In place of what couldn't be shown: what happened, what to do, and a way to try again. */
export function Failure({ error, onRetry }: { readonly error: ApiError; readonly onRetry: () => void }) {
  const wait = useCountdown(error);
  return (
    <div className={styles.state} role="alert">
      <h2 className={styles.title}>{failureTitle(error)}</h2>
      <p className={styles.text}>{error.message}</p>
      <Button onClick={onRetry} disabled={wait > 0}>
        {wait > 0 ? `Try again in ${wait} s` : 'Try again'}
      </Button>
    </div>
  );
}

export function failureTitle({ status, code }: ApiError): string {
  if (code === 'unreachable') return 'No connection to the server';
  if (status === 429) return 'Too many requests';
  if (status === 503) return 'The store is not available';
  if (status === 403) return 'Not allowed';
  return 'This could not be loaded';
}

/** Seconds until the server wants to be asked again. */
export function useCountdown(error: ApiError | undefined): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    const end = Date.now() + (error?.retryAfter ?? 0) * 1000;
    const tick = () => setLeft(Math.max(0, Math.ceil((end - Date.now()) / 1000)));
    tick();
    const timer = setInterval(tick, 500);
    return () => clearInterval(timer);
  }, [error]);
  return left;
}
