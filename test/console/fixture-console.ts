import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createAuthenticator } from '../../src/access/authenticator.ts';
import { KeyStore } from '../../src/access/key-store.ts';
import type { KeyVerifier } from '../../src/access/key-verifier.ts';
import { LimitError } from '../../src/access/limit-error.ts';
import type { Principal } from '../../src/access/principal.ts';
import { createConsole } from '../../src/console/console.ts';
import type { ConsoleContext, ConsoleTools, ServerFacts } from '../../src/console/endpoint.ts';
import { type ConsoleSessionLimits, ConsoleSessions } from '../../src/console/sessions.ts';
import { SetupLink } from '../../src/console/setup-link.ts';
import { createHostGuard } from '../../src/http/host-guard.ts';
import { createHttpServer } from '../../src/http/http-server.ts';
import { formatAddress } from '../../src/http/listen-address.ts';
import { listen } from '../../src/http/listener.ts';
import type { AuditEvent } from '../../src/observe/audit.ts';
import type { AdminQueries } from '../../src/query/admin-queries.ts';
import { type RawResponse, rawRequest } from '../support/raw-http.ts';

export const start = Date.parse('2026-11-23T12:00:00.000Z');

export interface ConsoleFixture {
  /** `http://127.0.0.1:…` */
  readonly origin: string;
  readonly keys: KeyStore;
  /** Where they are kept. */
  readonly keyFile: string;
  readonly setupLink: SetupLink;
  /** What was logged, one JSON object a line. */
  readonly log: readonly string[];
  /** Calls of tools: name, arguments and who called. */
  readonly calls: { readonly name: string; readonly args: unknown; readonly principal: Principal }[];
  /** Keys can't be checked while it is true. */
  broken: boolean;
  /** Requests that all keys may still send. */
  budget: number;
  /** What was recorded. */
  readonly audited: readonly AuditEvent[];
  /** Answered by `mountedKeys`. */
  mounted: readonly Principal[];
  advance(ms: number): void;
  /** A browser that has not signed in. */
  browser(): Browser;
  /** Makes an admin key and signs in with it. */
  admin(
    input?: Partial<Parameters<KeyStore['create']>[0]>,
  ): Promise<{ browser: Browser; key: string; id: string }>;
  stop(): Promise<void>;
}

export interface FixtureOptions {
  readonly queries?: Partial<AdminQueries>;
  readonly tools?: ConsoleTools;
  readonly server?: Partial<ServerFacts>;
  readonly publicUrl?: string;
  readonly limits?: Partial<ConsoleSessionLimits>;
}

/** The console's API over keys in a temporary folder, on a free port of loopback, from 12:00 on. */
export async function startConsole(options: FixtureOptions = {}): Promise<ConsoleFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'kubesense-test-'));
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) });
  const keys = new KeyStore({ folder, log });
  let at = start;
  let tokens = 0;
  const now = (): Date => new Date(at);
  const newToken = (): string => `token-${++tokens}`;
  const setupLink = new SetupLink({ now, newToken });
  const calls: ConsoleFixture['calls'] = [];
  const audited: AuditEvent[] = [];
  const state = { broken: false, budget: Number.POSITIVE_INFINITY, mounted: [] as readonly Principal[] };
  const verifier: KeyVerifier = {
    verify(key, now) {
      if (state.broken) throw new Error('the keys are away, in /var/secret');
      return keys.verify(key, now);
    },
    recordUse: (id, now) => keys.recordUse(id, now),
  };
  const context: ConsoleContext = {
    authenticator: createAuthenticator(verifier, log),
    sessions: new ConsoleSessions({ now, newToken, ...(options.limits && { limits: options.limits }) }),
    setupLink,
    keys,
    mountedKeys: async () => state.mounted,
    hasPlatform: false,
    queries: {
      storeStatus: async () => [],
      scopeValues: async () => [],
      auditRecords: async () => ({ records: [], hasMore: false }),
      ...options.queries,
    },
    tools: options.tools ?? {
      list: [
        { name: 'search-logs', title: 'Search logs', description: 'Finds.', inputSchema: { type: 'object' } },
      ],
      async call(name, args, { principal }) {
        if (name !== 'search-logs') return undefined;
        calls.push({ name, args, principal });
        return { isError: false, text: 'one row' };
      },
    },
    server: {
      version: '1.2.3',
      startedAt: new Date(start),
      storeKind: 'embedded',
      metrics: 'own',
      retention: 604_800,
      storeReady: async () => true,
      connections: () => ({
        url: 'http://127.0.0.1:3939',
        otlpHttpUrl: 'http://127.0.0.1:4318',
        otlpGrpcUrl: undefined,
        takesRemoteWrite: true,
        ingestNeedsKey: false,
      }),
      sessions: () => ({ open: 1, max: 10 }),
      toolActivity: () => [],
      ...options.server,
    },
    audit: { record: (event) => void audited.push(event) },
    budget: {
      take(keyId) {
        if (state.budget-- > 0) return;
        throw new LimitError('key_requests_per_minute', `The key ${keyId} has sent too many.`, 7);
      },
    },
    log,
    now,
    elapsed: () => at,
  };
  const guard = createHostGuard({ listenHost: '127.0.0.1' });
  const publicUrl = options.publicUrl === undefined ? undefined : new URL(options.publicUrl);
  const handler = createConsole({ ...context, guard, publicUrl });
  const listener = await listen(createHttpServer(handler, log), 'TEST', { host: '127.0.0.1', port: 0 });
  const origin = `http://${formatAddress(listener.address)}`;

  return Object.assign(state, {
    origin,
    keys,
    keyFile: join(folder, 'keys.json'),
    setupLink,
    log: lines,
    audited,
    calls,
    advance(ms: number) {
      at += ms;
    },
    browser: () => new Browser(origin),
    async admin(input: Partial<Parameters<KeyStore['create']>[0]> = {}) {
      const { key, record } = await keys.create({ name: 'admin', roles: ['admin'], ...input }, now());
      const browser = new Browser(origin);
      const { status, body } = await browser.post('/session', { key });
      if (status !== 200) throw new Error(`it can't sign in: ${status} ${body}`);
      return { browser, key, id: record.id };
    },
    async stop() {
      await listener.close(0);
      await keys.close();
      await rm(folder, { recursive: true });
    },
  });
}

export interface ConsoleResponse extends RawResponse {
  /** The parsed body; undefined where there is none. */
  readonly json: unknown;
}

/** Asks as the console's pages do: same origin, cookie, CSRF token. */
export class Browser {
  cookie: string | undefined;
  csrfToken: string | undefined;
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Headers given replace those of pages; '' takes one away. */
  async request(
    method: string,
    path: string,
    { body, headers = {} }: { body?: string | undefined; headers?: Readonly<Record<string, string>> } = {},
  ): Promise<ConsoleResponse> {
    const all = {
      ...(this.cookie !== undefined && { cookie: this.cookie }),
      ...(this.csrfToken !== undefined && { 'x-csrf-token': this.csrfToken }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(method !== 'GET' && { origin: this.#origin }),
      ...headers,
    };
    const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
    const url = new URL(`/api/console${path}`, this.#origin);
    const response = await rawRequest(url, { method, headers: sent, ...(body !== undefined && { body }) });
    const [cookie] = response.headers['set-cookie'] ?? [];
    if (cookie !== undefined) this.cookie = /Max-Age=0/.test(cookie) ? undefined : cookie.split(';')[0];
    const json: unknown = response.body === '' ? undefined : JSON.parse(response.body);
    if (typeof json === 'object' && json !== null && 'csrf_token' in json) {
      this.csrfToken = String(json.csrf_token);
    }
    return { ...response, json };
  }

  get(path: string): Promise<ConsoleResponse> {
    return this.request('GET', path);
  }

  post(path: string, body: unknown): Promise<ConsoleResponse> {
    return this.request('POST', path, { body: JSON.stringify(body) });
  }

  delete(path: string): Promise<ConsoleResponse> {
    return this.request('DELETE', path);
  }
}
