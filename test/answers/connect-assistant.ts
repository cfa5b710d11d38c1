import { Client } from '@modelcontextprotocol/client';
import { InMemoryTransport } from '@modelcontextprotocol/server';
import { instructions } from '../../src/mcp/instructions.ts';
import { createMcpServer } from '../../src/mcp/server.ts';
import { openSkills } from '../../src/mcp/skills/skills.ts';
import { createTools } from '../../src/mcp/tools/tools.ts';
import { createLog } from '../../src/observe/log.ts';
import type { Queries } from '../../src/query/queries.ts';
import { type Assistant, assistantOf } from '../support/assistants.ts';

const principal = { keyId: 'k7rq2m', name: 'tests', roles: ['query'], limits: {} } as const;

/**
 * An MCP client of a server. The clock stands, and the fences have a fixed mark, so that answers can be compared
 * with a file.
 *
 * @param clock ns since the epoch
 */
export async function connectAssistant(
  queries: Queries,
  clock: bigint,
  close: () => Promise<void>,
): Promise<Assistant> {
  const { signal } = new AbortController();
  const server = createMcpServer({
    tools: createTools(queries),
    skills: await openSkills(),
    queries,
    now: () => clock,
    principalOf: () => principal,
    instructions: instructions(clock, await queries.holdings({ principal, signal })),
    version: '0',
    log: createLog('silent'),
    mark: () => '123456',
    errorId: () => 'e1',
    elapsed: () => 0,
  });
  const [near, far] = InMemoryTransport.createLinkedPair();
  await server.connect(far);
  const client = new Client({ name: 'answers', version: '0' }, { versionNegotiation: { mode: 'legacy' } });
  await client.connect(near);
  return assistantOf('legacy', client, { endSession: close });
}
