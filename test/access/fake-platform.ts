import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from '../../src/http/listener.ts';

/** What goes wrong with a platform. */
export type Fault =
  | 'garbage'
  | 'huge'
  | 'error'
  | 'redirect'
  | 'hang'
  | 'hang-in-body'
  | 'close'
  | 'close-in-body';

export interface FakePlatform {
  readonly url: URL;
  /** The answer to each key, as an object or as text; 401 for others. */
  readonly keys: Map<string, unknown>;
  fault: Fault | undefined;
  /** Status of what is no fault and no 401. */
  status: number;
  /** The requests so far: `METHOD path key`. */
  readonly requests: string[];
  /** Requests are held until it resolves. */
  hold: Promise<void>;
  close(): Promise<void>;
}

/** A platform that checks keys, on a port of loopback. */
export async function startFakePlatform(): Promise<FakePlatform> {
  const server = createServer((request, response) => void answer(request, response));
  const { address, close } = await listen(server, 'fake platform', { host: '127.0.0.1', port: 0 });
  const platform: FakePlatform = {
    url: new URL(`http://127.0.0.1:${address.port}/v1/check-key`),
    keys: new Map(),
    fault: undefined,
    status: 200,
    requests: [],
    hold: Promise.resolve(),
    close: () => close(0),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const key = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
    platform.requests.push(`${request.method} ${request.url} ${key}`);
    await platform.hold;
    if (platform.fault !== undefined) return fail(platform.fault, response);
    const known = platform.keys.get(key);
    if (known === undefined) return void response.writeHead(401).end();
    response.writeHead(platform.status, { 'Content-Type': 'application/json' });
    response.end(typeof known === 'string' || Buffer.isBuffer(known) ? known : JSON.stringify(known));
  }

  function fail(fault: Fault, response: ServerResponse): void {
    switch (fault) {
      case 'garbage':
        return void response.end('<html>{"name": "x"}');
      case 'huge':
        response.writeHead(200);
        response.write('{"name": "');
        return void response.end('x'.repeat(4 << 20));
      case 'error':
        return void response.writeHead(500).end('{"name": "x", "roles": ["admin"], "limits": {}}');
      case 'redirect':
        return void response.writeHead(307, { Location: new URL('/elsewhere', platform.url).href }).end();
      case 'hang':
        return;
      case 'hang-in-body':
        response.writeHead(200);
        return void response.write('{"name": ');
      case 'close':
        return void response.destroy();
      case 'close-in-body':
        response.writeHead(200, { 'Content-Length': 1000 });
        return void response.write('{"name": "x"', () => response.destroy());
    }
  }

  return platform;
}
