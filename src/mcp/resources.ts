import { type BuiltinField, fieldsOf, type Signal } from '../telemetry/fields.ts';
import { formulaHelp } from './formula-help.ts';
import { promqlHelp } from './promql-help.ts';

export interface TextResource {
  readonly name: string;
  readonly uri: string;
  readonly title: string;
  readonly description: string;
  /** Markdown. */
  readonly text: string;
}

/** A filter, the signal that has its fields, and what it finds. */
export const filterExamples: readonly (readonly [signal: Signal, filter: string, finds: string])[] = [
  ['logs', 'namespace = "default" AND level = ERROR', 'a bare word is a string too'],
  ['logs', 'level >= WARN', 'levels compare by severity'],
  ['logs', `body LIKE '%timeout%' AND body NOT LIKE '%healthcheck%'`, '% is any text, _ any character'],
  ['logs', 'message ILIKE "%timeout%"', 'the same in any case; message is body'],
  ['logs', `body =~ 'status=5\\d\\d'`, 'RE2, anywhere in the text'],
  ['logs', 'pod_name IN ("service-a", "service-b")', ''],
  ['logs', 'node_name IS NULL', 'records without a node'],
  ['logs', '@customer.tier = gold', 'an attribute: @name'],
  ['logs', '@"customer id" != "42"', 'in quotes where the name has spaces; finds records without it too'],
  ['traces', 'protocol_type = HTTP OR status = error', ''],
  ['traces', 'return_code >= 500', 'a number on the right compares as numbers'],
  ['traces', `return_code LIKE '5%'`, 'text on the right compares as text'],
  ['traces', 'duration > 500ms', 'units: ns us ms s m h; a bare number is in ns'],
  ['traces', 'duration_ms BETWEEN 100 AND 500', ''],
  [
    'traces',
    `status = 'error' AND (workload = 'api-server' OR workload = 'auth-service')`,
    'AND binds tighter than OR',
  ],
];

const filterSyntax = `# Filters

One syntax for \`filters\` in all tools. Keywords in any case.

| | |
|---|---|
| compare | \`=\` (\`==\`), \`!=\` (\`<>\`), \`>\`, \`>=\`, \`<\`, \`<=\`, \`[NOT] BETWEEN … AND …\` (both included) |
| one of | \`IN (…)\`, \`NOT IN (…)\` |
| text | \`LIKE\`, \`NOT LIKE\`, \`ILIKE\`, \`NOT ILIKE\` (whole text; \`%\`, \`_\`), \`=~\`, \`!~\` (RE2, anywhere; \`.\` matches a newline) |
| presence | \`IS NULL\`, \`IS NOT NULL\` |
| logic | \`AND\`, \`OR\`, \`NOT\`, parentheses |

Strings stand in single or double quotes; a doubled quote, \`\\\\\`, \`\\'\` and \`\\"\` are the only escapes. In LIKE, \`\\%\` and \`\\_\` are literal. Case matters but for level, status, role and protocol_type.

A number on the right compares as numbers: text that is none does not match, and is counted in a note. Units are converted to the field's: \`ns us ms s m h\`, \`B KB MB GB KiB MiB GiB\`. Text compares by bytes.

A record that lacks a field has the empty text in it: \`!=\`, \`NOT IN\`, \`NOT LIKE\` and \`!~\` find it, other tests don't; \`IS NULL\` and \`= ''\` do. \`NOT\` finds exactly what its operand does not.

Where nothing matches, the answer says what matches without each term joined by AND, and which values there are.

Limits: 64 KB, 500 terms, 50 levels of parentheses.

## Examples

| filter | for | |
|---|---|---|
${filterExamples.map(([signal, filter, finds]) => `| \`${filter}\` | ${signal} | ${finds} |`).join('\n')}
`;

const fieldList = `# Built-in fields

Every field can be used in \`filters\`, \`fields\`, \`groupBy\` and \`aggregation\`. Attributes, which differ by installation, are \`@name\`: get-trace-or-log-fields lists them.
${(['logs', 'traces'] as const)
  .map(
    (signal) => `
## ${signal}

| field | other names | type | |
|---|---|---|---|
${fieldsOf(signal).map(fieldRow).join('\n')}
`,
  )
  .join('')}`;

function fieldRow({ name, aliases, type, unit, description, values = [] }: BuiltinField): string {
  const kind = unit === undefined ? type : `${type}, ${unit}`;
  const meaning = values.length > 0 ? `${description}: ${values.join(', ')}` : description;
  return `| ${name} | ${aliases.join(', ')} | ${kind} | ${meaning} |`;
}

export const resources: readonly TextResource[] = [
  {
    name: 'filter-syntax',
    uri: 'kubesense://filter-syntax',
    title: 'Filter syntax',
    description: 'The language of the filters parameter, with examples',
    text: filterSyntax,
  },
  {
    name: 'fields',
    uri: 'kubesense://fields',
    title: 'Built-in fields',
    description: 'The fields of logs and traces, their other names, types and units',
    text: fieldList,
  },
  {
    name: 'promql',
    uri: 'kubesense://promql',
    title: 'PromQL',
    description: 'How metrics are asked: which PromQL, when it is evaluated, examples',
    text: promqlHelp,
  },
  {
    name: 'formulas',
    uri: 'kubesense://formulas',
    title: 'Formulas',
    description: 'Formulas of analyze-telemetry: operators, functions, which series meet, what is missing',
    text: formulaHelp,
  },
];

export const resourceUris: readonly string[] = resources.map(({ uri }) => uri);
