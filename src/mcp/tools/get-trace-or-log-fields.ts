import { z } from 'zod';
import type { Queries } from '../../query/queries.ts';
import { defineTool, type Tool } from '../define-tool.ts';
import { fieldsJson, fieldsText } from '../render/fields.ts';
import { presentation, window } from './parameters.ts';

/** What there is to filter and group by. */
export function getTraceOrLogFields(queries: Queries): Tool {
  return defineTool({
    name: 'get-trace-or-log-fields',
    title: 'List fields of traces or logs',
    description: `Lists the fields that logs or traces have in a time window: built-in ones and attributes (@name), each with its type and unit, the share of records that have it, and frequent values. Names are as filters, fields and groupBy take them.

Use it first, before you filter or group by a field or value that you have not seen: unknown names are errors, and unknown values find nothing. To see whole records use search-logs or search-traces instead; for all values of one field, with counts, get-field-values.`,
    input: z.strictObject({
      datasource: z.enum(['traces', 'logs']).describe('metrics have labels: get-metric-labels'),
      ...window,
      search: z.string().describe('Part of a name, in any case; "" for all').optional(),
      ...presentation,
    }),
    run: ({ datasource, from_time, to_time, search }, call) =>
      queries.describeFields({ signal: datasource, fromTime: from_time, toTime: to_time, search }, call),
    found: ({ fields }) => ({ rows: fields.length }),
    render: { compact: fieldsText, json: fieldsJson },
  });
}
