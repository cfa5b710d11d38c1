import { functions } from '../telemetry/formula/functions.ts';

/** A formula of the queries A and B, and what it gives. */
export const formulaExamples: readonly (readonly [expression: string, gives: string])[] = [
  ['(A / B) * 100', 'A in percent of B'],
  ['B - A', 'what of B is no A'],
  ['abs(A - B)', 'the difference'],
  ['(A - B) / B * 100', 'the change from B to A in percent'],
  ['default(A / B, 0)', '0 where there is no ratio'],
  ['A / default(B, 1)', '1 for each B that is missing'],
  ['clamp(100 - (A / B) * 100, 0, 100)', 'success rate'],
  ['A / 1000000', 'nanoseconds as milliseconds'],
  ['-2 ^ 2 + A * 0', '-4: the power comes before the sign'],
];

export const formulaHelp = `# Formulas

\`analyze-telemetry\` takes queries under labels (\`A\`, \`B\`, \`errors\`: letters, digits and \`_\`), at most 20 in a request. A query of the datasource \`formula\` computes with the others, formulas too:

\`\`\`json
{
  "queries": {
    "A": { "datasource": "traces", "filters": "return_code >= 500", "groupBy": ["service"] },
    "B": { "datasource": "traces", "groupBy": ["service"] },
    "C": { "datasource": "formula", "expression": "(A / B) * 100" }
  }
}
\`\`\`

Operators: \`+ - * / % ^\`, unary minus, parentheses. \`^\` is right-associative and comes before the sign: \`-2^2\` is -4. \`%\` is the remainder of a division.

| function | gives |
|---|---|
${[...functions.values()].map(({ example, description }) => `| \`${example}\` | ${description} |`).join('\n')}

## Which series meet

- Series meet by equal labels: group all queries by the same fields (\`groupBy\`; in PromQL \`sum by (…)\`).
- Where one side's labels are a part of the other's, each of its series meets all that agree with it: \`{service}\` meets every \`{service, pod}\` of that service, and a query without groups, as a number, meets all.
- Names of one field are one label: \`pod\` of metrics meets \`pod_name\` of logs and traces (so do \`container\`, \`node\`, \`service_name\`). For other names use \`label_replace\` in PromQL. \`__name__\` plays no part.
- Other labels are an error that names both label sets.
- All groups take part, up to 10,000; \`limit\` only cuts what is shown.

## What is missing

- A \`row_count\` that is missing is 0 wherever the other side has a series: the error rate of a service without errors is 0. What is computed of counts and numbers alone is as if they were 0 there: \`A * 100 / B\` is \`(A / B) * 100\`.
- Anything else that is missing gives no value, and so does what is computed with it. \`default(A, 0)\` fills in its own series, and for series that only the other side has.
- Division by zero gives no value, nor do roots and logarithms that are no numbers. Answers count them.
- An answer says how many series joined, and how many of either side stood alone.

## Time

An instant query computes with the value of the whole window; metrics have theirs at \`to_time\`. A range query computes bucket by bucket; PromQL is evaluated at the end of each bucket and stands at its start, so that \`increase(x_total[5m])\` with \`step\` 5m and the records of the same bucket are of the same minutes.

A sum or difference of counts, and a count times a number, has a total and is ordered by it; other formulas over time are ordered by maximum. A unit (of durations) stays in sums, differences, min, max, clamp and default; elsewhere values are plain numbers.

## Examples

| formula | |
|---|---|
${formulaExamples.map(([expression, gives]) => `| \`${expression}\` | ${gives} |`).join('\n')}
`;
