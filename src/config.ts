import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseHeaders } from './http/header-list.ts';
import { parseListenAddress } from './http/listen-address.ts';
import { logLevels } from './observe/log.ts';
import { nearest } from './telemetry/nearest.ts';

/** A setting has a value that can't be used. The message names the setting, what it got and what it takes. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** A duration such as `30s`, `12h`, `7d`, in seconds. */
const duration = z
  .string()
  .regex(/^[1-9]\d{0,6}[smhdw]$/)
  .transform((text) => Number(text.slice(0, -1)) * (unitSeconds[text.slice(-1)] ?? 1));

/** In seconds; it may be 0. */
const durationOrNone = z.union([z.literal('0').transform(() => 0), duration]);

const listen = z.string().transform((text, context) => {
  try {
    return parseListenAddress(text);
  } catch {
    context.addIssue({ code: 'custom' });
    return z.NEVER;
  }
});
const list = z
  .union([z.array(z.string()), z.string().transform((text) => text.split(','))])
  .transform((items) => items.map((item) => item.trim()).filter((item) => item !== ''));
const count = (max: number) => z.coerce.number().int().min(1).max(max);
const url = z.url({ protocol: /^https?$/ });
const headers = z.string().transform((text, context) => {
  try {
    return parseHeaders(text);
  } catch {
    context.addIssue({ code: 'custom' });
    return z.NEVER;
  }
});

interface Setting {
  readonly schema: z.ZodType;
  readonly takes: string;
  readonly description: string;
}

const setting = <T extends z.ZodType>(schema: T, takes: string, description: string) =>
  ({ schema, takes, description }) satisfies Setting;

/**
 * Every setting: the environment variable `KUBESENSE_<NAME>`, the key `<name>` in the YAML file, and the
 * flag `--<na-me>`; a flag wins over the environment, and the environment over the file.
 */
export const settings = {
  listen: setting(
    listen.prefault('127.0.0.1:3939'),
    'host:port or off',
    "where MCP and Prometheus' HTTP API listen",
  ),
  otlp_http_listen: setting(
    listen.prefault('127.0.0.1:4318'),
    'host:port or off',
    'where OTLP/HTTP and Prometheus remote write are received',
  ),
  data_dir: setting(z.string().min(1).default('.kubesense'), 'a folder', 'where data and keys are kept'),
  public_url: setting(url.optional(), 'an http or https URL', 'the URL that clients use'),
  allowed_hosts: setting(
    list.default([]),
    'host names, separated by commas',
    'further hosts that requests may name in Host and Origin',
  ),
  api_keys_file: setting(
    z.string().min(1).optional(),
    'a file',
    'file of further keys, such as a mounted secret; read anew when it changes',
  ),
  platform_url: setting(
    url.optional(),
    'an http or https URL',
    "a platform's endpoint that keys are checked against",
  ),
  platform_grace: setting(
    durationOrNone.prefault('0'),
    '0 or a duration such as 10m',
    'how long keys that the platform knew go on while it can not be asked',
  ),
  tls_cert_file: setting(
    z.string().min(1).optional(),
    'a file',
    'PEM file of the certificate, with those that lead to its root, for all listeners of HTTP; read anew when it changes',
  ),
  tls_key_file: setting(z.string().min(1).optional(), 'a file', 'PEM file of the key of that certificate'),
  behind_proxy: setting(
    z.enum(['on', 'off']).default('off'),
    'on or off',
    'every client comes through a proxy that speaks TLS with it: the server listens beyond loopback without TLS, and takes the last address in `X-Forwarded-For` for the client',
  ),
  clickhouse_url: setting(
    url.optional(),
    'an http or https URL',
    'a ClickHouse server or cluster instead of the embedded engine',
  ),
  clickhouse_user: setting(z.string().min(1).default('default'), 'a user name', 'user of that ClickHouse'),
  clickhouse_password_file: setting(
    z.string().min(1).optional(),
    'a file',
    'file that holds the password of that user',
  ),
  clickhouse_password: setting(z.string().default(''), 'a password', 'password of that user'),
  clickhouse_database: setting(
    z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
      .default('default'),
    'letters, digits and _',
    'database of the tables',
  ),
  clickhouse_cluster: setting(
    z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_-]*$/)
      .optional(),
    'the name of a cluster',
    'makes replicated tables on that cluster',
  ),
  prometheus_url: setting(
    url.optional(),
    'an http or https URL',
    'a Prometheus-compatible API that metrics are asked of, instead of the own tables',
  ),
  prometheus_token_file: setting(
    z.string().min(1).optional(),
    'a file',
    'file that holds a bearer token for that API; read anew for each request',
  ),
  prometheus_token: setting(z.string().optional(), 'a token', 'bearer token for that API'),
  prometheus_user: setting(z.string().min(1).optional(), 'a user name', 'user of that API, for basic auth'),
  prometheus_password_file: setting(
    z.string().min(1).optional(),
    'a file',
    'file that holds the password of that user; read anew for each request',
  ),
  prometheus_password: setting(z.string().default(''), 'a password', 'password of that user'),
  prometheus_headers: setting(
    headers.default([]),
    'headers such as `X-Scope-OrgID: team-a`, separated by commas',
    'further headers for that API',
  ),
  cursor_secret_file: setting(
    z.string().min(1).optional(),
    'a file',
    'file that holds the secret that cursors are signed with, 32 bytes or more; servers behind one name share it',
  ),
  retention: setting(duration.prefault('7d'), 'a duration such as 12h or 7d', 'how long a record is kept'),
  audit_retention: setting(
    duration.prefault('90d'),
    'a duration such as 90d',
    'how long an audit record is kept',
  ),
  query_timeout: setting(duration.prefault('30s'), 'a duration such as 30s', 'how long a query may take'),
  query_memory_mb: setting(count(1_000_000).default(2048), 'megabytes', 'memory that one query may use'),
  query_rows: setting(count(1e12).default(2_000_000_000), 'a number of rows', 'rows that one query may read'),
  engine_memory_mb: setting(
    count(1_000_000).min(512).optional(),
    'megabytes, 512 or more',
    'memory of the embedded engine, past which it is started anew; half of what there is, at most 4096',
  ),
  redaction: setting(
    z.enum(['on', 'off']).default('on'),
    'on or off',
    'replaces secrets in answers of MCP by `[redacted:kind]`',
  ),
  queries_at_once: setting(count(10_000).default(32), 'a number', 'queries at once; others wait for 15 s'),
  key_queries_at_once: setting(
    count(10_000).default(8),
    'a number',
    'queries at once for one key; others wait for 15 s',
  ),
  key_requests_per_minute: setting(
    count(100_000).default(1200),
    'a number',
    'requests a minute for one key, all of which may come at once',
  ),
  session_idle: setting(duration.prefault('30m'), 'a duration such as 30m', 'when an idle session ends'),
  max_sessions: setting(count(100_000).default(1000), 'a number', 'sessions at once'),
  max_sessions_per_key: setting(count(100_000).default(100), 'a number', 'sessions at once for one key'),
  log_level: setting(z.enum(logLevels).default('info'), logLevels.join(', '), 'least level that is logged'),
  api_key: setting(z.string().optional(), 'a key', 'the key whose rights stdio has'),
} as const;

export type SettingName = keyof typeof settings;

export type Config = Readonly<{
  [name in SettingName]: z.output<(typeof settings)[name]['schema']>;
}>;

/** Settings that are secrets: an environment variable only, and never shown. */
const secrets: ReadonlySet<string> = new Set<SettingName>([
  'api_key',
  'clickhouse_password',
  'prometheus_headers',
  'prometheus_password',
  'prometheus_token',
]);

export const isSecret = (name: SettingName): boolean => secrets.has(name);

export interface ConfigSources {
  /** Absent: the environment of this process. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Values of flags, by setting. */
  readonly flags: Readonly<Partial<Record<SettingName, string>>>;
  /** A YAML file of settings; absent: the one that KUBESENSE_CONFIG names. */
  readonly file?: string | undefined;
}

const variable = (name: string): string => `KUBESENSE_${name.toUpperCase()}`;

/** Variables that belong to the command line, and are no settings. */
const otherVariables = new Set(['KUBESENSE_CONFIG']);

/** Kubernetes sets such variables in every pod beside a service whose name starts with `kubesense`. */
const kubernetesVariable = /_(?:SERVICE_(?:HOST|PORT)(?:_.+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP).*)?)$/;

/** Reads all settings into one frozen object; throws a `ConfigError` for the first that can't be used. */
export function loadConfig({ env = process.env, flags, file = env.KUBESENSE_CONFIG }: ConfigSources): Config {
  const fromFile = file === undefined ? {} : readFile(file);
  for (const name of Object.keys(env)) {
    const isOther = otherVariables.has(name) || kubernetesVariable.test(name);
    if (name.startsWith('KUBESENSE_') && !isOther && !(settingOf(name) in settings)) {
      const [guess] = nearest(name, Object.keys(settings).map(variable), 1);
      throw new ConfigError(`${name} is no setting${guess ? `; did you mean ${guess}?` : ''}`);
    }
  }
  const entries = Object.entries(settings).map(([name, { schema, takes }]) => {
    const sources = [
      [`--${name.replaceAll('_', '-')}`, flags[name as SettingName]],
      [variable(name), env[variable(name)] === '' ? undefined : env[variable(name)]],
      [`${name} in ${file}`, fromFile[name]],
    ] as const;
    const [source, value] = sources.find(([, given]) => given !== undefined) ?? [name, undefined];
    const parsed = schema.safeParse(typeof value === 'number' ? String(value) : value);
    if (!parsed.success) {
      const got = secrets.has(name) ? 'a value that can not be used' : JSON.stringify(value);
      throw new ConfigError(`${source}: got ${got}, takes ${takes}`);
    }
    return [name, parsed.data];
  });
  return Object.freeze(Object.fromEntries(entries)) as Config;
}

const settingOf = (name: string): string => name.slice('KUBESENSE_'.length).toLowerCase();

function readFile(file: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new ConfigError(`--config: the file ${file} can't be read`);
  }
  let content: unknown;
  try {
    content = parse(text) ?? {};
  } catch (error) {
    throw new ConfigError(
      `--config: ${file} is no YAML: ${error instanceof Error ? error.message.split('\n')[0] : ''}`,
    );
  }
  const parsed = z.record(z.string(), z.unknown()).safeParse(content);
  if (!parsed.success) throw new ConfigError(`--config: ${file} takes one setting a line, such as listen: …`);
  for (const name of Object.keys(parsed.data)) {
    if (!(name in settings)) throw new ConfigError(`--config: ${name} in ${file} is no setting`);
    if (secrets.has(name)) {
      throw new ConfigError(`--config: ${name} in ${file} is a secret: set ${variable(name)} instead`);
    }
  }
  return parsed.data;
}
