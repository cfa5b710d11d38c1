import type { SignalStatus } from '../../api/answers.ts';
import { Chart } from '../../components/chart.tsx';
import { byteText, shortNumber } from '../../components/number-text.ts';
import { Time } from '../../components/time.tsx';
import styles from './status.module.css';

const names = {
  logs: { title: 'Logs', unit: 'records' },
  traces: { title: 'Traces', unit: 'spans' },
  metrics: { title: 'Metrics', unit: 'samples' },
} as const;

export interface SignalPanelProps {
  readonly signal: SignalStatus;
  /** Whether metrics are asked of a Prometheus-compatible API. */
  readonly elsewhere: boolean;
}

export function SignalPanel({ signal, elsewhere }: SignalPanelProps) {
  const { title, unit } = names[signal.signal];
  const points = signal.rows_per_minute.map(([at, value]) => ({ at, value }));
  // The newest minute is not over.
  const latest = points.at(-2)?.value ?? 0;
  const outside = signal.signal === 'metrics' && elsewhere;
  return (
    <section className={styles.panel} aria-label={title}>
      <header className={styles.panelHead}>
        <h2>{title}</h2>
        {!outside && (
          <p className={styles.rate}>
            {shortNumber(latest)} <span className={styles.of}>{unit} a minute</span>
          </p>
        )}
      </header>
      {outside ? (
        <p className={styles.note}>
          Metrics are asked of your Prometheus-compatible API, which is not watched here.
        </p>
      ) : (
        <Chart
          label={`${title}: ${unit} a minute`}
          points={points}
          format={(value) => `${shortNumber(value)} ${unit}`}
        />
      )}
      {!outside && <Stored signal={signal} unit={unit} />}
    </section>
  );
}

function Stored({
  signal: { rows, bytes, newest, oldest },
  unit,
}: {
  readonly signal: SignalStatus;
  readonly unit: string;
}) {
  if (newest === null) {
    return (
      <p className={styles.note}>
        Nothing is stored yet. <a href="#/connect">Connect a sender</a>.
      </p>
    );
  }
  return (
    <dl className={styles.stored}>
      <div>
        <dt>Newest</dt>
        <dd>
          <Time at={newest} />
        </dd>
      </div>
      {oldest !== null && (
        <div>
          <dt>Oldest</dt>
          <dd>
            <Time at={oldest} />
          </dd>
        </div>
      )}
      {rows !== null && (
        <div>
          <dt>Stored</dt>
          <dd>
            {shortNumber(rows)} {unit}
          </dd>
        </div>
      )}
      {bytes !== null && (
        <div>
          <dt>Size</dt>
          <dd>{byteText(bytes)}</dd>
        </div>
      )}
    </dl>
  );
}
