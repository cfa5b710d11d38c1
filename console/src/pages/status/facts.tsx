import type { ReactNode } from 'react';
import type { Status } from '../../api/answers.ts';
import { byteText, wholeNumber } from '../../components/number-text.ts';
import { Time } from '../../components/time.tsx';
import { spanText } from '../../components/time-text.ts';
import styles from './status.module.css';

/** The server and its store in a line. */
export function Facts({ status: { store, sessions, started_at, version } }: { readonly status: Status }) {
  return (
    <dl className={styles.facts}>
      <Fact name="Store">{store.kind === 'embedded' ? 'Embedded' : 'ClickHouse'}</Fact>
      {store.bytes !== null && <Fact name="Size">{byteText(store.bytes)}</Fact>}
      {store.retention_s !== null && <Fact name="Kept">{spanText(store.retention_s)}</Fact>}
      {sessions !== null && (
        <Fact name="MCP sessions">
          {wholeNumber(sessions.open)} <span className={styles.of}>of {wholeNumber(sessions.max)}</span>
        </Fact>
      )}
      <Fact name="Started">
        <Time at={started_at} />
      </Fact>
      <Fact name="Version">{version}</Fact>
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
