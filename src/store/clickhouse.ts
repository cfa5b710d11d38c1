import { Readable } from 'node:stream';
import {
  type ClickHouseClient,
  ClickHouseLogLevel,
  type ClickHouseSettings,
  createClient,
} from '@clickhouse/client';
import { z } from 'zod';
import { InputError } from '../telemetry/input-error.ts';
import { MemoryReleaser } from './memory-releaser.ts';
import type { NativeBlock } from './native/native-column.ts';
import { NativeDecoder } from './native/native-decoder.ts';
import { readNative } from './native/read-native.ts';
import { type Sql, sql } from './sql/sql.ts';
import { StoreError, toStoreError } from './store-error.ts';

export interface ClickHouseAddress {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

export interface ClickHouseOptions {
  /** Where it is now; undefined while it is nowhere. Asked before each request, as an engine moves when it restarts. */
  readonly address: () => ClickHouseAddress | undefined | Promise<ClickHouseAddress | undefined>;
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
  /** How many threads read at most, where whoever takes the result would not keep up with more. */
  readonly threads?: number;
  /** Columns of one table, without a subquery: the older analyzer means the same by it, and takes less time. */
  readonly isPlain?: boolean;
  /** Rows of a block at most, where the result comes in blocks; 65,536 when absent. */
  readonly rowsOfBlock?: number;
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

/** No answer needs more; a result is parsed on the main thread. */
const maxResultBytes = 64 * 1024 * 1024;
/** How many decoders are kept with the memory of their last result, and how much of it each may hold. */
const mostIdleDecoders = 4;
const mostIdleBytes = 4 * 1024 * 1024;
/** What a server takes that is sent no settings. */
const standardQueryBytes = 256 * 1024;

/** A ClickHouse over HTTP: the embedded engine, a server or a cluster. All errors are `StoreError`. */
export class ClickHouse {
  readonly #options: ClickHouseOptions;
  #connected: { readonly address: ClickHouseAddress; readonly client: ClickHouseClient } | undefined;
  #settingsAllowed = true;
  readonly #idleDecoders: NativeDecoder[] = [];
  readonly #memory = new MemoryReleaser();

  constructor(options: ClickHouseOptions) {
    this.#options = options;
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
      this.#check(query, signal);
      const client = await this.#client();
      const result = await client.query({
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
      throw readingError(error, signal);
    }
  }

  /**
   * Runs a query and hands on each block of its result, in columns; a block is read before the call returns.
   * The result may be of any size. An abort, or an error that `onBlock` throws, ends the query in the store too.
   */
  async blocks(query: Sql, onBlock: (block: NativeBlock) => void, options: QueryOptions = {}): Promise<void> {
    const { signal } = options;
    try {
      this.#check(query, signal);
      const client = await this.#client();
      const { stream, response_headers } = await client.exec({
        query: `${query.text} FORMAT Native`,
        clickhouse_settings: this.#blockSettings(options),
        ...(signal && { abort_signal: signal }),
      });
      const close = (): void => void stream.destroy();
      signal?.addEventListener('abort', close, { once: true });
      if (signal?.aborted) close();
      const tag = response_headers?.['x-clickhouse-exception-tag'];
      const decoder = this.#idleDecoders.pop() ?? new NativeDecoder();
      try {
        await readNative(stream, typeof tag === 'string' ? tag : undefined, onBlock, decoder, this.#memory);
        // After an error it may be within a block.
        this.#keep(decoder);
      } finally {
        signal?.removeEventListener('abort', close);
      }
    } catch (error) {
      throw readingError(error, signal);
    }
  }

  /** New memory for the columns of each result makes the garbage collector run more often. */
  #keep(decoder: NativeDecoder): void {
    if (this.#idleDecoders.length < mostIdleDecoders && decoder.heldBytes <= mostIdleBytes) {
      this.#idleDecoders.push(decoder);
    }
  }

  /** Runs a statement that returns nothing. */
  async run(statement: Sql): Promise<void> {
    try {
      const client = await this.#client();
      await client.command({ query: statement.text });
    } catch (error) {
      throw toStoreError(error);
    }
  }

  /** Stores a block; resolves when it is durable. */
  async insert(table: Sql, block: Block, { deduplicationToken, signal }: InsertOptions): Promise<void> {
    try {
      const client = await this.#client();
      const { stream } = await client.exec({
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
    const client = await this.#client();
    const result = await client.ping({ select: true });
    if (!result.success) throw toStoreError(result.error);
  }

  async close(): Promise<void> {
    await this.#connected?.client.close();
  }

  async #client(): Promise<ClickHouseClient> {
    const address = await this.#options.address();
    if (address === undefined) throw new StoreError('unavailable', 'the store is being started');
    const connected = this.#connected;
    if (connected?.address.url === address.url && connected.address.password === address.password) {
      return connected.client;
    }
    const { url, username, password } = address;
    const client = createClient({
      url,
      username,
      password,
      application: 'kubesense-mcp',
      max_open_connections: 64,
      request_timeout: (this.#options.limits.seconds + 10) * 1000,
      log: { level: ClickHouseLogLevel.OFF },
      keep_alive: { enabled: true, idle_socket_ttl: 2_500 },
    });
    this.#connected = { address, client };
    await connected?.client.close();
    return client;
  }

  #check(query: Sql, signal: AbortSignal | undefined): void {
    signal?.throwIfAborted();
    if (!this.#settingsAllowed && Buffer.byteLength(query.text) > standardQueryBytes) {
      throw new InputError('filters: it is too long for this store; use fewer terms');
    }
  }

  #blockSettings(options: QueryOptions): ClickHouseSettings {
    if (!this.#settingsAllowed) return {};
    return {
      ...this.#querySettings(options),
      // Whoever reads the blocks counts what they hold.
      max_result_bytes: '0',
      // Larger blocks no longer fit the cache of a core, smaller ones each cost the way through two processes.
      max_block_size: String(options.rowsOfBlock ?? 65_536),
      preferred_block_size_bytes: '0',
    };
  }

  #querySettings({ cheap, threads, isPlain }: QueryOptions): ClickHouseSettings {
    if (!this.#settingsAllowed) return {};
    const { seconds, memoryBytes, rowsToRead } = this.#options.limits;
    return {
      // Without it a server ends no query whose client has gone (HTTPHandler.cpp).
      readonly: '2',
      max_execution_time: seconds,
      queue_max_wait_ms: seconds * 1000,
      max_memory_usage: String(memoryBytes),
      max_rows_to_read: String(rowsToRead),
      max_result_bytes: String(maxResultBytes),
      cancel_http_readonly_queries_on_client_close: 1,
      // A filter of 64 KB can be ten times as long in SQL.
      max_query_size: '16777216',
      max_ast_elements: '2000000',
      max_expanded_ast_elements: '2000000',
      ...(cheap && { priority: '1' }),
      ...(threads !== undefined && { max_threads: threads }),
      ...(isPlain && { allow_experimental_analyzer: 0 }),
    };
  }
}

function readingError(error: unknown, signal: AbortSignal | undefined): Error {
  if (error instanceof InputError) return error;
  return signal?.aborted
    ? new StoreError('aborted', 'the caller gave up', { cause: error })
    : toStoreError(error);
}
