import { createAuthenticator } from '../../../src/access/authenticator.ts';
import { createHostGuard } from '../../../src/http/host-guard.ts';
import { createHttpServer } from '../../../src/http/http-server.ts';
import { formatAddress } from '../../../src/http/listen-address.ts';
import { listen } from '../../../src/http/listener.ts';
import { createMcpEndpoint } from '../../../src/mcp/endpoint.ts';
import { instructions } from '../../../src/mcp/instructions.ts';
import { resourceUris } from '../../../src/mcp/resources.ts';
import { createMcpServer } from '../../../src/mcp/server.ts';
import { openSkills } from '../../../src/mcp/skills/skills.ts';
import { createLog } from '../../../src/observe/log.ts';
import { KnownHoldings } from '../../../src/query/known-holdings.ts';
import { messageOf, modernHeaders, modernMessage } from '../../mcp/exchange.ts';
import { FixtureKeys } from '../../mcp/fixture-endpoint.ts';
import { bearer, initialize, openSession, postMcp } from '../../support/raw-http.ts';
import type { LimitedKey } from './origins.ts';
import type { World } from './worlds.ts';

interface McpDoor {
  /** All that is said beside the answers of tools, in both eras of the protocol. */
  tell(key: LimitedKey): Promise<string[]>;
  close(): Promise<void>;
}

const log = createLog('silent');

/** What could name something of what is hidden. */
function completion(name: string, value: string, known: Readonly<Record<string, string>> = {}) {
  const ref = { type: 'ref/prompt', name: 'kubesense-logs' };
  const params = { ref, argument: { name, value }, context: { arguments: known } };
  return ['completion/complete', params] as const;
}

const requests: readonly (readonly [method: string, params: Readonly<Record<string, unknown>>])[] = [
  ['server/discover', {}],
  ['tools/list', {}],
  ['prompts/list', {}],
  ['resources/list', {}],
  ['resources/templates/list', {}],
  ...resourceUris.map((uri) => ['resources/read', { uri }] as const),
  ['resources/read', { uri: 'kubesense://canarybank' }],
  ['skills/list', {}],
  ['prompts/get', { name: 'kubesense-logs', arguments: { namespace: 'canarybank', workload: 'cart' } }],
  ...[
    completion('namespace', ''),
    completion('namespace', 'CANARY'),
    completion('namespace', 'o'),
    completion('workload', ''),
    completion('workload', 'c', { namespace: 'canarybank' }),
    completion('workload', 'c', { namespace: 'shop' }),
    completion('from_time', 'now-3'),
  ],
];

/** MCP's endpoint over a world, as the server builds it, for the keys of the list; its clock stands. */
export async function openMcp(world: World, keys: readonly LimitedKey[]): Promise<McpDoor> {
  const known = new FixtureKeys();
  for (const { name, limits } of keys) known.add(name, { limits });
  const now = world.context.now();
  const holdings = new KnownHoldings({ queries: world.queries, now: () => 0, waitMs: 20_000 });
  const skills = await openSkills();
  const endpoint = createMcpEndpoint({
    createServer: async ({ principalOf, reader }) =>
      createMcpServer({
        tools: world.tools,
        skills,
        queries: world.queries,
        now: () => now,
        completionMs: 20_000,
        log,
        mark: () => '123456',
        errorId: () => 'e1',
        elapsed: () => 0,
        principalOf,
        instructions: instructions(now, reader && (await holdings.of(reader))),
        version: '1.2.3',
      }),
    authenticator: createAuthenticator(known, log),
    guard: createHostGuard({ listenHost: '127.0.0.1' }),
    log,
  });
  const server = createHttpServer((request, response) => endpoint.handle(request, response), log);
  const listener = await listen(server, 'TEST', { host: '127.0.0.1', port: 0 });
  const url = new URL(`http://${formatAddress(listener.address)}/mcp`);
  return {
    async tell({ name: key }) {
      const first = await postMcp(url, initialize, bearer(key));
      const session = { ...bearer(key), 'mcp-session-id': await openSession(url, key) };
      const told = [JSON.stringify(messageOf(first))];
      for (const [method, params] of requests) {
        const name = [params.uri, params.name].find((one) => typeof one === 'string');
        const headers = { ...bearer(key), ...modernHeaders(method, name) };
        const modern = await postMcp(url, modernMessage(method, params), headers);
        const legacy = await postMcp(url, { jsonrpc: '2.0', id: 3, method, params }, session);
        for (const { status, body, headers } of [modern, legacy]) {
          told.push(`${method} ${status} ${JSON.stringify(messageOf({ headers, body }))}`);
        }
      }
      return told;
    },
    async close() {
      await Promise.all([listener.close(0), endpoint.close(0)]);
    },
  };
}
