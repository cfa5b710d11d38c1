import { useEffect, useState } from 'react';
import styles from './time.module.css';
import { exactTime, relativeTime } from './time-text.ts';
import { Tooltip } from './tooltip.tsx';

/** How long ago or how far ahead a time is; the exact time on hover and on focus. */
export function Time({ at }: { readonly at: string }) {
  const now = useMinutes();
  const time = new Date(at);
  return (
    <Tooltip text={exactTime(time)}>
      <button
        type="button"
        className={styles.time}
        aria-label={`${relativeTime(time, now)}, ${exactTime(time)}`}
      >
        <time dateTime={at}>{relativeTime(time, now)}</time>
      </button>
    </Tooltip>
  );
}

/** The time of now, renewed each half minute. */
function useMinutes(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
