import { z } from 'zod';
import type { PrometheusClient, RequestOptions } from './client.ts';
import { matchParams, rangeParams } from './selector.ts';

/**
 * Whether a store heeds `match[]` where it lists labels and their values. One that does not (Prometheus
 * before 2.24) would show everything to a key with limits.
 */
export async function heedsMatch(client: PrometheusClient, options: RequestOptions): Promise<boolean> {
  const params = [...matchParams([], { namespaces: [] }), ...rangeParams(undefined)];
  const [names, values] = await Promise.all([
    client.ask({ method: 'POST', path: 'labels', params }, z.array(z.string()), options),
    client.ask({ method: 'GET', path: 'label/__name__/values', params }, z.array(z.string()), options),
  ]);
  return names.data.length === 0 && values.data.length === 0;
}
