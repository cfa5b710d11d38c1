import { classNames } from './class-names.ts';
import styles from './skeleton.module.css';

/** Stands for lines of text or a block while it loads, in its later size. */
export function Skeleton({
  height,
  lines = 1,
}: {
  readonly height?: 'line' | 'row' | 'chart';
  readonly lines?: number;
}) {
  return (
    <div className={styles.skeleton} aria-hidden="true">
      {Array.from({ length: lines }, (_, line) => line).map((line) => (
        <span key={line} className={classNames(styles.bar, styles[height ?? 'line'])} />
      ))}
    </div>
  );
}

/** Tells a screen reader that something loads; the skeletons around it are for the eye. */
export function Loading({ what }: { readonly what: string }) {
  return (
    <p className="visually-hidden" role="status">
      Loading {what}
    </p>
  );
}
