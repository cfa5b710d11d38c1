import type { Matcher } from '../promql/ast.ts';
import { quotePattern } from '../store/metrics/scope-matchers.ts';
import type { Field } from '../telemetry/fields.ts';
import type { Filter } from '../telemetry/filter/ast.ts';

/** Which series a filter on spans and logs means. */
export interface MeantSeries {
  readonly matchers: readonly Matcher[];
  /** The matchers say all that the filter says. */
  readonly exact: boolean;
}

/** What a filter says of clusters and namespaces is asked of metrics, too; they have no other fields. */
export function seriesMeant(filter: Filter | undefined): MeantSeries {
  if (filter === undefined) return { matchers: [], exact: true };
  if (filter.kind === 'and') {
    const terms = filter.terms.map(seriesMeant);
    return { matchers: terms.flatMap(({ matchers }) => matchers), exact: terms.every(({ exact }) => exact) };
  }
  const values = valuesAsked(filter);
  if (values === undefined) return { matchers: [], exact: false };
  const { label, texts } = values;
  return { matchers: [{ label, op: '=~', value: texts.map(quotePattern).join('|') }], exact: true };
}

function valuesAsked(filter: Filter): { readonly label: string; readonly texts: string[] } | undefined {
  const asked =
    filter.kind === 'comparison' && filter.operator === '='
      ? { field: filter.field, values: [filter.value] }
      : filter.kind === 'in' && !filter.negated
        ? filter
        : undefined;
  if (asked === undefined || asked.field.kind !== 'builtin' || !isLabel(asked.field)) return undefined;
  const texts = asked.values.flatMap(({ type, value }) => (type === 'string' ? [value] : []));
  return texts.length === asked.values.length ? { label: asked.field.name, texts } : undefined;
}

const isLabel = (field: Field): boolean => field.name === 'cluster' || field.name === 'namespace';
