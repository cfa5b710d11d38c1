import type { ReactNode } from 'react';
import styles from './split-layout.module.css';
import { Wordmark } from './wordmark.tsx';

/** Heights of the bars, in per cent: an hour of a service that has one bad minute. */
const bars = [22, 26, 24, 31, 28, 35, 30, 33, 29, 36, 40, 34, 38, 92, 61, 44, 37, 33, 35, 30, 27, 31, 26, 29];

/** The pages before one is signed in: what the product is, and a form. */
export function SplitLayout({ children }: { readonly children?: ReactNode }) {
  return (
    <div className={styles.layout}>
      <header className={styles.about}>
        <Wordmark />
        <p className={styles.claim}>Your cluster’s logs, traces and metrics, for the assistant you ask.</p>
        <svg className={styles.bars} viewBox="0 0 240 100" preserveAspectRatio="none" aria-hidden="true">
          <path d={pathOf((height) => height <= 60)} />
          <path className={styles.peak} d={pathOf((height) => height > 60)} />
        </svg>
      </header>
      <main className={styles.main}>
        <div className={styles.content}>{children}</div>
      </main>
    </div>
  );
}

function pathOf(isShown: (height: number) => boolean): string {
  return bars
    .map((height, index) => (isShown(height) ? `M${index * 10 + 1} 100v-${height}h8v${height}z` : ''))
    .join('');
}
