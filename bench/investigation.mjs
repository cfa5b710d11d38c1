// How long each tool takes, and what it uses, for an hour of 24 with 10 million spans and 10 million logs.
// usage: npm run bench:investigation -- [--folder DIR] [--prepare] [--rounds 5] [--only PART] [--show]
//   --folder DIR   where the data is, or is made once and stays; else in a temporary folder, which is removed
//   --prepare      only makes the data
//   --only PART    only calls whose name holds this part
//   --show         prints each answer, too
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { aTrace, calls, scanOf } from './investigation/calls.mjs';
import { makeData } from './investigation/data.mjs';
import { startProduct } from './investigation/product.mjs';
import { forgetPeaks, peakMemory, processorTime, processTree } from './investigation/usage.mjs';

const { values: options } = parseArgs({
  options: {
    folder: { type: 'string' },
    prepare: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    show: { type: 'boolean', default: false },
  },
});
const rounds = Number(options.rounds);
const limited = 'storefront';
/** What an answer may take at most, by default. */
const budget = 6000;

async function connect(url, key) {
  const client = new Client({ name: 'bench', version: '1' }, { versionNegotiation: { mode: 'legacy' } });
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', url), { requestInit }));
  return client;
}

async function make(product, done) {
  const began = performance.now();
  const tell = (text) => console.error(`${Math.round((performance.now() - began) / 1000)} s: ${text}`);
  await makeData({ post: product.post, run: product.run, tell });
  writeFileSync(done, '');
  tell('the data is made');
}

/** What each call took in each round; the rounds take turns, so that a busy machine slows all of them. */
async function measure(product) {
  const clients = [
    { key: 'all', client: await connect(product.url, product.createKey()) },
    { key: limited, client: await connect(product.url, product.createKey('--namespace', limited)) },
  ];
  const { tools } = await clients[0].client.listTools();
  const there = new Set(tools.map(({ name }) => name));
  const [[traceId]] = await product.rows(aTrace);
  const pids = processTree(product.pid);
  const results = clients.flatMap(({ key, client }) =>
    calls
      .filter(({ tool, title }) => `${tool} ${title}`.includes(options.only))
      .map((call) => ({ ...call, key, client, there: there.has(call.tool), runs: [] })),
  );
  const scans = { traces: [], logs: [] };
  for (let round = 0; round <= rounds; round++) {
    for (const [signal, runs] of Object.entries(scans)) {
      const before = { at: performance.now(), processor: processorTime(pids) };
      await product.rows(scanOf(signal, round), { use_query_condition_cache: 0, max_threads: 2 });
      const run = { ms: performance.now() - before.at, processor: processorTime(pids) - before.processor };
      // The first round warms caches.
      if (round > 0) runs.push(run);
    }
    for (const result of results.filter(({ there }) => there)) {
      const run = await ask(product, pids, result, result.argumentsOf(round, traceId));
      if (round > 0) result.runs.push(run);
      else if (options.show)
        console.log(`\n## ${result.tool}: ${result.title} (${result.key})\n\n${run.text}\n`);
    }
  }
  await Promise.all(clients.map(({ client }) => client.close()));
  return { results, scans };
}

async function ask(product, pids, { tool, title, client }, args) {
  forgetPeaks(pids);
  const before = { rows: await product.rowsRead(), processor: processorTime(pids) };
  const began = performance.now();
  const { content, isError } = await client.callTool({ name: tool, arguments: args });
  const ms = performance.now() - began;
  const processor = processorTime(pids) - before.processor;
  const rows = (await product.rowsRead()) - before.rows;
  const [{ text }] = content;
  if (isError) console.error(`${tool}, ${title}: ${text}`);
  const [server, ...engine] = pids.map(peakMemory);
  return { text, failed: isError === true, ms, processor, rows, server, engine: Math.max(...engine) };
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[(numbers.length - 1) >> 1];
const megabytes = (bytes) => Math.round(bytes / 1e6);
const tokensOf = (text) => encode(text, { disallowedSpecial: new Set() }).length;

function print({ results, scans }) {
  const medianOf = (runs, name) => median(runs.map((run) => run[name]));
  const scan = medianOf(scans.traces, 'ms') + medianOf(scans.logs, 'ms');
  const columns = [
    'tool',
    'asked',
    'key',
    'median, ms',
    'worst, ms',
    'median / scan',
    'processor, ms',
    'rows read',
    'tokens',
    'server, MB',
    'engine, MB',
  ];
  console.log(`| ${columns.join(' | ')} |\n|${columns.map(() => '---|').join('')}`);
  const measured = results.filter(({ there }) => there);
  for (const { tool, title, key, there, runs } of results) {
    const of = (name) => runs.map((run) => run[name]);
    const cells = there
      ? [
          Math.round(median(of('ms'))),
          Math.round(Math.max(...of('ms'))),
          (median(of('ms')) / scan).toFixed(2),
          Math.round(median(of('processor'))),
          median(of('rows')).toLocaleString('en'),
          Math.max(...of('text').map(tokensOf)),
          megabytes(Math.max(...of('server'))),
          megabytes(Math.max(...of('engine'))),
        ]
      : ['there is no such tool', ...Array(7).fill('')];
    console.log(`| ${[tool, title, key, ...cells].join(' | ')} |`);
  }
  const slow = measured.filter(({ runs }) => median(runs.map(({ ms }) => ms)) > 2000);
  const failed = measured.filter(({ runs }) => runs.some((run) => run.failed));
  const long = measured.filter(({ runs }) => runs.some(({ text }) => tokensOf(text) > budget));
  const names = (list) =>
    list.length === 0 ? 'none' : list.map(({ tool, title, key }) => `${tool} ${title} (${key})`).join(', ');
  console.log(
    `\nFailed: ${names(failed)}. Over 2 s in the median: ${names(slow)}. Over ${budget} tokens: ${names(long)}. Most memory: server ${megabytes(Math.max(...measured.flatMap(({ runs }) => runs.map(({ server }) => server))))} MB, engine ${megabytes(Math.max(...measured.flatMap(({ runs }) => runs.map(({ engine }) => engine))))} MB.`,
  );
  const scanned = Object.entries(scans).map(
    ([signal, runs]) =>
      `${signal} ${Math.round(medianOf(runs, 'ms'))} ms, ${Math.round(medianOf(runs, 'processor'))} of the processor`,
  );
  console.log(`A scan of the hour: ${scanned.join('; ')}.`);
}

async function printData(product) {
  const tables = await product.rows(
    "SELECT table, toString(sum(rows)), toString(sum(bytes_on_disk)), toString(count()) FROM system.parts WHERE active AND table IN ('otel_traces', 'otel_logs', 'kubesense_metric_samples', 'kubesense_metric_series') GROUP BY table ORDER BY table",
  );
  for (const [table, rows, bytes, parts] of tables) {
    console.log(
      `${table}: ${Number(rows).toLocaleString('en')} rows, ${megabytes(Number(bytes))} MB, ${parts} parts`,
    );
  }
  const [[version]] = await product.rows('SELECT version()');
  const [{ model }] = cpus();
  console.log(
    `${cpus().length} × ${model}, ${megabytes(totalmem())} MB, Node.js ${process.version}, ClickHouse ${version} in chDB, ${rounds} rounds\n`,
  );
}

const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'bench-investigation-'));
mkdirSync(folder, { recursive: true });
const done = join(folder, 'made');
try {
  const product = await startProduct(folder);
  try {
    if (!existsSync(done)) await make(product, done);
    if (!options.prepare) {
      await printData(product);
      print(await measure(product));
    }
  } finally {
    await product.stop();
  }
} finally {
  if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
}
