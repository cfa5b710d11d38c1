import { z } from 'zod';
import type { Queries } from '../../query/queries.ts';
import { mostRows, type SearchOrder } from '../../query/requests.ts';
import { defaultColumns, type Signal } from '../../telemetry/fields.ts';
import { defineTool, type Tool } from '../define-tool.ts';
import { searchJson, searchText } from '../render/search.ts';
import { fieldInputs, fieldList, filters, normalisedFilter, presentation, window } from './parameters.ts';

export interface SearchToolOptions {
  readonly signal: Signal;
  readonly title: string;
  readonly description: string;
  readonly exampleFilter: string;
  readonly orders: readonly [SearchOrder, ...SearchOrder[]];
}

/** `search-logs` and `search-traces`: the records themselves. */
export function searchTool(queries: Queries, options: SearchToolOptions): Tool {
  const { signal, title, description, exampleFilter, orders } = options;
  return defineTool({
    name: `search-${signal}`,
    title,
    description,
    input: z.strictObject({
      ...window,
      filters: filters(exampleFilter),
      fields: fieldList(
        50,
        `Columns instead of the usual ones (${defaultColumns[signal].join(', ')}); attributes as @name`,
      ),
      limit: z.int().min(1).max(mostRows).default(mostRows),
      order: z.enum(orders).default('newest'),
      cursor: z
        .string()
        .describe('Goes on behind an answer: the cursor it ends with; all else as in the call that gave it')
        .optional(),
      ...presentation,
    }),
    aliases: { next_cursor: 'cursor' },
    run: ({ from_time, to_time, filters, fields, limit, order, cursor }, call) =>
      queries.search(
        {
          signal,
          fromTime: from_time,
          toTime: to_time,
          filters,
          fields: fieldInputs(fields),
          limit,
          order,
          cursor,
        },
        call,
      ),
    found: ({ rows, filter }) => ({ rows: rows.length, query: normalisedFilter(filter) }),
    render: { compact: searchText, json: searchJson },
  });
}
