// How long PromQL takes here, in Prometheus and in VictoriaMetrics, with the same samples, the same questions
// and the same HTTP API. The servers take turns, so that a busy machine slows all of them.
// usage: npm run bench:promql [-- --sizes small,2k,10k] [--rounds 7] [--only NAME] [--without-others]
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { findEngine } from '../dist/store/engine/engine.js';
import { encodeWriteRequest } from '../test/support/remote-write.mjs';
import { compareAnswers } from './promql/compare.mjs';
import { dataStart, generateSlices } from './promql/data.mjs';
import { queries, requestOf } from './promql/queries.mjs';
import { peakGrowth, post, startOthers, startOurs } from './promql/servers.mjs';

const { values: options } = parseArgs({
  options: {
    sizes: { type: 'string', default: 'small,2k,10k' },
    rounds: { type: 'string', default: '7' },
    only: { type: 'string' },
    'without-others': { type: 'boolean', default: false },
  },
});
const rounds = Number(options.rounds);
/** A question of some milliseconds is asked more often: so many times, or for as long. */
const mostRounds = 50;
const shortMs = 2_000;
const allSizes = [
  { name: 'small', title: '100 series, 1 h', series: 100, hours: 1, seed: 1 },
  { name: '2k', title: '2,000 series, 6 h', series: 2000, hours: 6, seed: 2 },
  { name: '10k', title: '10,000 series, 6 h', series: 10_000, hours: 6, seed: 3 },
].map((size) => ({ ...size, name: `bench_${size.name}`, key: size.name }));
const sizes = allSizes.filter(({ key }) => options.sizes.split(',').includes(key));

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const megabytes = (bytes) => (bytes / 1e6).toFixed(0);

/** Requests that each server gets at once. */
const senders = 4;

/** Writes the samples of a size to all servers; gives how many there are. */
async function write(servers, size) {
  const started = performance.now();
  let samples = 0;
  for (const blocks of generateSlices(size)) {
    // Each takes the next block of all.
    const sendBlocks = async () => {
      for (const block of blocks) {
        samples += block.reduce((sum, one) => sum + one.samples.length, 0);
        const body = encodeWriteRequest(block);
        await Promise.all(servers.map((server) => send(server, body)));
      }
    };
    await Promise.all(Array.from({ length: senders }, sendBlocks));
  }
  console.error(`${size.title}: ${samples} samples in ${Math.round((performance.now() - started) / 1000)} s`);
  return samples;
}

async function send({ writeUrl, headers }, body) {
  const response = await fetch(writeUrl, {
    method: 'POST',
    body,
    headers: {
      ...headers,
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
    },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${writeUrl}: ${response.status} ${text.slice(0, 300)}`);
}

/** Medians of each server's times, and how the others' answers differ from ours. */
async function measure(servers, query, size) {
  const end = dataStart + size.hours * 3_600_000;
  const { path, parameters } = requestOf(query, size, dataStart, end);
  const answers = [];
  for (const server of servers) answers.push((await post(server, path, parameters)).text);
  const [ours, ...others] = answers;
  const compared = others.map((text) => compareAnswers(ours, text, query.ranked));
  const growth = await peakGrowth(servers[0].pid, () => post(servers[0], path, parameters));
  const times = servers.map(() => []);
  const begun = performance.now();
  const isShort = () => performance.now() - begun < shortMs;
  for (let round = 0; round < rounds || (round < mostRounds && isShort()); round++) {
    for (let turn = 0; turn < servers.length; turn++) {
      const at = (round + turn) % servers.length;
      times[at].push((await post(servers[at], path, parameters)).ms);
    }
  }
  return { medians: times.map(median), compared, growth, bytes: ours.length };
}

function row(size, query, { medians, compared, growth }) {
  const [ours, ...others] = medians;
  const [prometheus, victoriaMetrics] = compared;
  const agrees = ({ alone, points, distance }) =>
    alone === 0 && distance <= 1e-9
      ? 'same'
      : `${alone}/${points} apart, rest within ${distance.toExponential(0)}`;
  const cells = [
    size.title,
    query.name,
    ...medians.map((ms) => ms.toFixed(1)),
    ...others.map((ms) => (ours / ms).toFixed(2)),
    megabytes(growth),
    ...[prometheus, victoriaMetrics].filter(Boolean).map(agrees),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Bytes that samples and series take on disk after everything was merged. */
async function bytesOnDisk(dataDir) {
  const { url, username, password } = await findEngine(dataDir);
  const client = createClient({
    url,
    username,
    password,
    request_timeout: 600_000,
    log: { level: ClickHouseLogLevel.OFF },
  });
  const tables = ['kubesense_metric_samples', 'kubesense_metric_series'];
  const database = 'default';
  try {
    for (const table of tables) await client.command({ query: `OPTIMIZE TABLE ${database}.${table} FINAL` });
    const rows = await client.query({
      query: `SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND table IN ('${tables.join("','")}') GROUP BY table`,
      format: 'JSONEachRow',
    });
    return await rows.json();
  } finally {
    await client.close();
  }
}

const ours = await startOurs();
const others = options['without-others'] ? [] : await startOthers();
const servers = [ours, ...others];
try {
  let samples = 0;
  for (const size of sizes) samples += await write(servers, size);
  for (const { flushUrl } of others) if (flushUrl) await (await fetch(flushUrl)).arrayBuffer();
  const disk = await bytesOnDisk(ours.dataDir);
  const names = servers.map(({ name }) => name);
  const header = [
    'data',
    'query',
    ...names.map((name) => `${name}, ms`),
    ...names.slice(1).map((name) => `ours/${name}`),
    'memory, MB',
    ...names.slice(1).map((name) => `answer as ${name}`),
  ];
  console.log(`| ${header.join(' | ')} |\n|${header.map(() => '---|').join('')}`);
  const ratios = new Map(names.slice(1).map((name) => [name, []]));
  const overAim = [];
  let peak = 0;
  for (const size of sizes) {
    for (const query of queries) {
      if (query.most < size.series || (options.only ?? query.name) !== query.name) continue;
      const measured = await measure(servers, query, size);
      const [first, ...rest] = measured.medians;
      for (const [i, ms] of rest.entries()) ratios.get(names[i + 1]).push({ ratio: first / ms, ms });
      if (first > 20 && first > 1.2 * rest[0]) overAim.push(`${size.title}, ${query.name}`);
      peak = Math.max(peak, measured.growth);
      console.log(row(size, query, measured));
    }
  }
  for (const [name, list] of ratios) {
    const long = list.filter(({ ms }) => ms >= 20).map(({ ratio }) => ratio);
    if (long.length === 0) continue;
    const [middle, greatest] = [median(long), Math.max(...long)].map((ratio) => ratio.toFixed(2));
    console.log(
      `\nours/${name}, ${long.length} queries that take it 20 ms or more: median ${middle}, greatest ${greatest}`,
    );
  }
  console.log(`\nOver 20 ms and 1.2 times the first of them: ${overAim.join('; ') || 'none'}`);
  console.log(`\nGreatest memory of a query: ${megabytes(peak)} MB`);
  for (const { table, rows, bytes } of disk) {
    console.log(`${table}: ${rows} rows, ${bytes} bytes: ${(bytes / samples).toFixed(2)} bytes a sample`);
  }
  const [{ model }] = cpus();
  console.log(`\n${cpus().length} × ${model}, ${megabytes(totalmem())} MB, Node.js ${process.version}`);
} finally {
  await Promise.all(servers.map((server) => server.stop()));
}
