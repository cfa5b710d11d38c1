import { once } from 'node:events';
import { createServer, request } from 'node:http';

export interface AuthProxy {
  readonly url: URL;
  close(): void;
}

/**
 * Passes requests on with a key added where they have none: for clients that can't send a header. All
 * else stays as it is, Host and Origin included, so that what checks those can be tested through it.
 */
export async function startAuthProxy(target: URL, key: string): Promise<AuthProxy> {
  const server = createServer((incoming, response) => {
    const headers = { ...incoming.headers, authorization: incoming.headers.authorization ?? `Bearer ${key}` };
    const { method = 'GET', url = '/' } = incoming;
    const { hostname, port } = target;
    const passed = request({ hostname, port, method, path: url, headers, setHost: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      response.flushHeaders();
      answer.on('error', () => response.destroy());
      answer.pipe(response);
    });
    passed.on('error', () => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end();
    });
    response.on('close', () => passed.destroy());
    incoming.pipe(passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the proxy has no port');
  return {
    url: new URL(target.pathname, `http://127.0.0.1:${address.port}`),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
