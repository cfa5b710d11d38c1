import { useCallback } from 'react';
import type { Limits } from '../../api/answers.ts';
import { useResource } from '../../api/use-resource.ts';
import { Chips } from '../../components/chips.tsx';
import { useClient } from '../../session/session.tsx';
import styles from './try.module.css';

export interface LimitsInputProps {
  readonly limits: Limits;
  onChange(limits: Limits): void;
}

/** Narrows the call, to see what a key with these limits would. */
export function LimitsInput({ limits, onChange }: LimitsInputProps) {
  const client = useClient();
  const seen = useResource(
    useCallback((signal: AbortSignal) => client.scopeValues('namespaces', signal), [client]),
  );
  const clusters = useResource(
    useCallback((signal: AbortSignal) => client.scopeValues('clusters', signal), [client]),
  );
  const change = (kind: keyof Limits, values: string[]) => {
    const { [kind]: _before, ...rest } = limits;
    onChange(values.length === 0 ? rest : { ...rest, [kind]: values });
  };
  return (
    <details className={styles.more}>
      <summary>As a key limited to…</summary>
      <div className={styles.form}>
        <Chips
          label="Only namespaces"
          placeholder="All that you see"
          values={limits.namespaces ?? []}
          suggestions={seen.data?.values ?? []}
          onChange={(values) => change('namespaces', values)}
        />
        <Chips
          label="Only clusters"
          placeholder="All that you see"
          values={limits.clusters ?? []}
          suggestions={clusters.data?.values ?? []}
          onChange={(values) => change('clusters', values)}
        />
      </div>
    </details>
  );
}
