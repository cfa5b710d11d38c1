// The MCP Inspector's command line, in both eras of the protocol: lists, a call, and what must fail.
import { join } from 'node:path';
import { z } from 'zod';
import { type Ended, Outcome, runNode } from './outcome.ts';
import { openTarget } from './target.ts';

const list = z.object({ result: z.object({ tools: z.array(z.object({ name: z.string() })).min(1) }) });
const answer = z.object({
  result: z.object({
    content: z.array(z.object({ type: z.literal('text'), text: z.string().min(1) })).min(1),
    isError: z.literal(false).optional(),
  }),
});

const target = await openTarget(process.argv.slice(2));
const inspector = join(
  target.tools,
  'node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js',
);
const outcome = new Outcome();
const { name, args } = target.tool;

function inspect(era: string, key: string, ...options: string[]): Promise<Ended> {
  const common = ['--cli', target.url.href, '--transport', 'http', '--protocol-era', era];
  const headers = ['--header', `Authorization: Bearer ${key}`];
  const format = ['--format', 'json', '--stored-auth-only'];
  return runNode(target.tools, inspector, [...common, ...headers, ...options, ...format]);
}

function parses(schema: z.ZodType, text: string): boolean {
  try {
    return schema.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}

const call = (tool: string) => [
  '--method',
  'tools/call',
  '--tool-name',
  tool,
  '--tool-args-json',
  JSON.stringify(args),
];

try {
  for (const era of ['legacy', 'modern']) {
    const listed = await inspect(era, target.key, '--method', 'tools/list');
    const lists = listed.code === 0 && parses(list, listed.stdout) && listed.stdout.includes(`"${name}"`);
    outcome.add(`${era}  tools/list`, lists, listed.stdout + listed.stderr);

    const called = await inspect(era, target.key, ...call(name));
    const answers = called.code === 0 && parses(answer, called.stdout);
    outcome.add(`${era}  tools/call`, answers, called.stdout + called.stderr);

    const unknown = await inspect(era, target.key, ...call('no-such-tool'));
    outcome.add(`${era}  an unknown tool fails`, unknown.code !== 0, unknown.stdout + unknown.stderr);

    const refused = await inspect(era, 'no-key', '--method', 'tools/list');
    outcome.add(`${era}  a wrong key is refused`, refused.code !== 0, refused.stdout + refused.stderr);
  }
} finally {
  await target.stop();
}
process.exitCode = outcome.finish();
