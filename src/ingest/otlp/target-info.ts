import { METRIC_NAME } from '../../promql/labels.ts';
import type { MetricSample } from '../../store/rows/metric-record.ts';
import type { Origin } from '../../store/rows/record.ts';
import type { Terms } from '../batch.ts';
import { seriesRejection } from '../metric-admission.ts';
import type { MetricBatch } from '../metric-batch.ts';
import type { LabelNames } from './label-name.ts';
import { targetInfoLabels } from './origin-labels.ts';

/** Half of the time that PromQL looks back for a sample, so that there is always one. */
const interval = 150_000;

/** Collects when a resource sent something, and makes its `target_info` of that. */
export class TargetInfo {
  readonly #resource: Origin['resource'];
  readonly #names: LabelNames;
  readonly #times = new Set<number>();

  constructor(resource: Origin['resource'], names: LabelNames) {
    this.#resource = resource;
    this.#names = names;
  }

  /** A data point was accepted; milliseconds since the epoch. */
  seen(timestamp: number): void {
    this.#times.add(timestamp);
  }

  /** Adds the series, which counts as no data point: a sample every few minutes, and at the last time. */
  store(batch: MetricBatch, { limits }: Terms): void {
    if (this.#times.size === 0) return;
    const labels = targetInfoLabels(this.#resource, this.#names)?.with(METRIC_NAME, 'target_info');
    if (labels === undefined) return;
    const rejection = seriesRejection(labels, limits);
    if (rejection !== undefined) {
      batch.warn(`target_info was left out: ${rejection}`, 1);
      return;
    }
    batch.addAdmitted({
      labels,
      metadata: { type: 'info', unit: '', help: 'Attributes of the resource that sent metrics' },
      delta: false,
      samples: this.#samples(),
    });
  }

  #samples(): MetricSample[] {
    const times = [...this.#times].sort((a, b) => a - b);
    const last = times.at(-1);
    let next = Number.NEGATIVE_INFINITY;
    const chosen = times.filter((time) => {
      if (time < next && time !== last) return false;
      next = time + interval;
      return true;
    });
    return chosen.map((timestamp) => ({ timestamp, value: 1 }));
  }
}
