import type { Socket } from 'node:net';
import { pino } from 'pino';
import { createAuthenticator } from '../../src/access/authenticator.ts';
import type { KeyVerifier } from '../../src/access/key-verifier.ts';
import type { Limits, Principal, Role } from '../../src/access/principal.ts';
import { createHostGuard } from '../../src/http/host-guard.ts';
import { createHttpServer } from '../../src/http/http-server.ts';
import { formatAddress } from '../../src/http/listen-address.ts';
import { type Listener, listen } from '../../src/http/listener.ts';
import { createMcpEndpoint, type EndpointLimits, type McpEndpoint } from '../../src/mcp/endpoint.ts';
import { FixtureEvents, fixtureServer } from './fixture-server.ts';

/** Keys in memory: any token is valid while it is in the map. */
export class FixtureKeys implements KeyVerifier {
  readonly #principals = new Map<string, Principal>();
  readonly used: string[] = [];
  broken = false;

  add(token: string, options: { roles?: Role[]; expiresAt?: Date; limits?: Limits } = {}): string {
    const { roles = ['query'], expiresAt, limits = {} } = options;
    const principal = { keyId: `id-${token}`, name: `name-${token}`, roles, limits };
    this.#principals.set(token, { ...principal, ...(expiresAt && { expiresAt }) });
    return token;
  }

  remove(token: string): void {
    this.#principals.delete(token);
  }

  async verify(token: string, now: Date): Promise<Principal | undefined> {
    if (this.broken) throw new Error('keys.json is broken in /var/secret');
    const principal = this.#principals.get(token);
    return principal?.expiresAt !== undefined && now >= principal.expiresAt ? undefined : principal;
  }

  recordUse(id: string): void {
    this.used.push(id);
  }
}

export interface FixtureEndpoint {
  readonly url: URL;
  readonly keys: FixtureKeys;
  readonly events: FixtureEvents;
  readonly endpoint: McpEndpoint;
  readonly listener: Listener;
  /** What was logged, one JSON object a line. */
  readonly log: readonly string[];
  /** Moves the endpoint's clock, and lets it look after its sessions. */
  advance(ms: number): void;
  /** Connections that the server sees as open. */
  openConnections(): number;
  stop(): Promise<void>;
}

/** Serves the fixture on a free port of loopback, with two keys: `alice` and `bob`. */
export async function startFixture(limits: Partial<EndpointLimits> = {}): Promise<FixtureEndpoint> {
  const keys = new FixtureKeys();
  keys.add('alice');
  keys.add('bob');
  const events = new FixtureEvents();
  const lines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line) => lines.push(line) });
  let at = Date.parse('2026-11-23T12:00:00Z');
  const sweeps = new Set<() => void>();

  const endpoint = createMcpEndpoint({
    createServer: fixtureServer(events),
    authenticator: createAuthenticator(keys, log),
    guard: createHostGuard({ listenHost: '127.0.0.1' }),
    log,
    limits,
    now: () => new Date(at),
    every: (_, run) => {
      sweeps.add(run);
      return () => sweeps.delete(run);
    },
  });
  const server = createHttpServer((request, response) => endpoint.handle(request, response), log);
  const connections = new Set<Socket>();
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  const listener = await listen(server, 'LISTEN', { host: '127.0.0.1', port: 0 });
  return {
    url: new URL(`http://${formatAddress(listener.address)}/mcp`),
    keys,
    events,
    endpoint,
    listener,
    log: lines,
    advance(ms) {
      at += ms;
      for (const sweep of sweeps) sweep();
    },
    openConnections: () => connections.size,
    async stop() {
      await Promise.all([listener.close(0), endpoint.close(0)]);
    },
  };
}
