import { readFileSync } from 'node:fs';
import { type Config, ConfigError } from './config.ts';
import type { Logger } from './observe/log.ts';
import { ClickHouse, type ClickHouseAddress, type ClickHouseOptions } from './store/clickhouse.ts';
import { findEngine, startEngine } from './store/engine/engine.ts';
import { openStore, type Store } from './store/store.ts';

/** The store that the configuration names, open. */
export interface Backend {
  readonly store: Store;
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
}

/**
 * Opens the embedded engine, or the ClickHouse server that is configured.
 *
 * @throws EngineError when the data folder can't be used
 * @throws StoreError when the server can't be reached
 */
export async function openBackend({ config, log, share }: BackendOptions): Promise<Backend> {
  if (config.clickhouse_url !== undefined) return openServer(config);
  const running = share ? await findEngine(config.data_dir) : undefined;
  if (running !== undefined) {
    return {
      ...(await open(() => findEngine(config.data_dir), config)),
      description: `the engine that runs in ${config.data_dir}`,
    };
  }
  const engine = await startEngine({
    dataDir: config.data_dir,
    log,
    ...(config.engine_memory_mb !== undefined && { memoryLimitBytes: config.engine_memory_mb * 1024 * 1024 }),
  });
  try {
    const backend = await open(() => engine.address, config);
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

async function openServer(config: Config): Promise<Backend> {
  const url = new URL(config.clickhouse_url ?? '');
  const address: ClickHouseAddress = {
    url: `${url.protocol}//${url.host}${url.pathname}`,
    username: decodeURIComponent(url.username) || config.clickhouse_user,
    password: decodeURIComponent(url.password) || clickhousePassword(config),
  };
  const backend = await open(() => address, config);
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
    });
    const ready = (): Promise<boolean> =>
      clickhouse.ping().then(
        () => true,
        () => false,
      );
    return { store, ready, close: () => clickhouse.close() };
  } catch (error) {
    await clickhouse.close();
    throw error;
  }
}
