// Computes, from the recorded files alone, what formulas over logs, traces and metrics must give.
// usage: node test/trainticket/telemetry/expectations.mjs > test/trainticket/telemetry/expected.json
import { readLogs, readPoints, readSpans } from '../recording.mjs';
import { quantile } from '../statistics.mjs';

const logs = await readLogs();
const spans = await readSpans();
const points = await readPoints();
const at = (time) => `2023-01-29T${time}Z`;
const whole = { from_time: at('08:40:00'), to_time: at('10:30:00') };
const isError = ({ level }) => level === 'ERROR';
const p99 = { function: 'p99', field: 'duration' };

const cases = [
  {
    name: 'errors in percent of the logs of each service',
    ...whole,
    queries: {
      A: { datasource: 'logs', filters: 'level = ERROR', groupBy: ['service'] },
      B: { datasource: 'logs', groupBy: ['service'] },
      C: formula('(A / B) * 100'),
    },
    ...perService(
      count(logs.filter(isError), 'service'),
      count(logs, 'service'),
      (a = 0, b) => (a / b) * 100,
    ),
  },
  {
    name: 'logs for each span of each service',
    ...whole,
    queries: {
      L: { datasource: 'logs', groupBy: ['service'] },
      S: { datasource: 'traces', groupBy: ['service'] },
      C: formula('L / S'),
    },
    ...perService(count(logs, 'service'), count(spans, 'service'), (a = 0, b) => a / b),
  },
  {
    name: 'the p99 of each service against that of all',
    ...whole,
    queries: {
      A: { datasource: 'traces', aggregation: p99, groupBy: ['service'] },
      B: { datasource: 'traces', aggregation: p99 },
      C: formula('A / B'),
    },
    ...againstAll(),
  },
  {
    name: 'errors for each gigabyte of memory of each pod',
    ...whole,
    queries: {
      E: { datasource: 'logs', filters: 'level = ERROR', groupBy: ['namespace', 'pod'] },
      M: {
        datasource: 'metrics',
        promql: 'max by (namespace, pod) (max_over_time(k8s_pod_memory_usage_bytes[110m]))',
      },
      C: formula('E / (M / 1e9)'),
    },
    ...perPod(),
  },
  {
    name: 'error rates of two workloads side by side',
    ...whole,
    queries: {
      basic_errors: { datasource: 'logs', filters: "workload = 'ts-basic-service' AND level = ERROR" },
      basic: { datasource: 'logs', filters: "workload = 'ts-basic-service'" },
      food_errors: { datasource: 'logs', filters: "workload = 'ts-food-service' AND level = ERROR" },
      food: { datasource: 'logs', filters: "workload = 'ts-food-service'" },
      C: formula('basic_errors / basic - food_errors / food'),
    },
    join: { joined: 1, left_alone: 0, right_alone: 0, divided_by_zero: 0 },
    series: [{ labels: {}, value: rateOf('ts-basic-service') - rateOf('ts-food-service') }],
  },
  {
    name: 'errors in percent of all logs, every 10 minutes',
    ...whole,
    step: '10m',
    queries: {
      A: { datasource: 'logs', filters: 'level = ERROR' },
      B: { datasource: 'logs' },
      C: formula('(A / B) * 100'),
    },
    ...overTime(),
  },
];

process.stdout.write(`[\n  ${cases.map((one) => JSON.stringify(one)).join(',\n  ')}\n]\n`);

function formula(expression) {
  return { datasource: 'formula', expression };
}

function count(records, field) {
  const counts = new Map();
  for (const record of records) counts.set(record[field], (counts.get(record[field]) ?? 0) + 1);
  return counts;
}

/** A count of the left side that is missing is 0; one of the right side is a divisor that is 0. */
function perService(left, right, combine) {
  const services = new Set([...left.keys(), ...right.keys()]);
  const series = [...services].map((service) => ({
    labels: { service },
    value: right.has(service) ? combine(left.get(service), right.get(service)) : null,
  }));
  return {
    join: {
      joined: series.filter(({ labels }) => left.has(labels.service) && right.has(labels.service)).length,
      left_alone: series.filter(({ labels }) => !right.has(labels.service)).length,
      right_alone: series.filter(({ labels }) => !left.has(labels.service)).length,
      divided_by_zero: series.filter(({ labels }) => !right.has(labels.service)).length,
    },
    series: ordered(series),
  };
}

function againstAll() {
  const durations = (records) => records.map(({ duration }) => duration);
  const all = quantile(durations(spans), 0.99);
  const series = [...count(spans, 'service').keys()].map((service) => ({
    labels: { service },
    value: quantile(durations(spans.filter((span) => span.service === service)), 0.99) / all,
  }));
  return {
    join: { joined: series.length, left_alone: 0, right_alone: 0, divided_by_zero: 0 },
    series: ordered(series),
  };
}

/** The metric is looked at in (08:40, 10:30]; pods without errors have 0, those without memory no value. */
function perPod() {
  const memory = new Map();
  for (const point of points) {
    if (point.name !== 'k8s.pod.memory.usage') continue;
    if (point.milliseconds <= Date.parse(whole.from_time) || point.milliseconds > Date.parse(whole.to_time))
      continue;
    const key = `${point['@k8s.namespace.name']}/${point['@k8s.pod.name']}`;
    memory.set(key, Math.max(memory.get(key) ?? 0, point.value));
  }
  const errors = new Map();
  for (const { namespace, pod_name } of logs.filter(isError)) {
    const key = `${namespace}/${pod_name}`;
    errors.set(key, (errors.get(key) ?? 0) + 1);
  }
  const series = [...memory].map(([key, bytes]) => {
    const [namespace, pod_name] = key.split('/');
    return {
      labels: { namespace, pod_name },
      value: bytes === 0 ? null : (errors.get(key) ?? 0) / (bytes / 1e9),
    };
  });
  return {
    join: {
      joined: [...memory.keys()].filter((key) => errors.has(key)).length,
      left_alone: [...errors.keys()].filter((key) => !memory.has(key)).length,
      right_alone: [...memory.keys()].filter((key) => !errors.has(key)).length,
      divided_by_zero: [...memory.values()].filter((bytes) => bytes === 0).length,
    },
    series: ordered(series),
  };
}

function rateOf(workload) {
  const own = logs.filter((log) => log.workload === workload);
  return own.filter(isError).length / own.length;
}

function overTime() {
  const step = 600;
  const first = Date.parse(whole.from_time) / 1000;
  const last = Date.parse(whole.to_time) / 1000;
  const values = [];
  for (let start = first; start < last; start += step) {
    const own = logs.filter(({ second }) => second >= start && second < start + step);
    values.push([start, own.length === 0 ? null : (own.filter(isError).length / own.length) * 100]);
  }
  const empty = values.filter(([, value]) => value === null).length;
  return {
    join: { joined: 1, left_alone: 0, right_alone: 0, divided_by_zero: empty },
    series: [{ labels: {}, points: values }],
  };
}

/** By value, descending, no value last; ties by labels in the order of bytes. */
function ordered(series) {
  const rank = ({ value }) => value ?? Number.NEGATIVE_INFINITY;
  const text = ({ labels }) => Object.values(labels).join('\0');
  return series.sort((a, b) => (rank(a) === rank(b) ? (text(a) < text(b) ? -1 : 1) : rank(b) - rank(a)));
}
