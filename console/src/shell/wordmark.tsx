import styles from './wordmark.module.css';

/** The product's name and its sign: three bars, as logs, traces and metrics. */
export function Wordmark() {
  return (
    <span className={styles.wordmark}>
      <svg viewBox="0 0 20 20" className={styles.sign} aria-hidden="true">
        <rect x="1" y="9" width="4" height="9" rx="2" />
        <rect x="8" y="2" width="4" height="16" rx="2" />
        <rect x="15" y="6" width="4" height="12" rx="2" className={styles.third} />
      </svg>
      KubeSense
    </span>
  );
}
