import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { exceptions } from './exception.ts';
import { flagSetting, numberSetting, type Settings } from './settings.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** What the URL and the headers of a request say. */
export interface QueryRequest {
  /** The query, or its first part; the body follows it. */
  readonly query: string;
  readonly queryId: string;
  readonly database: string | undefined;
  /** The format of a result whose query names none. */
  readonly defaultFormat: string;
  /** Values of `{name:Type}`, as text in ClickHouse's escaped form. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly settings: Settings;
  /** `priority=1`: a query that is known to be cheap. It may use the lane that is kept for those. */
  readonly cheap: boolean;
  /** How long it may wait for a lane, in milliseconds. */
  readonly waitMs: number;
  /** Nothing is answered before all is known. */
  readonly wholeResult: boolean;
  readonly readonly: boolean;
}

/** Names in the URL that are no settings. */
const reserved = new Set([
  'query',
  'query_id',
  'database',
  'default_format',
  'user',
  'password',
  'priority',
  'queue_max_wait_ms',
  'wait_end_of_query',
]);

/** A session would have to outlive its request, and compression is of no use on loopback. */
const refused = new Set(['session_id', 'session_timeout', 'session_check', 'compress', 'decompress']);

const parameterName = /^[A-Za-z_][A-Za-z0-9_]*$/;
const queryIdForm = /^[\w.:-]{1,200}$/;
const longestWaitMs = 60_000;
const defaultWaitMs = 10_000;

/** @throws QueryException */
export function parseRequest(message: IncomingMessage, url: URL): QueryRequest {
  const settings = new Map<string, string>();
  const parameters = new Map<string, string>();
  for (const [name, value] of url.searchParams) {
    if (name.startsWith('param_')) parameters.set(checkedParameter(name.slice('param_'.length)), value);
    else if (refused.has(name)) refuse(name, value);
    else if (!reserved.has(name)) settings.set(name, value);
  }
  const controls = url.searchParams;
  const given: Settings = new Map(controls);
  const queryId = controls.get('query_id') ?? '';
  return {
    query: controls.get('query') ?? '',
    queryId: queryIdForm.test(queryId) ? queryId : randomUUID(),
    database: controls.get('database') ?? header(message, 'x-clickhouse-database'),
    defaultFormat: controls.get('default_format') ?? header(message, 'x-clickhouse-format') ?? 'TabSeparated',
    parameters,
    settings,
    cheap: controls.get('priority') === '1',
    waitMs: Math.min(numberSetting(given, 'queue_max_wait_ms', defaultWaitMs), longestWaitMs),
    wholeResult: flagSetting(given, 'wait_end_of_query'),
    readonly: message.method === 'GET' || flagSetting(given, 'readonly'),
  };
}

function checkedParameter(name: string): string {
  if (parameterName.test(name)) return name;
  throw exceptions.badArguments(`'${name.slice(0, 100)}' can't be the name of a query parameter`);
}

function refuse(name: string, value: string): void {
  if (value === '0' || value === '') return;
  throw exceptions.notImplemented(`The embedded engine does not take '${name}'`);
}

function header(message: IncomingMessage, name: string): string | undefined {
  const value = message.headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * Checks user and password: Basic authentication, the headers `X-ClickHouse-User` and `X-ClickHouse-Key`, or
 * `user` and `password` in the URL. How long it takes tells nothing about either.
 *
 * @throws QueryException AUTHENTICATION_FAILED
 */
export function authenticate(message: IncomingMessage, url: URL, expected: Credentials): void {
  const { username, password } = sentCredentials(message, url);
  const known = sameText(username, expected.username);
  const matches = sameText(password, expected.password);
  if (!(known && matches)) {
    throw exceptions.authenticationFailed(
      'Authentication failed: password is incorrect, or there is no user with such name.',
    );
  }
}

function sentCredentials(message: IncomingMessage, url: URL): Credentials {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(message.headers.authorization ?? '')?.[1];
  if (basic !== undefined) {
    const decoded = Buffer.from(basic, 'base64').toString('utf8');
    const colon = decoded.indexOf(':');
    if (colon !== -1) return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
  }
  return {
    username: header(message, 'x-clickhouse-user') ?? url.searchParams.get('user') ?? '',
    password: header(message, 'x-clickhouse-key') ?? url.searchParams.get('password') ?? '',
  };
}

/** Compares digests, which have one length whatever was sent. */
function sameText(sent: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(sent), digest(expected));
}
