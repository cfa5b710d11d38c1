import { classNames } from './class-names.ts';
import styles from './code-block.module.css';
import { CopyButton } from './copy-button.tsx';

export interface CodeBlockProps {
  /** What it is, or the file it belongs in: its visible heading and name. */
  readonly title: string;
  readonly text: string;
  /** What is copied, where that is not what is shown. */
  readonly copy?: string;
  /** A command of one line is wrapped, so that all of it is in sight. */
  readonly wrap?: boolean;
}

export function CodeBlock({ title, text, copy = text, wrap = false }: CodeBlockProps) {
  return (
    <figure className={styles.block}>
      <figcaption className={styles.head}>
        <span className={styles.title}>{title}</span>
        <CopyButton text={copy} size="s" look="quiet" aria-label={`Copy ${title}`} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard */}
      <section className={styles.scroll} tabIndex={0} aria-label={title}>
        <pre className={classNames(styles.code, wrap && styles.wrapped)}>{text}</pre>
      </section>
    </figure>
  );
}
