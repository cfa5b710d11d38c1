// What answers cost in tokens (o200k), beside the same rows as JSON objects, on the recorded TrainTicket data.
// usage: npm run bench:tokens [-- --show]     --show prints each answer too
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { visible } from '../dist/mcp/render/untrusted.js';
import { startOurs } from './promql/servers.mjs';
import { objectsOf, questions } from './tokens/questions.mjs';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const data = path('../../shared/data/trainticket-2023-01-29');
const sender = path('../../shared/tools/send-otlp.mjs');
const budget = 6000;

const tokens = (text) => encode(text, { disallowedSpecial: new Set() }).length;

/** The same answer without the text of bodies: in their row, or on a line of their own below it. */
function withoutBodies(text, bodies) {
  return bodies.reduce((left, body) => {
    const shown = visible(body);
    if (left.includes(shown)) return left.replace(shown, () => '');
    const start = left.indexOf(`\t${shown.slice(0, 40)}`);
    if (start < 0) throw new Error(`the answer does not have the body ${shown.slice(0, 40)}`);
    return left.slice(0, start) + left.slice(left.indexOf('\n', start));
  }, text);
}

async function measure(client, { question, tool, args }) {
  const ask = async (more) => {
    const { content, isError } = await client.callTool({ name: tool, arguments: { ...args, ...more } });
    if (isError) throw new Error(`${question}: ${content[0].text}`);
    return content[0].text;
  };
  const compact = await ask({});
  const objects = objectsOf(tool, JSON.parse(await ask({ format: 'json', max_tokens: 25_000 })));
  const bodies = objects.flatMap(({ body }) => body ?? []);
  const bare = objects.map(({ body: _, ...rest }) => rest);
  if (process.argv.includes('--show')) console.log(`\n## ${question}\n\n${compact}\n`);
  return {
    question,
    tool,
    withBodies: costs(compact, objects),
    withoutBodies: costs(withoutBodies(compact, bodies), bare),
  };
}

function costs(text, objects) {
  return {
    compact: tokens(text),
    json: tokens(JSON.stringify(objects)),
    pretty: tokens(JSON.stringify(objects, null, 2)),
  };
}

const percent = (share) => `${Math.round(share * 100)} %`;
const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};

function print(results) {
  console.log(
    '| question | tool | compact | JSON | pretty JSON | compact, no bodies | JSON, no bodies | pretty, no bodies | compact / JSON, no bodies |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|');
  for (const { question, tool, withBodies: all, withoutBodies: bare } of results) {
    const cells = [question, tool, all.compact, all.json, all.pretty, bare.compact, bare.json, bare.pretty];
    console.log(`| ${[...cells, percent(bare.compact / bare.json)].join(' | ')} |`);
  }
  const shareOf = (what, beside) =>
    percent(median(results.map((result) => result[what].compact / result[what][beside])));
  const most = Math.max(...results.map(({ withBodies }) => withBodies.compact));
  console.log(
    `\nMedian of compact/JSON: ${shareOf('withoutBodies', 'json')} without bodies (aim: at most 60 %), ${shareOf('withBodies', 'json')} with them; of compact/pretty JSON: ${shareOf('withoutBodies', 'pretty')} and ${shareOf('withBodies', 'pretty')}. The longest answer has ${most} tokens of ${budget}.`,
  );
  if (most > budget) process.exitCode = 1;
}

const server = await startOurs();
try {
  const otlp = new URL(server.writeUrl).origin;
  const sent = spawnSync(process.execPath, [sender, data, otlp], { encoding: 'utf8' });
  if (sent.status !== 0) throw new Error(`the recording was not taken: ${sent.stderr}`);
  const client = new Client({ name: 'bench', version: '1' }, { versionNegotiation: { mode: 'legacy' } });
  const { headers } = server;
  await client.connect(
    new StreamableHTTPClientTransport(new URL('/mcp', server.url), { requestInit: { headers } }),
  );
  const results = [];
  for (const question of questions) results.push(await measure(client, question));
  await client.close();
  print(results);
} finally {
  await server.stop();
}
