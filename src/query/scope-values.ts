import { scopeOf } from '../access/scope.ts';
import { compareText } from '../promql/labels.ts';
import { scopeValuesIn } from '../store/scope-values.ts';
import type { Call } from './queries.ts';
import type { QueryContext } from './subject.ts';
import { together } from './together.ts';

/** Values that one answer has at most. */
export const mostScopeValues = 500;

const dayNs = 86_400_000_000_000n;

/**
 * Names of clusters or namespaces in the telemetry of the last day that the key may see, in byte order: what
 * a key can be limited to.
 *
 * @throws StoreError
 */
export async function scopeValues(
  { store, metrics, now }: QueryContext,
  field: 'cluster' | 'namespace',
  { principal, signal }: Call,
): Promise<readonly string[]> {
  const to = now();
  const scope = scopeOf(principal);
  const window = { from: to - dayNs, to };
  const asked = { window, scope, field, limit: mostScopeValues };
  const range = { from: Number(window.from / 1_000_000n), to: Number(to / 1_000_000n) };
  const lists = await together(signal, (signal) =>
    Promise.all([
      ...(['logs', 'traces'] as const).map((name) => {
        const table = store.table(name);
        return table === undefined ? [] : scopeValuesIn(store.clickhouse, table, asked, { signal });
      }),
      metrics
        ?.labelValues(field, { selectors: [], range, limit: mostScopeValues }, { scope, signal })
        .then(({ items }) => items.filter((text) => text !== '')) ?? [],
    ]),
  );
  return [...new Set(lists.flat())].sort(compareText).slice(0, mostScopeValues);
}
