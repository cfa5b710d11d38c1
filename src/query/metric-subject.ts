import { scopeOf } from '../access/scope.ts';
import type { MetricQueryOptions, MetricStore } from '../store/metrics/metric-store.ts';
import { InputError } from '../telemetry/input-error.ts';
import type { Call } from './queries.ts';
import type { QueryContext } from './subject.ts';

/**
 * The store that questions about metrics go to.
 *
 * @throws InputError where the server stores no metrics
 */
export function metricStoreOf({ metrics }: QueryContext): MetricStore {
  if (metrics === undefined) {
    throw new InputError('This server stores no metrics: it answers questions about logs and traces.');
  }
  return metrics;
}

/** The limits of the caller's key, and the end of the call. */
export function metricOptions({ principal, signal }: Call): MetricQueryOptions {
  return { scope: scopeOf(principal), signal };
}
