import { randomUUID } from 'node:crypto';
import type { AuthInfo, McpServer } from '@modelcontextprotocol/server';
import { isInitializeRequest, WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';
import { HttpError } from '../http/http-error.ts';
import type { Logger } from '../observe/log.ts';

export interface SessionLimits {
  /** A session without requests and without an open event stream ends after this time, ms. */
  readonly idleMs: number;
  /** One whose event stream dropped, and that has sent nothing since, ends after this time, ms. */
  readonly droppedStreamMs: number;
  readonly maxSessions: number;
  readonly maxSessionsPerKey: number;
}

export interface SessionsOptions {
  readonly limits: SessionLimits;
  /** Makes the server of a new session, not connected yet. */
  readonly createServer: (authInfo: AuthInfo) => McpServer | Promise<McpServer>;
  readonly log: Logger;
  /** Epoch ms. */
  readonly now: () => number;
}

/** An authenticated request for a session. */
export interface SessionRequest {
  /** Without its body and its `Authorization`. */
  readonly request: Request;
  /** The parsed body of a POST. */
  readonly body: unknown;
  readonly keyId: string;
  /** The `Authorization` header, with which the key is checked again while the session lasts. */
  readonly authorization: string;
  readonly authInfo: AuthInfo;
  /** Settles when the response is through, or the client has gone. */
  readonly closed: Promise<void>;
}

interface Session {
  readonly id: string;
  readonly keyId: string;
  readonly authorization: string;
  readonly transport: WebStandardStreamableHTTPServerTransport;
  /** When the last request came or ended, epoch ms. */
  lastSeen: number;
  /** Requests that are being answered, the event stream apart. */
  running: number;
  /** Open event streams: one at most, and for an instant two, while a client reconnects. */
  streams: number;
  /** The event stream closed, and no request has come since. */
  dropped: boolean;
}

/**
 * Sessions of the protocol versions that have them (up to 2025-11-25), in memory.
 *
 * Most clients never end a session, so a session ends by itself when nobody uses it. An open event
 * stream counts as use: its client is there, and may be one that can't start anew.
 *
 * A key that is at its cap loses its longest idle session for the new one, as clients that forget their
 * sessions would lock their key out otherwise. It gets 429 where all of them are in use. No key ever costs
 * another one a session: at the cap of all sessions, a key that has no idle one to lose gets 503.
 */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #sessions = new Map<string, Session>();
  /** Sessions that are being made, by key. */
  readonly #opening = new Map<string, number>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#sessions.size;
  }

  /** The `Authorization` headers whose keys the open sessions depend on. */
  authorizations(): ReadonlySet<string> {
    return new Set([...this.#sessions.values()].map((session) => session.authorization));
  }

  /**
   * Answers a request of a session, or one that starts a session.
   *
   * @throws HttpError 404 unknown session or another key's, 400 no session named, 429 and 503 at the caps
   */
  async handle(incoming: SessionRequest): Promise<Response> {
    const id = incoming.request.headers.get('mcp-session-id');
    if (id !== null) {
      const session = this.#sessions.get(id);
      // The same answer for both, so that nobody learns which sessions there are.
      if (session === undefined || session.keyId !== incoming.keyId) {
        throw new HttpError(404, 'Session not found. Start a new one with initialize.');
      }
      return this.#serve(session, incoming);
    }
    if (incoming.request.method === 'POST' && isInitializeRequest(incoming.body)) return this.#open(incoming);
    throw new HttpError(
      400,
      'The header Mcp-Session-Id is missing. Start a session with initialize, or send requests of protocol version 2026-07-28, which has none.',
    );
  }

  async #open(incoming: SessionRequest): Promise<Response> {
    const { keyId } = incoming;
    this.#makeRoom(keyId);
    this.#opening.set(keyId, this.#openingOf(keyId) + 1);
    try {
      const transport: WebStandardStreamableHTTPServerTransport =
        new WebStandardStreamableHTTPServerTransport({
          sessionIdGenerator: randomUUID,
          onsessioninitialized: (id) => this.#add(id, transport, incoming),
        });
      transport.onclose = () => this.#remove(transport.sessionId);
      const server = await this.#options.createServer(incoming.authInfo);
      await server.connect(transport);
      const response = await transport.handleRequest(incoming.request, {
        authInfo: incoming.authInfo,
        parsedBody: incoming.body,
      });
      // Refused before there was a session, for its Accept header for example.
      if (transport.sessionId === undefined) await transport.close();
      return response;
    } finally {
      const left = this.#openingOf(keyId) - 1;
      if (left === 0) this.#opening.delete(keyId);
      else this.#opening.set(keyId, left);
    }
  }

  #add(id: string, transport: WebStandardStreamableHTTPServerTransport, incoming: SessionRequest): void {
    const { keyId, authorization } = incoming;
    const session: Session = {
      id,
      keyId,
      authorization,
      transport,
      lastSeen: this.#options.now(),
      running: 0,
      streams: 0,
      dropped: false,
    };
    this.#sessions.set(id, session);
    this.#trackCall(session, incoming);
    this.#options.log.debug({ session: id, key: keyId }, 'session opened');
  }

  #remove(id: string | undefined): void {
    if (id === undefined || !this.#sessions.delete(id)) return;
    this.#options.log.debug({ session: id }, 'session closed');
  }

  async #serve(session: Session, incoming: SessionRequest): Promise<Response> {
    const { request, authInfo, body } = incoming;
    session.dropped = false;
    session.lastSeen = this.#options.now();
    if (request.method === 'POST') this.#trackCall(session, incoming);
    const response = await session.transport.handleRequest(request, {
      authInfo,
      ...(request.method === 'POST' && { parsedBody: body }),
    });
    if (request.method === 'GET' && response.ok) this.#trackStream(session, incoming);
    return response;
  }

  #trackCall(session: Session, { closed }: SessionRequest): void {
    session.running += 1;
    void closed.then(() => {
      session.running -= 1;
      session.lastSeen = this.#options.now();
    });
  }

  #trackStream(session: Session, { closed }: SessionRequest): void {
    session.streams += 1;
    void closed.then(() => {
      session.streams -= 1;
      session.lastSeen = this.#options.now();
      session.dropped = session.streams === 0;
    });
  }

  /** @throws HttpError */
  #makeRoom(keyId: string): void {
    const { maxSessions, maxSessionsPerKey } = this.#options.limits;
    const own = [...this.#sessions.values()].filter((session) => session.keyId === keyId);
    const opening = [...this.#opening.values()].reduce((sum, count) => sum + count, 0);
    const keyIsFull = own.length + this.#openingOf(keyId) >= maxSessionsPerKey;
    if (!keyIsFull && this.#sessions.size + opening < maxSessions) return;
    const longestIdle = own.filter((session) => !isInUse(session)).sort((a, b) => a.lastSeen - b.lastSeen)[0];
    if (longestIdle !== undefined) {
      this.#options.log.info({ session: longestIdle.id, key: keyId }, 'session ended for a newer one');
      void longestIdle.transport.close();
    } else if (keyIsFull) {
      throw new HttpError(
        429,
        `This key has ${maxSessionsPerKey} sessions that are all in use, and may have no more. End one with DELETE, or use protocol version 2026-07-28, which needs none.`,
        { 'Retry-After': '10' },
      );
    } else {
      throw new HttpError(
        503,
        `The server has ${maxSessions} sessions, and takes no more. Try again later, or use protocol version 2026-07-28, which needs none.`,
        { 'Retry-After': '30' },
      );
    }
  }

  #openingOf(keyId: string): number {
    return this.#opening.get(keyId) ?? 0;
  }

  /** Ends the sessions that nobody uses. */
  async endIdle(): Promise<void> {
    const { idleMs, droppedStreamMs } = this.#options.limits;
    const now = this.#options.now();
    await this.#end((session) => {
      if (isInUse(session)) return false;
      return now - session.lastSeen >= (session.dropped ? Math.min(droppedStreamMs, idleMs) : idleMs);
    });
  }

  /** Ends the sessions of a key, with their streams and running calls. */
  async endOf(authorization: string): Promise<void> {
    await this.#end((session) => session.authorization === authorization);
  }

  async endAll(): Promise<void> {
    await this.#end(() => true);
  }

  async #end(which: (session: Session) => boolean): Promise<void> {
    const ended = [...this.#sessions.values()].filter(which);
    await Promise.all(ended.map((session) => session.transport.close()));
  }
}

/** It answers a request, or has an event stream open. */
function isInUse(session: Session): boolean {
  return session.running > 0 || session.streams > 0;
}
