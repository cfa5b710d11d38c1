import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { Icon } from './icon.tsx';
import styles from './notice.module.css';

/** Something to know before going on. A `danger` is read out at once. */
export function Notice({
  look = 'plain',
  children,
}: {
  readonly look?: 'plain' | 'caution' | 'danger';
  readonly children: ReactNode;
}) {
  return (
    <div className={classNames(styles.notice, styles[look])} role={look === 'danger' ? 'alert' : undefined}>
      {look !== 'plain' && <Icon name="warning" />}
      <div className={styles.text}>{children}</div>
    </div>
  );
}
