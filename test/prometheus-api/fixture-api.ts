import { pino } from 'pino';
import { createAuthenticator } from '../../src/access/authenticator.ts';
import { createHostGuard } from '../../src/http/host-guard.ts';
import { createHttpServer } from '../../src/http/http-server.ts';
import { formatAddress } from '../../src/http/listen-address.ts';
import { listen } from '../../src/http/listener.ts';
import type { EndpointContext } from '../../src/prometheus-api/endpoint.ts';
import { createPrometheusApi, type PrometheusApiOptions } from '../../src/prometheus-api/prometheus-api.ts';
import { FixtureKeys } from '../mcp/fixture-endpoint.ts';

export interface ApiResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface FixtureApi {
  /** Ends before `/query`. */
  readonly url: string;
  readonly keys: FixtureKeys;
  /** What was logged, one JSON object a line. */
  readonly log: readonly string[];
  /** A request with the key `reader`, unless the headers say otherwise. */
  request(path: string, init?: RequestInit): Promise<ApiResponse>;
  /** A GET; parameters may repeat. */
  get(path: string, parameters?: Readonly<Record<string, string | readonly string[]>>): Promise<ApiResponse>;
  stop(): Promise<void>;
}

/** Prometheus' API over these questions, on a free port of loopback, at 2026-11-23T08:00:00Z. */
export async function startFixtureApi(
  queries: EndpointContext['queries'],
  more: Pick<PrometheusApiOptions, 'budget' | 'audit'> = {},
): Promise<FixtureApi> {
  const keys = new FixtureKeys();
  keys.add('reader');
  const lines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(line) });
  const handler = createPrometheusApi({
    queries,
    authenticator: createAuthenticator(keys, log),
    guard: createHostGuard({ listenHost: '127.0.0.1' }),
    log,
    now: () => Date.UTC(2026, 10, 23, 8),
    version: '1.2.3',
    ...more,
  });
  const listener = await listen(createHttpServer(handler, log), 'TEST', { host: '127.0.0.1', port: 0 });
  const base = `http://${formatAddress(listener.address)}/api/v1`;

  async function request(path: string, init: RequestInit = {}): Promise<ApiResponse> {
    const headers = { authorization: 'Bearer reader', ...init.headers };
    const response = await fetch(base + path, { ...init, headers });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  return {
    url: base,
    keys,
    log: lines,
    request,
    get(path, parameters = {}) {
      const search = new URLSearchParams();
      for (const [name, values] of Object.entries(parameters)) {
        for (const value of [values].flat()) search.append(name, value);
      }
      return request(`${path}?${search}`);
    },
    stop: () => listener.close(0),
  };
}
