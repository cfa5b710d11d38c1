import { z } from 'zod';
import type { Queries } from '../../query/queries.ts';
import { groupLimit } from '../../query/requests.ts';
import { defineTool, type Tool } from '../define-tool.ts';
import { fieldValuesJson, fieldValuesText } from '../render/field-values.ts';
import { fieldName, filters, normalisedFilter, presentation, window } from './parameters.ts';

export const exampleFilter = 'namespace = payments AND status = error';

/** What values a field has, and how often. */
export function getFieldValues(queries: Queries): Tool {
  return defineTool({
    name: 'get-field-values',
    title: 'List values of a field',
    description: `Lists the most frequent values of one field or attribute of logs or traces in a time window, with counts and shares; by part of a value (search), under a filter. What is beyond the limit is counted.

Use it to find the exact value to filter by (a workload, route, customer, error code), or what failing records have in common. For which fields exist use get-trace-or-log-fields; for several fields at once, percentiles or trends analyze-logs or analyze-traces; for labels of metrics get-metric-labels.`,
    input: z.strictObject({
      datasource: z.enum(['traces', 'logs']),
      field: fieldName.describe('Name, or @attribute'),
      search: z.string().describe('Part of a value, in any case').optional(),
      ...window,
      filters: filters(exampleFilter),
      limit: z.int().min(1).max(groupLimit.max).default(groupLimit.standard),
      ...presentation,
    }),
    aliases: { keyword: 'search', name: 'field', fields: 'field' },
    run: ({ datasource, field, search, from_time, to_time, filters, limit }, call) =>
      queries.fieldValues(
        {
          signal: datasource,
          field: { field },
          search,
          fromTime: from_time,
          toTime: to_time,
          filters,
          limit,
        },
        call,
      ),
    found: ({ values, filter }) => ({ rows: values.length, query: normalisedFilter(filter) }),
    render: { compact: fieldValuesText, json: fieldValuesJson },
  });
}
