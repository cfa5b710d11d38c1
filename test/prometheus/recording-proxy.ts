import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { z } from 'zod';

const exchange = z.object({
  method: z.string(),
  path: z.string(),
  /** The form or the query string. */
  params: z.string(),
  status: z.number(),
  body: z.string(),
});
/** Requests to a store and its answers. */
export const recording = z.array(exchange);
export type Exchange = z.output<typeof exchange>;

export interface HttpStore {
  readonly url: URL;
  close(): Promise<void>;
}

type Request = Pick<Exchange, 'method' | 'path' | 'params'>;

/** Passes requests on to a store, and hands each exchange to `record`. */
export function startRecorder(target: URL, record: (exchange: Exchange) => void): Promise<HttpStore> {
  return serve(async (request) => {
    const { method, path, params } = request;
    const isGet = method === 'GET';
    const response = await fetch(new URL(isGet ? `${path}?${params}` : path, target), {
      method,
      ...(!isGet && { body: params, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }),
    });
    const answer = { ...request, status: response.status, body: await response.text() };
    record(answer);
    return answer;
  });
}

/**
 * Answers each request with what was recorded for it. One that was not recorded is an error 500, and fails
 * `close` too, as not every error of a store reaches a test.
 */
export async function startReplay(exchanges: readonly Exchange[]): Promise<HttpStore> {
  const byRequest = new Map(exchanges.map((recorded) => [keyOf(recorded), recorded]));
  const missing: string[] = [];
  const { url, close } = await serve(async (request) => {
    const recorded = byRequest.get(keyOf(request));
    if (recorded !== undefined) return recorded;
    missing.push(keyOf(request));
    return { status: 500, body: `not recorded: ${keyOf(request)}` };
  });
  return {
    url,
    async close() {
      await close();
      if (missing.length === 0) return;
      throw new Error(
        `Not recorded (KUBESENSE_TEST_PROMETHEUS_RECORD=1 npm run test:prometheus):\n${missing.join('\n')}`,
      );
    },
  };
}

export const keyOf = ({ method, path, params }: Request): string => `${method} ${path} ${params}`;

async function serve(
  answer: (request: Request) => Promise<Pick<Exchange, 'status' | 'body'>>,
): Promise<HttpStore> {
  const server = createServer(async (incoming, response) => {
    try {
      const { status, body } = await answer(await readRequest(incoming));
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
    } catch (error) {
      response.writeHead(502).end(String(error));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: new URL(`http://127.0.0.1:${portOf(server)}`), close: () => closed(server) };
}

async function readRequest(incoming: IncomingMessage): Promise<Request> {
  const { method = '', url = '' } = incoming;
  const { pathname, searchParams } = new URL(url, 'http://store');
  const body = Buffer.concat(await incoming.toArray()).toString('utf8');
  return { method, path: pathname, params: method === 'GET' ? searchParams.toString() : body };
}

export function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return address.port;
}

async function closed(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}
