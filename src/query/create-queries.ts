import { analyze } from './analyze.ts';
import { describeFields } from './describe-fields.ts';
import type { Queries } from './queries.ts';
import { search } from './search.ts';
import type { QueryContext } from './subject.ts';

/** The questions, over a store. */
export function createQueries(context: QueryContext): Queries {
  return {
    search: (request, call) => search(context, request, call),
    analyze: (request, call) => analyze(context, request, call),
    describeFields: (request, call) => describeFields(context, request, call),
  };
}
