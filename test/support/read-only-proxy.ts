import { once } from 'node:events';
import { createServer, request as send } from 'node:http';

/**
 * How a ClickHouse server answers credentials that may only read, in front of an engine that has one user
 * for everything. With `settings: false` it is `readonly = 1`: a query may not bring settings either.
 */
export async function startReadOnlyProxy(
  target: URL,
  { settings }: { readonly settings: boolean },
): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', target);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const statement = url.searchParams.get('query') ?? body.toString();
      const isRead = /^\s*(SELECT|WITH|SHOW|DESCRIBE)\b/i.test(statement) || url.pathname === '/ping';
      const brings = ['max_execution_time', 'max_memory_usage', 'priority', 'max_rows_to_read'];
      const refused = !isRead
        ? 'Code: 497. DB::Exception: reader: Not enough privileges. (ACCESS_DENIED)'
        : !settings && brings.some((name) => url.searchParams.has(name))
          ? "Code: 164. DB::Exception: Cannot modify 'max_execution_time' setting in readonly mode. (READONLY)"
          : undefined;
      if (refused !== undefined) {
        response.writeHead(403, { 'X-ClickHouse-Exception-Code': /\d+/.exec(refused)?.[0] ?? '' });
        response.end(refused);
        return;
      }
      const { method, headers } = request;
      const up = send(url, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      up.on('error', () => response.destroy());
      up.end(body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
