import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { startOurs } from '../promql/servers.mjs';

const sender = fileURLToPath(new URL('../../../shared/tools/send-otlp.mjs', import.meta.url));

/** A server of its own with a recording in it, asked through its tool. */
export async function startProduct(folder) {
  const server = await startOurs();
  try {
    const sent = spawnSync(process.execPath, [sender, folder, new URL(server.writeUrl).origin], {
      encoding: 'utf8',
    });
    if (sent.status !== 0) throw new Error(`the recording was not taken: ${sent.stderr}`);
    const client = new Client({ name: 'bench', version: '1' }, { versionNegotiation: { mode: 'legacy' } });
    const transport = new StreamableHTTPClientTransport(new URL('/mcp', server.url), {
      requestInit: { headers: server.headers },
    });
    await client.connect(transport);
    return {
      /** What compare-windows answers, times in ms since the epoch; without a baseline it chooses one. */
      async ask([from, to], baseline) {
        const [from_time, to_time] = [from, to].map(iso);
        const chosen =
          baseline === undefined ? {} : { baseline_from: iso(baseline[0]), baseline_to: iso(baseline[1]) };
        const { content, isError } = await client.callTool({
          name: 'compare-windows',
          arguments: { from_time, to_time, ...chosen, format: 'json', max_tokens: 25_000 },
        });
        if (isError) throw new Error(content[0].text);
        return JSON.parse(content[0].text);
      },
      async stop() {
        await client.close();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

const iso = (ms) => new Date(ms).toISOString();
