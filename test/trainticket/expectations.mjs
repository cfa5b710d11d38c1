// Computes, from the recorded files alone, the answers that the product must give about them.
// usage: node test/trainticket/expectations.mjs > test/trainticket/expected.json
import { logCases } from './log-cases.mjs';
import { fieldValue, readLogs, readSpans } from './recording.mjs';
import { spanCases } from './span-cases.mjs';

const logs = await readLogs();
const spans = await readSpans();
const cases = [...logCases(logs), ...spanCases(spans)];
const names = new Set(cases.map(({ name }) => name));
if (names.size !== cases.length) throw new Error('Two cases have the same name');

const totals = {
  records: { logs: logs.length, traces: spans.length },
  fields: { logs: describeFields(logs), traces: describeFields(spans) },
};
// One case a line, so that a change can be read.
const head = JSON.stringify(totals, null, 2).slice(0, -2);
process.stdout.write(
  `${head},\n  "cases": [\n    ${cases.map((one) => JSON.stringify(one)).join(',\n    ')}\n  ]\n}\n`,
);

/** For each attribute and some built-in fields: the share of records that have a value, and how many values. */
function describeFields(records) {
  const builtin = ['cluster', 'namespace', 'workload', 'pod_name', 'container_name', 'node_name', 'trace_id'];
  const names = new Set(builtin);
  for (const record of records) {
    for (const name of Object.keys(record)) if (name.startsWith('@')) names.add(name);
  }
  return Object.fromEntries(
    [...names].sort().map((name) => {
      const values = records.map((record) => fieldValue(record, name)).filter((value) => value !== '');
      return [name, { coverage: values.length / records.length, values: new Set(values).size }];
    }),
  );
}
