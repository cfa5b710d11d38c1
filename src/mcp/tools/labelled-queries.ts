import { z } from 'zod';
import type { Note } from '../../query/results.ts';
import type { LabelledQuery } from '../../query/telemetry-requests.ts';
import { InputError } from '../../telemetry/input-error.ts';
import { nearest } from '../../telemetry/nearest.ts';
import { type Aliases, type JsonSchema, readArguments } from '../arguments.ts';
import { aggregation, aggregationInput, fieldInputs, fieldList, filters } from './parameters.ts';

const exampleFilter = 'status = error AND namespace = "payments"';
const exampleAggregation = '{"function":"p99","field":"duration"}';

const records = {
  filters: filters(exampleFilter),
  aggregation: aggregation(exampleAggregation),
  groupBy: fieldList(8, 'Fields to group by, for example ["service"]'),
};

/** What each datasource takes. */
const shapes = {
  logs: z.strictObject(records),
  traces: z.strictObject(records),
  metrics: z.strictObject({ promql: z.string() }),
  formula: z.strictObject({ expression: z.string() }),
} as const;

type Datasource = keyof typeof shapes;

const datasources: readonly Datasource[] = ['logs', 'traces', 'metrics', 'formula'];

const otherNames: Readonly<Record<string, Datasource>> = {
  log: 'logs',
  trace: 'traces',
  span: 'traces',
  spans: 'traces',
  metric: 'metrics',
  prometheus: 'metrics',
  promql: 'metrics',
  formulas: 'formula',
  expression: 'formula',
};

const aliases: Readonly<Record<Datasource, Aliases>> = {
  logs: {},
  traces: {},
  metrics: { query: 'promql', expr: 'promql' },
  formula: { formula: 'expression', expr: 'expression', query: 'expression' },
};

/** Parameters of the tool that stand beside `queries`. */
const beside: ReadonlySet<string> = new Set([
  'from_time',
  'to_time',
  'queryType',
  'step',
  'limit',
  'format',
  'max_tokens',
]);

/** What clients see of one query: all that a datasource can take. */
const shown = z.object({
  datasource: z.enum(['logs', 'traces', 'metrics', 'formula']),
  ...records,
  promql: z.string().describe('of metrics').optional(),
  expression: z.string().describe('of a formula: (A / B) * 100').optional(),
});

/** The parameter: an object of queries, as text or as a list of queries with labels too. */
export const queriesParameter = z
  .preprocess(byLabel, z.record(z.string(), z.unknown()))
  .describe('Labels (A, B, errors) to queries')
  .meta({ additionalProperties: withoutSchema(z.toJSONSchema(shown, { io: 'input' })) });

function withoutSchema({ $schema: _, additionalProperties: __, ...schema }: JsonSchema): JsonSchema {
  return schema;
}

/** A list of queries, each with its label in it, as an object. */
function byLabel(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const entries = value.map((item: unknown): [string, unknown] | undefined => {
    if (!isRecord(item)) return undefined;
    const { label, name, id, refId, ...query } = item;
    const named = [label, name, id, refId].find((one) => typeof one === 'string');
    return typeof named === 'string' ? [named, query] : undefined;
  });
  const known = entries.filter((entry) => entry !== undefined);
  const labels = new Set(known.map(([label]) => label));
  return labels.size === entries.length ? Object.fromEntries(known) : value;
}

/**
 * Reads the queries of a request, each by what its datasource takes.
 *
 * @throws InputError with the label of a query that is none, and what would work
 */
export function readQueries(queries: Readonly<Record<string, unknown>>): {
  readonly queries: readonly LabelledQuery[];
  readonly notes: readonly Note[];
} {
  const notes: Note[] = [];
  const read = Object.entries(queries).map(([label, sent]): LabelledQuery => {
    try {
      return readQuery(label, sent, notes);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new InputError(`${label}: ${error.message}`, error.place);
    }
  });
  return { queries: read, notes };
}

function readQuery(label: string, sent: unknown, notes: Note[]): LabelledQuery {
  const query = isRecord(sent) ? sent : typeof sent === 'string' ? parsed(sent) : undefined;
  if (query === undefined) {
    throw new InputError('a query is an object, such as {"datasource":"logs","filters":"level = ERROR"}');
  }
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  const { datasource: named, ...rest } = Object.fromEntries(given);
  const datasource = datasourceOf(named, rest);
  for (const name of Object.keys(rest)) {
    if (beside.has(name)) throw new InputError(`${name} stands beside queries, and holds for all of them`);
  }
  switch (datasource) {
    case 'logs':
    case 'traces': {
      const { filters, aggregation, groupBy } = read(datasource, rest, shapes[datasource], notes, label);
      const about = { filters, aggregation: aggregationInput(aggregation), groupBy: fieldInputs(groupBy) };
      return { label, datasource, ...about };
    }
    case 'metrics':
      return { label, datasource, ...read(datasource, rest, shapes.metrics, notes, label) };
    case 'formula':
      return { label, datasource, ...read(datasource, rest, shapes.formula, notes, label) };
  }
}

function read<Input>(
  datasource: Datasource,
  args: unknown,
  shape: z.ZodType<Input>,
  notes: Note[],
  label: string,
): Input {
  const { input, notes: own } = readArguments(
    shape,
    z.toJSONSchema(shape, { io: 'input' }),
    aliases[datasource],
    args,
  );
  notes.push(...own.map((note) => (typeof note === 'string' ? `${label}: ${note}` : note)));
  return input;
}

/** The datasource, or that which alone takes what is there. */
function datasourceOf(named: unknown, query: Readonly<Record<string, unknown>>): Datasource {
  if (named === undefined) {
    if ('promql' in query) return 'metrics';
    if ('expression' in query || 'formula' in query) return 'formula';
    throw new InputError(
      `"datasource" is required; it takes ${datasources.map((one) => `"${one}"`).join(' or ')}`,
    );
  }
  const text = String(named).trim().toLowerCase();
  const found =
    datasources.find((one) => one === text) ??
    (Object.hasOwn(otherNames, text) ? otherNames[text] : undefined);
  if (found !== undefined) return found;
  const [near] = nearest(text, datasources, 1);
  throw new InputError(
    `there is no datasource ${JSON.stringify(text.slice(0, 60))}.${near === undefined ? '' : ` Did you mean "${near}"?`} There are ${datasources.join(', ')}`,
  );
}

/** A query as JSON text, or a formula alone. */
function parsed(text: string): Readonly<Record<string, unknown>> {
  if (!text.trimStart().startsWith('{')) return { datasource: 'formula', expression: text };
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // It is no JSON, and no formula begins like that.
  }
  throw new InputError('this text is neither a query as JSON nor a formula');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
