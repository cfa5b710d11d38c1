import type { ToolStatus } from '../../api/answers.ts';
import { Chart, type ChartPoint } from '../../components/chart.tsx';
import { Empty } from '../../components/empty.tsx';
import { durationText, wholeNumber } from '../../components/number-text.ts';
import { type Column, Table } from '../../components/table.tsx';
import styles from './status.module.css';

const columns: readonly Column<ToolStatus>[] = [
  { title: 'Tool', cell: ({ tool }) => <code className={styles.tool}>{tool}</code> },
  { title: 'Calls', look: 'number', cell: ({ calls }) => wholeNumber(calls) },
  {
    title: 'Errors',
    look: 'number',
    cell: ({ calls, errors }) => (
      <span className={errors > 0 ? styles.bad : undefined}>
        {wholeNumber(errors)}
        {errors > 0 && ` (${Math.round((errors / calls) * 100)} %)`}
      </span>
    ),
  },
  { title: 'Median', look: 'number', cell: ({ p50_ms }) => (p50_ms === null ? '–' : durationText(p50_ms)) },
  { title: 'p95', look: 'number', cell: ({ p95_ms }) => (p95_ms === null ? '–' : durationText(p95_ms)) },
];

/** How assistants used the tools in the last hour. */
export function ToolPanel({ tools }: { readonly tools: readonly ToolStatus[] }) {
  const used = tools.filter(({ calls }) => calls > 0);
  return (
    <section className={styles.tools} aria-labelledby="tools">
      <h2 id="tools">Tool calls</h2>
      {used.length === 0 ? (
        <Empty title="No calls in the last hour" action={<a href="#/connect">Connect an assistant</a>}>
          Calls of assistants appear here with their latency and errors.
        </Empty>
      ) : (
        <>
          <div className={styles.toolCharts}>
            <div className={styles.panel}>
              <h3>Calls a minute, failed ones in red</h3>
              <Chart label="Tool calls a minute" points={calls(used)} format={callText} />
            </div>
            <div className={styles.panel}>
              <h3>Slowest tool’s p95</h3>
              <Chart
                label="95th percentile of the slowest tool, by minute"
                points={latencies(used)}
                format={durationText}
              />
            </div>
          </div>
          <Table label="Tool calls" columns={columns} rows={used} keyOf={({ tool }) => tool} />
        </>
      )}
    </section>
  );
}

const callText = (count: number): string => `${wholeNumber(count)} call${count === 1 ? '' : 's'}`;

/** All tools have points for the same minutes. */
function minutes(tools: readonly ToolStatus[]) {
  return (tools[0]?.points ?? []).map(([at], index) => ({
    at,
    points: tools.flatMap(({ points }) => (points[index] === undefined ? [] : [points[index]])),
  }));
}

function calls(tools: readonly ToolStatus[]): ChartPoint[] {
  return minutes(tools).map(({ at, points }) => ({
    at,
    value: points.reduce((sum, [, count]) => sum + count, 0),
    bad: points.reduce((sum, [, , errors]) => sum + errors, 0),
  }));
}

function latencies(tools: readonly ToolStatus[]): ChartPoint[] {
  return minutes(tools).map(({ at, points }) => ({
    at,
    value: Math.max(0, ...points.map(([, , , p95]) => p95 ?? 0)),
  }));
}
