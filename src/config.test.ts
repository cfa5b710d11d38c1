import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isSecret, loadConfig, type SettingName, settings } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubesense-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function yaml(text: string): string {
  const file = join(folder, 'config.yaml');
  writeFileSync(file, text);
  return file;
}

describe('loadConfig', () => {
  it('has a value for every setting that needs one', () => {
    expect(loadConfig({ env: {}, flags: {} })).toMatchObject({
      listen: { host: '127.0.0.1', port: 3939 },
      otlp_http_listen: { host: '127.0.0.1', port: 4318 },
      data_dir: '.kubesense',
      clickhouse_url: undefined,
      retention: 7 * 86_400,
      query_timeout: 30,
      session_idle: 1800,
      allowed_hosts: [],
    });
  });

  it('lets a flag win over the environment, and the environment over the file', () => {
    const file = yaml('listen: 127.0.0.1:1\nretention: 1d\nquery_memory_mb: 100\nallowed_hosts: [a, b]\n');
    const env = { KUBESENSE_LISTEN: '127.0.0.1:2', KUBESENSE_RETENTION: '2d', OTHER: 'x' };
    expect(loadConfig({ env, flags: { listen: '[::1]:0' }, file })).toMatchObject({
      listen: { host: '::1', port: 0 },
      retention: 2 * 86_400,
      query_memory_mb: 100,
      allowed_hosts: ['a', 'b'],
    });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(loadConfig({ env: { KUBESENSE_CLICKHOUSE_URL: '' }, flags: {} }).clickhouse_url).toBeUndefined();
  });

  it.each([
    [{ KUBESENSE_LISTEN: '3939' }, 'KUBESENSE_LISTEN: got "3939", takes host:port or off'],
    [
      { KUBESENSE_RETENTION: 'forever' },
      'KUBESENSE_RETENTION: got "forever", takes a duration such as 12h or 7d',
    ],
    [
      { KUBESENSE_CLICKHOUSE_URL: 'tcp://a' },
      'KUBESENSE_CLICKHOUSE_URL: got "tcp://a", takes an http or https URL',
    ],
    [
      { KUBESENSE_LOG_LEVEL: 'loud' },
      'KUBESENSE_LOG_LEVEL: got "loud", takes trace, debug, info, warn, error, silent',
    ],
    [{ KUBESENSE_QUERY_MEMORY_MB: '-1' }, 'KUBESENSE_QUERY_MEMORY_MB: got "-1", takes megabytes'],
    [{ KUBESENSE_LISTENN: 'x' }, 'KUBESENSE_LISTENN is no setting; did you mean KUBESENSE_LISTEN?'],
  ])('names the setting, what it got and what it takes: %j', (env, message) => {
    expect(() => loadConfig({ env, flags: {} })).toThrow(message);
  });

  it.each([
    ['listen: [1, 2]', 'listen in '],
    ['colour: red', '--config: colour in '],
    ['- listen', 'takes one setting a line'],
    ['a: b: c', 'is no YAML'],
    ['clickhouse_password: hunter2', 'is a secret: set KUBESENSE_CLICKHOUSE_PASSWORD instead'],
  ])('refuses a file that holds %j', (text, message) => {
    const file = yaml(text);
    expect(() => loadConfig({ env: {}, flags: {}, file })).toThrow(message);
  });

  it('says when there is no file', () => {
    expect(() => loadConfig({ env: {}, flags: {}, file: join(folder, 'none') })).toThrow(
      /--config: the file .*none can't be read/,
    );
  });

  it('reads the file that KUBESENSE_CONFIG names', () => {
    const env = { KUBESENSE_CONFIG: yaml('query_timeout: 5s') };
    expect(loadConfig({ env, flags: {} }).query_timeout).toBe(5);
    const wrong = { KUBESENSE_CONFIG: join(folder, 'none') };
    expect(() => loadConfig({ env: wrong, flags: {} })).toThrow("can't be read");
  });

  it('passes over what Kubernetes sets for a service called kubesense', () => {
    const env = {
      KUBESENSE_SERVICE_HOST: '10.0.0.1',
      KUBESENSE_SERVICE_PORT_HTTP: '3939',
      KUBESENSE_PORT: 'tcp://10.0.0.1:3939',
      KUBESENSE_MCP_PORT_3939_TCP_ADDR: '10.0.0.1',
    };
    expect(loadConfig({ env, flags: {} }).listen).toEqual({ host: '127.0.0.1', port: 3939 });
  });

  it('never shows a secret', () => {
    const env = { KUBESENSE_API_KEY: 'ks_id_secret', KUBESENSE_LISTEN: 'x' };
    expect(() => loadConfig({ env, flags: {} })).toThrow(expect.not.stringContaining('ks_id_secret'));
  });

  it('reads headers, and shows none that is wrong', () => {
    const headersOf = (text: string) =>
      loadConfig({ env: { KUBESENSE_PROMETHEUS_HEADERS: text }, flags: {} }).prometheus_headers;
    expect(headersOf('X-Scope-OrgID: team-a|team-b, X-Key:  secret=1 ')).toEqual([
      ['X-Scope-OrgID', 'team-a|team-b'],
      ['X-Key', 'secret=1'],
    ]);
    expect(() => headersOf('X-Key secret')).toThrow(
      /^KUBESENSE_PROMETHEUS_HEADERS: got a value that can not be used, takes headers such as/,
    );
  });
});

function durationText(seconds: number): string {
  const units = { d: 86_400, h: 3600, m: 60, s: 1 };
  const [unit, size] = Object.entries(units).find(([, size]) => seconds % size === 0) ?? ['s', 1];
  return `${seconds / size}${unit}`;
}

function code(value: unknown): string {
  const isEmpty = value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
  if (isEmpty) return '';
  const isAddress = typeof value === 'object' && value !== null && 'host' in value && 'port' in value;
  return `\`${isAddress ? `${value.host}:${value.port}` : value}\``;
}

it('is documented in docs/settings.md', async () => {
  const rows = (Object.keys(settings) as SettingName[]).map((name) => {
    const { takes, description } = settings[name];
    const standard: unknown = loadConfig({ env: {}, flags: {} })[name];
    const text = takes.startsWith('a duration') ? durationText(Number(standard)) : standard;
    const shown = isSecret(name) ? '' : code(text);
    const flag = isSecret(name) ? '' : `\`--${name.replaceAll('_', '-')}\``;
    return `| \`KUBESENSE_${name.toUpperCase()}\` | ${flag} | ${description} | ${takes} | ${shown} |`;
  });
  await expect(`# Settings

Each setting is an environment variable, a flag of \`serve\`, or a key of the YAML file that \`--config\` names (\`listen: 127.0.0.1:3939\`). A flag wins over the environment, and the environment over the file. Secrets are environment variables only.

| variable | flag | what it is | takes | default |
|---|---|---|---|---|
${rows.join('\n')}

Port 0 takes a free port, which the line that says where the server listens names; \`off\` switches a listener off.

## The store

With nothing set, telemetry is stored in \`data_dir\` by an embedded ClickHouse. With \`KUBESENSE_CLICKHOUSE_URL\` it is stored on that server, or, with \`KUBESENSE_CLICKHOUSE_CLUSTER\`, in replicated tables on that cluster. If the credentials may not make tables, nothing is made, and the tables that are there are read: those of the OpenTelemetry Collector's ClickHouse exporter (older and newest form) and of ClickStack are understood.

With \`KUBESENSE_PROMETHEUS_URL\`, metrics are asked of that Prometheus-compatible API and none are stored here; logs and traces stay where they are. What it takes and where the stores differ: [stores.md](stores.md).
`).toMatchFileSnapshot('../docs/settings.md');
});
