import { Readable } from 'node:stream';
import { type ClickHouseClient, type ClickHouseSettings, createClient } from '@clickhouse/client';
import { z } from 'zod';
import { type Sql, sql } from './sql/sql.ts';
import { StoreError, toStoreError } from './store-error.ts';

export interface ClickHouseOptions {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly limits: QueryLimits;
}

/** What one query may use. */
export interface QueryLimits {
  readonly seconds: number;
  readonly memoryBytes: number;
  readonly rowsToRead: number;
}

export interface QueryOptions {
  readonly signal?: AbortSignal | undefined;
  /** Answers in milliseconds whatever the data: the embedded engine keeps a lane for such queries. */
  readonly cheap?: boolean;
}

export interface Block {
  readonly rows: number;
  /** RowBinary of the columns. */
  readonly bytes: Uint8Array;
  readonly columns: readonly string[];
}

export interface InsertOptions {
  /** Blocks with the same token are stored once, so that a sender may try again. */
  readonly deduplicationToken: string;
  readonly signal?: AbortSignal | undefined;
}

/** A ClickHouse over HTTP: the embedded engine, a server or a cluster. All errors are `StoreError`. */
export class ClickHouse {
  readonly #client: ClickHouseClient;
  readonly #limits: QueryLimits;
  #settingsAllowed = true;

  constructor({ url, username, password, limits }: ClickHouseOptions) {
    this.#limits = limits;
    this.#client = createClient({
      url,
      username,
      password,
      application: 'kubesense-mcp',
      max_open_connections: 64,
      request_timeout: (limits.seconds + 10) * 1000,
      log: { level: 127 },
      keep_alive: { enabled: true, idle_socket_ttl: 2_500 },
    });
  }

  /**
   * Checks the address and the credentials. Some may not change settings (`readonly = 1`): then none are
   * sent, and the server's own limits hold.
   */
  async connect(): Promise<void> {
    const probe = () => this.rows(sql`SELECT 1`, z.tuple([z.number()]), { cheap: true });
    try {
      await probe();
    } catch (error) {
      if (!(error instanceof StoreError && error.kind === 'denied')) throw error;
      this.#settingsAllowed = false;
      await probe();
    }
  }

  /** Runs a query and checks each row of its result; an abort ends the query in the store too. */
  async rows<T>(query: Sql, row: z.ZodType<T>, options: QueryOptions = {}): Promise<T[]> {
    const { signal } = options;
    try {
      signal?.throwIfAborted();
      const result = await this.#client.query({
        query: query.text,
        format: 'JSONCompactEachRow',
        clickhouse_settings: this.#querySettings(options),
        ...(signal && { abort_signal: signal }),
      });
      const close = (): void => result.close();
      signal?.addEventListener('abort', close, { once: true });
      try {
        return z.array(row).parse(await result.json());
      } finally {
        signal?.removeEventListener('abort', close);
      }
    } catch (error) {
      throw signal?.aborted
        ? new StoreError('aborted', 'the caller gave up', { cause: error })
        : toStoreError(error);
    }
  }

  /** Runs a statement that returns nothing. */
  async run(statement: Sql): Promise<void> {
    try {
      await this.#client.command({ query: statement.text });
    } catch (error) {
      throw toStoreError(error);
    }
  }

  /** Stores a block; resolves when it is durable. */
  async insert(table: Sql, block: Block, { deduplicationToken, signal }: InsertOptions): Promise<void> {
    try {
      const { stream } = await this.#client.exec({
        query: `INSERT INTO ${table.text} (${block.columns.map((name) => `\`${name}\``).join(', ')}) FORMAT RowBinary`,
        values: Readable.from([block.bytes], { objectMode: false }),
        clickhouse_settings: {
          insert_deduplicate: 1,
          insert_deduplication_token: deduplicationToken,
          async_insert: 0,
        },
        ...(signal && { abort_signal: signal }),
      });
      await stream.resume().toArray();
    } catch (error) {
      throw toStoreError(error);
    }
  }

  /** Resolves when the store answers. */
  async ping(): Promise<void> {
    const result = await this.#client.ping({ select: true });
    if (!result.success) throw toStoreError(result.error);
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  #querySettings({ cheap }: QueryOptions): ClickHouseSettings {
    if (!this.#settingsAllowed) return {};
    return {
      max_execution_time: this.#limits.seconds,
      max_memory_usage: String(this.#limits.memoryBytes),
      max_rows_to_read: String(this.#limits.rowsToRead),
      cancel_http_readonly_queries_on_client_close: 1,
      // A filter of 64 KB can be ten times as long in SQL.
      max_query_size: '16777216',
      max_ast_elements: '2000000',
      max_expanded_ast_elements: '2000000',
      ...(cheap && { priority: '1' }),
    };
  }
}
