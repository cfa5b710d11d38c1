import { type PointerEvent, useId, useState } from 'react';
import styles from './chart.module.css';
import { minuteText } from './time-text.ts';

export interface ChartPoint {
  /** Start of the minute, epoch seconds. */
  readonly at: number;
  readonly value: number;
  /** The part of the value that is drawn as bad. */
  readonly bad?: number;
}

export interface ChartProps {
  /** What the bars count: `Logs a minute`. */
  readonly label: string;
  readonly points: readonly ChartPoint[];
  /** A value as text, with its unit. */
  format(value: number): string;
}

/**
 * Bars of an hour, a minute each. The chart is a slider over its minutes: by pointer or arrow keys one reads
 * single values, and a screen reader gets a summary and each value as text.
 */
export function Chart({ label, points, format }: ChartProps) {
  const id = useId();
  const [chosen, setChosen] = useState<number>();
  const highest = Math.max(...points.map(({ value }) => value), 0);
  const last = points.length - 1;
  const point = chosen === undefined ? undefined : points[chosen];

  const follow = ({ clientX, currentTarget }: PointerEvent) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    setChosen(Math.min(last, Math.max(0, Math.floor(((clientX - left) / width) * points.length))));
  };

  return (
    <figure className={styles.chart}>
      <div className={styles.readout} aria-hidden="true">
        <span>{point ? minuteText(point.at) : highest > 0 ? `highest ${format(highest)}` : ''}</span>
        <span>{point && textOf(point, format)}</span>
      </div>
      <div className={styles.plot} onPointerMove={follow} onPointerLeave={() => setChosen(undefined)}>
        <svg viewBox={`0 0 ${points.length * 4} 100`} preserveAspectRatio="none" aria-hidden="true">
          {chosen !== undefined && <rect className={styles.cursor} x={chosen * 4} width={4} height={100} />}
          <path className={styles.bars} d={bars(points, highest, ({ value }) => value)} />
          <path className={styles.bad} d={bars(points, highest, ({ bad = 0 }) => bad)} />
        </svg>
        <input
          type="range"
          className={styles.slider}
          min={0}
          max={Math.max(last, 0)}
          value={chosen ?? last}
          onChange={(event) => setChosen(Number(event.target.value))}
          onBlur={() => setChosen(undefined)}
          aria-label={label}
          aria-valuetext={minuteValue(points[chosen ?? last], format)}
          aria-describedby={id}
        />
      </div>
      <figcaption className={styles.axis}>
        <span aria-hidden="true">1 h ago</span>
        <span className="visually-hidden" id={id}>
          {summary(points, format)}
        </span>
        <span aria-hidden="true">now</span>
      </figcaption>
    </figure>
  );
}

function bars(
  points: readonly ChartPoint[],
  highest: number,
  heightOf: (point: ChartPoint) => number,
): string {
  return points
    .map((point, index) => {
      const value = heightOf(point);
      if (value <= 0 || highest <= 0) return '';
      // A single record among thousands is still a bar.
      const height = Math.max(2, (value / highest) * 100);
      return `M${index * 4 + 0.4} 100v${-height.toFixed(2)}h3.2V100z`;
    })
    .join('');
}

function textOf({ value, bad }: ChartPoint, format: (value: number) => string): string {
  return bad === undefined || bad === 0 ? format(value) : `${format(value)}, ${bad} failed`;
}

const minuteValue = (point: ChartPoint | undefined, format: (value: number) => string): string =>
  point === undefined ? 'no data' : `${minuteText(point.at)}: ${textOf(point, format)}`;

function summary(points: readonly ChartPoint[], format: (value: number) => string): string {
  const values = points.map(({ value }) => value);
  if (values.every((value) => value === 0)) return 'Nothing in the last hour.';
  const highest = points.reduce((best, point) => (point.value > best.value ? point : best));
  const lowest = Math.min(...values);
  return `In the last hour between ${format(lowest)} and ${format(highest.value)}, highest at ${minuteText(highest.at)}.`;
}
