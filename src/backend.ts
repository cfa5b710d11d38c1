import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { keptCursorSecret, readCursorSecret, shortestSecret } from './access/cursor-secret.ts';
import { type Config, ConfigError } from './config.ts';
import type { Logger } from './observe/log.ts';
import { ClickHouse, type ClickHouseAddress, type ClickHouseOptions } from './store/clickhouse.ts';
import { findEngine, startEngine } from './store/engine/engine.ts';
import type { MetricStore } from './store/metrics/metric-store.ts';
import { PrometheusClient } from './store/prometheus/client.ts';
import type { Credentials, Secret } from './store/prometheus/credentials.ts';
import { PrometheusMetricStore } from './store/prometheus/prometheus-metric-store.ts';
import { openStore, type Store } from './store/store.ts';
import { StoreError } from './store/store-error.ts';

/** The store that the configuration names, open. */
export interface Backend {
  readonly store: Store;
  /** Where questions about metrics go; undefined where there are none. */
  readonly metrics: MetricStore | undefined;
  /** Where metrics are stored that are only read here, so that none are taken in; undefined where they are. */
  readonly metricsHost: string | undefined;
  /** Milliseconds that one query may take. */
  readonly queryTimeout: number;
  /** What cursors are signed with. */
  readonly cursorSecret: Uint8Array;
  /** What it is, for people: never a password. */
  readonly description: string;
  /** Whether it answers now. */
  ready(): Promise<boolean>;
  close(): Promise<void>;
}

export interface BackendOptions {
  readonly config: Config;
  readonly log: Logger;
  /** Use the engine that another process runs in the data folder, if there is one. */
  readonly share: boolean;
  /** Read the tables that are there, and change nothing about them. */
  readonly asIs?: boolean;
}

/**
 * Opens the embedded engine, or the ClickHouse server that is configured, and the Prometheus-compatible API
 * that metrics are asked of, if one is.
 *
 * @throws ConfigError when credentials contradict each other or can't be read
 * @throws EngineError when the data folder can't be used
 * @throws StoreError when a server can't be reached
 */
export async function openBackend(options: BackendOptions): Promise<Backend> {
  const { config, log } = options;
  if (config.prometheus_url === undefined) return openTables(options);
  const url = new URL(config.prometheus_url);
  const metrics = await openPrometheus(url, config, log);
  const backend = await openTables(options);
  return { ...backend, metrics, metricsHost: url.host };
}

async function openTables({ config, log, share, asIs }: BackendOptions): Promise<Backend> {
  if (config.clickhouse_url !== undefined) return openServer(config, asIs);
  const running = share ? await findEngine(config.data_dir) : undefined;
  if (running !== undefined) {
    return {
      // How long data is kept is for the process that runs the engine to say.
      ...(await open(() => findEngine(config.data_dir), config, true)),
      description: `the engine that runs in ${config.data_dir}`,
    };
  }
  const engine = await startEngine({
    dataDir: config.data_dir,
    log,
    ...(config.engine_memory_mb !== undefined && { memoryLimitBytes: config.engine_memory_mb * 1024 * 1024 }),
  });
  try {
    const backend = await open(() => engine.address, config, asIs);
    return {
      ...backend,
      description: `embedded, in ${config.data_dir}`,
      ready: async () => engine.ready,
      async close() {
        await backend.close();
        await engine.close();
      },
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

async function openServer(config: Config, asIs: boolean | undefined): Promise<Backend> {
  const url = new URL(config.clickhouse_url ?? '');
  const address: ClickHouseAddress = {
    url: `${url.protocol}//${url.host}${url.pathname}`,
    username: decodeURIComponent(url.username) || config.clickhouse_user,
    password: decodeURIComponent(url.password) || clickhousePassword(config),
  };
  const backend = await open(() => address, config, asIs);
  return { ...backend, description: `ClickHouse at ${url.host}` };
}

function clickhousePassword(config: Config): string {
  const file = config.clickhouse_password_file;
  if (file === undefined) return config.clickhouse_password;
  try {
    return readFileSync(file, 'utf8').trimEnd();
  } catch {
    throw new ConfigError(`KUBESENSE_CLICKHOUSE_PASSWORD_FILE: the file ${file} can't be read`);
  }
}

async function open(
  address: ClickHouseOptions['address'],
  config: Config,
  asIs: boolean | undefined,
): Promise<Omit<Backend, 'description'>> {
  const clickhouse = new ClickHouse({
    address,
    limits: {
      seconds: config.query_timeout,
      memoryBytes: config.query_memory_mb * 1024 * 1024,
      rowsToRead: config.query_rows,
    },
  });
  try {
    const store = await openStore({
      clickhouse,
      database: config.clickhouse_database,
      cluster: config.clickhouse_cluster,
      retention: config.retention,
      auditRetention: config.audit_retention,
      asIs,
    });
    const ready = (): Promise<boolean> =>
      clickhouse.ping().then(
        () => true,
        () => false,
      );
    return {
      store,
      metrics: store.metrics,
      metricsHost: undefined,
      queryTimeout: config.query_timeout * 1000,
      cursorSecret: await cursorSecretOf(config),
      ready,
      close: () => clickhouse.close(),
    };
  } catch (error) {
    await clickhouse.close();
    throw error;
  }
}

/** Of the file that is set; else kept in the data folder, or, where there is none, of this process alone. */
async function cursorSecretOf(config: Config): Promise<Uint8Array> {
  const file = config.cursor_secret_file;
  if (file === undefined) {
    return config.clickhouse_url === undefined
      ? keptCursorSecret(config.data_dir)
      : randomBytes(shortestSecret);
  }
  const secret = await readCursorSecret(file).catch(() => undefined);
  if (secret === undefined) {
    throw new ConfigError(`KUBESENSE_CURSOR_SECRET_FILE: the file ${file} can't be read`);
  }
  if (secret.length >= shortestSecret) return secret;
  throw new ConfigError(
    `KUBESENSE_CURSOR_SECRET_FILE: the file ${file} holds ${secret.length} bytes, takes at least ${shortestSecret}, such as \`openssl rand -hex 32\` gives`,
  );
}

async function openPrometheus(url: URL, config: Config, log: Logger): Promise<MetricStore> {
  const client = new PrometheusClient({
    url: new URL(`${url.protocol}//${url.host}${url.pathname}`),
    credentials: prometheusCredentials(url, config),
    timeout: config.query_timeout * 1000,
  });
  try {
    await client.ask({ method: 'POST', path: 'query', params: [['query', 'vector(1)']] }, z.unknown());
  } catch (error) {
    const kind = error instanceof StoreError ? error.kind : 'internal';
    const reason = error instanceof Error ? error.message : String(error);
    const hint =
      kind === 'internal'
        ? 'it takes the URL in front of /api/v1, and no Prometheus API answers behind this one: '
        : '';
    throw new StoreError(kind, `KUBESENSE_PROMETHEUS_URL: ${hint}${reason}`, { cause: error });
  }
  return new PrometheusMetricStore({
    client,
    log: ({ errorId, texts }) => log.warn({ errorId, texts }, 'the metrics store said'),
    newId: () => randomBytes(6).toString('hex'),
  });
}

function prometheusCredentials(url: URL, config: Config): Credentials {
  const token = secretOf(config.prometheus_token, config.prometheus_token_file);
  const user = decodeURIComponent(url.username) || config.prometheus_user;
  if (token !== undefined && user !== undefined) {
    throw new ConfigError('KUBESENSE_PROMETHEUS_TOKEN and KUBESENSE_PROMETHEUS_USER: set one of them');
  }
  const password = secretOf(
    decodeURIComponent(url.password) || config.prometheus_password,
    config.prometheus_password_file,
  );
  const basic = user === undefined ? undefined : { user, password: password ?? { text: '' } };
  return { token, basic, headers: config.prometheus_headers };
}

/** A file wins, as it may be renewed. */
function secretOf(text: string | undefined, file: string | undefined): Secret | undefined {
  if (file !== undefined) return { file };
  return text === undefined ? undefined : { text };
}
