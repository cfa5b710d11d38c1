import type { Limits } from '../../api/answers.ts';
import styles from './api-keys.module.css';

/** What a key may see. */
export function LimitsText({ limits: { clusters, namespaces } }: { readonly limits: Limits }) {
  if (clusters === undefined && namespaces === undefined) return 'Everything';
  return (
    <div className={styles.limits}>
      {clusters && <Names of="cluster" names={clusters} />}
      {namespaces && <Names of="namespace" names={namespaces} />}
    </div>
  );
}

function Names({ of, names }: { readonly of: string; readonly names: readonly string[] }) {
  if (names.length === 0) return <span>no {of}s</span>;
  return (
    <span>
      {names.length === 1 ? of : `${of}s`} {names.join(', ')}
    </span>
  );
}
