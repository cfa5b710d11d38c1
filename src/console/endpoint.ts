import type { IncomingMessage } from 'node:http';
import type { Authenticator } from '../access/authenticator.ts';
import type { KeyStore } from '../access/key-store.ts';
import type { Principal } from '../access/principal.ts';
import type { RequestBudget } from '../access/request-budget.ts';
import type { ClientAddress } from '../http/client-address.ts';
import type { Audit } from '../observe/audit.ts';
import type { Logger } from '../observe/log.ts';
import type { ToolCallSummary } from '../observe/tool-call-ring.ts';
import type { AdminQueries } from '../query/admin-queries.ts';
import type { ConsoleSession, ConsoleSessions } from './sessions.ts';
import type { SetupLink } from './setup-link.ts';

/** A tool as the console shows it. */
export interface ConsoleTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

/** The tools, called as an assistant calls them. */
export interface ConsoleTools {
  readonly list: readonly ConsoleTool[];
  /** What an assistant would read; undefined for a tool that there is not. */
  call(
    name: string,
    args: unknown,
    call: { readonly principal: Principal; readonly signal: AbortSignal },
  ): Promise<{ readonly isError: boolean; readonly text: string } | undefined>;
}

/** Where the server is reached. */
export interface Connections {
  /** Of the main listener, or its public URL; without a `/` at the end. */
  readonly url: string;
  /** Of the listener for OTLP/HTTP and remote write; undefined where it is off. */
  readonly otlpHttpUrl: string | undefined;
  readonly otlpGrpcUrl: string | undefined;
  /** Whether metrics are stored here, so that remote write is taken. */
  readonly takesRemoteWrite: boolean;
  readonly ingestNeedsKey: boolean;
}

/** What is known of the server that runs. */
export interface ServerFacts {
  readonly version: string;
  readonly startedAt: Date;
  readonly storeKind: 'embedded' | 'clickhouse';
  /** Where metrics are asked of. */
  readonly metrics: 'own' | 'prometheus';
  /** Seconds that a record is kept; undefined where others decide that. */
  readonly retention: number | undefined;
  storeReady(): Promise<boolean>;
  connections(): Connections;
  /** Sessions of MCP. */
  sessions(): { readonly open: number; readonly max: number };
  /** Tool calls of the last hour. */
  toolActivity(): readonly ToolCallSummary[];
}

/** What endpoints answer from. */
export interface ConsoleContext {
  readonly authenticator: Authenticator;
  /** Failed logins are slowed by it; they are not where it is absent. */
  readonly clientAddress?: ClientAddress | undefined;
  readonly sessions: ConsoleSessions;
  readonly setupLink: SetupLink;
  readonly keys: Pick<KeyStore, 'create' | 'list' | 'revoke'>;
  /** Keys that come from elsewhere and can't be changed here. */
  readonly mountedKeys?: ((now: Date) => Promise<readonly Principal[]>) | undefined;
  /** Whether keys are checked against a platform too, which has a list of its own. */
  readonly hasPlatform: boolean;
  readonly queries: AdminQueries;
  readonly tools: ConsoleTools;
  readonly server: ServerFacts;
  /** Who did what to keys. */
  readonly audit: Audit;
  /** The requests that each key may send. Calls of tools are counted where they are made. */
  readonly budget: Pick<RequestBudget, 'take'>;
  readonly log: Logger;
  readonly now: () => Date;
  /** A clock for durations, in ms. */
  readonly elapsed: () => number;
}

/** Who is signed in: what the key may do now, not what it could when the session began. */
export interface SignedIn {
  readonly sessionId: string;
  readonly session: ConsoleSession;
  readonly principal: Principal;
}

export interface ConsoleRequest {
  readonly incoming: IncomingMessage;
  /** What stands for `*` in the path of the route, decoded. */
  readonly name: string;
  /** The text after the `?`. */
  readonly query: string;
  /** Whether the person's connection is encrypted. */
  readonly isSecure: boolean;
  /** Aborted when the client goes. */
  readonly signal: AbortSignal;
}

/** Rejects with what `toConsoleError` understands. */
export type Endpoint = (context: ConsoleContext, request: ConsoleRequest, by: SignedIn) => Promise<Reply>;

/** An endpoint that answers whoever is not signed in, too. */
export type OpenEndpoint = (
  context: ConsoleContext,
  request: ConsoleRequest,
  by: SignedIn | undefined,
) => Promise<Reply>;

export interface Reply {
  readonly status: number;
  /** Goes out as JSON. */
  readonly body?: unknown;
  /** What was asked, for the audit record; never a secret. */
  readonly asked?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}
