// Computes, from the recorded file alone, what PromQL must answer about its metrics.
// usage: node test/trainticket/metrics/expectations.mjs > test/trainticket/metrics/expected.json
import { readPoints } from '../recording.mjs';
import { names } from './names.mjs';

const points = await readPoints();
const minute = 60_000;
/** A time of the recording's day. */
const at = (time) => `2023-01-29T${time}Z`;
const whole = { from_time: at('08:30:00'), to_time: at('10:30:00') };

const cases = [
  ...Object.entries(names).map(([recorded, name]) => ({
    name: `how many samples ${recorded} has`,
    ...whole,
    promql: `sum(count_over_time(${name}[2h]))`,
    series: [{ labels: {}, value: points.filter((point) => point.name === recorded).length }],
  })),
  highest(
    'the pod with the highest CPU in a window',
    'k8s.pod.cpu.usage',
    at('09:00:00'),
    at('09:20:00'),
    20,
  ),
  highest(
    'the pod with the highest CPU in a short window',
    'k8s.pod.cpu.usage',
    at('10:04:00'),
    at('10:09:00'),
    5,
  ),
  highest(
    'the pod with the highest memory of all',
    'k8s.pod.memory.usage',
    whole.from_time,
    whole.to_time,
    120,
  ),
  ...['ts-order-service', 'ts-travel-service', 'ts-auth-service'].map(highestMemoryOf),
  cpuOverTime('ts-order-service', at('09:00:00'), at('10:00:00'), 5),
];

const unknown = points.find(({ name }) => names[name] === undefined);
if (unknown !== undefined) throw new Error(`The recording has a metric ${unknown.name}`);
process.stdout.write(
  `{\n  "points": ${points.length},\n  "cases": [\n    ${cases.map((one) => JSON.stringify(one)).join(',\n    ')}\n  ]\n}\n`,
);

/** The pod with the highest value in (from, to]. */
function highest(name, recorded, from_time, to_time, minutes) {
  const inWindow = points.filter(
    ({ name, milliseconds }) =>
      name === recorded && milliseconds > Date.parse(from_time) && milliseconds <= Date.parse(to_time),
  );
  const first = inWindow.reduce((best, point) => (point.value > best.value ? point : best));
  if (inWindow.filter(({ value }) => value === first.value).length > 1) throw new Error(`${name} is a tie`);
  return {
    name,
    from_time,
    to_time,
    promql: `topk(1, max by (pod) (max_over_time(${names[recorded]}[${minutes}m])))`,
    series: [{ labels: { pod: first['@k8s.pod.name'] }, value: first.value }],
  };
}

/** The highest memory that the one pod of a deployment had. */
function highestMemoryOf(deployment) {
  const own = points.filter(
    (point) => point.name === 'k8s.pod.memory.usage' && point['@k8s.deployment.name'] === deployment,
  );
  const pods = [...new Set(own.map((point) => point['@k8s.pod.name']))];
  if (pods.length !== 1) throw new Error(`${deployment} has ${pods.length} pods`);
  return {
    name: `the highest memory of a pod of ${deployment}`,
    ...whole,
    promql: `max by (pod) (max_over_time(k8s_pod_memory_usage_bytes{pod="${pods[0]}"}[2h]))`,
    series: [{ labels: { pod: pods[0] }, value: Math.max(...own.map(({ value }) => value)) }],
  };
}

/** At each multiple of the step the newest value of the last five minutes. */
function cpuOverTime(deployment, from_time, to_time, minutes) {
  const own = points
    .filter((point) => point.name === 'k8s.pod.cpu.usage' && point['@k8s.deployment.name'] === deployment)
    .sort((a, b) => a.milliseconds - b.milliseconds);
  const values = [];
  for (let time = Date.parse(from_time); time <= Date.parse(to_time); time += minutes * minute) {
    const newest = own.findLast(
      ({ milliseconds }) => milliseconds > time - 5 * minute && milliseconds <= time,
    );
    if (newest !== undefined) values.push([time / 1000, newest.value]);
  }
  return {
    name: `the CPU of ${deployment} over time`,
    from_time,
    to_time,
    step: `${minutes}m`,
    promql: `max by (pod) (k8s_pod_cpu_usage{workload="${deployment}"})`,
    series: [{ labels: { pod: own[0]['@k8s.pod.name'] }, points: values }],
  };
}
