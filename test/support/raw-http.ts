import { type IncomingHttpHeaders, request } from 'node:http';

export interface RawResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface RawRequest {
  readonly method?: string;
  /** Sent as they are, `host` included, which `fetch` does not allow. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** One HTTP request, with the headers as given. A server that hangs up before it answers is an error. */
export function rawRequest(
  url: URL,
  { method = 'GET', headers = {}, body }: RawRequest = {},
): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const mcpHeaders = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

/** An `initialize` request as clients of the older protocols send it. */
export const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
};

/** Posts one JSON-RPC message to `/mcp` with the usual headers; `headers` are added or replace them. */
export function postMcp(
  url: URL,
  message: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawResponse> {
  const body = typeof message === 'string' ? message : JSON.stringify(message);
  return rawRequest(url, { method: 'POST', headers: { ...mcpHeaders, ...headers }, body });
}

export const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** Opens a session of the older protocols and gives its id. */
export async function openSession(url: URL, key: string): Promise<string> {
  const { status, headers, body } = await postMcp(url, initialize, bearer(key));
  const id = headers['mcp-session-id'];
  if (status !== 200 || typeof id !== 'string') throw new Error(`initialize: ${status} ${body}`);
  await postMcp(
    url,
    { jsonrpc: '2.0', method: 'notifications/initialized' },
    { ...bearer(key), 'mcp-session-id': id },
  );
  return id;
}
