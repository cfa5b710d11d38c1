import type { ReactNode } from 'react';
import styles from './badge.module.css';
import { classNames } from './class-names.ts';

/** A state or kind in one word. The word says it; the colour only helps. */
export function Badge({
  look = 'plain',
  children,
}: {
  readonly look?: 'plain' | 'good' | 'caution' | 'danger' | 'accent';
  readonly children: ReactNode;
}) {
  return <span className={classNames(styles.badge, styles[look])}>{children}</span>;
}
