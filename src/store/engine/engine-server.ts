import { createServer, type Server } from 'node:http';
import { Spool } from './body.ts';
import type { ChildOptions } from './child-protocol.ts';
import { EngineError, type EngineFailure } from './engine-error.ts';
import { exceptions } from './exception.ts';
import { Executor } from './executor.ts';
import { HttpInterface } from './interface.ts';
import { Lane, type Unusable } from './lane.ts';
import { watchMemory } from './memory-watch.ts';
import type { StoreFolders } from './store-folder.ts';

export interface EngineServerOptions extends Omit<ChildOptions, 'storeDir'> {
  readonly folders: StoreFolders;
  /** The process can't go on. */
  readonly onBroken: (error: Error) => void;
  readonly onWarning: (message: string) => void;
}

/** The engine, its lanes, and the HTTP server in front of them: one in a process. */
export class EngineServer {
  readonly url: string;
  readonly version: string;
  readonly #server: Server;
  readonly #executor: Executor;

  private constructor(server: Server, executor: Executor, url: string, version: string) {
    this.#server = server;
    this.#executor = executor;
    this.url = url;
    this.version = version;
  }

  /** @throws EngineError */
  static async start(options: EngineServerOptions): Promise<EngineServer> {
    const { folders, memoryLimitBytes, onBroken, onWarning } = options;
    const opener = new Lane(
      { storeDir: folders.engine, engineArguments: engineArguments(memoryLimitBytes) },
      onBroken,
    );
    const opened = await opener.opened();
    if ('unusable' in opened) throw notOpened(opened.unusable, folders.engine);
    const executor = new Executor({
      opener,
      newLane: () => new Lane({ storeDir: folders.engine }, onBroken),
      readers: options.readers,
      onBroken,
    });
    const http = new HttpInterface({
      executor,
      spool: await Spool.open(folders.spool),
      credentials: options,
      version: opened.version,
      queryMemoryBytes: Math.floor(memoryLimitBytes / 2),
      onUnforeseen: (error) =>
        onWarning(`an unforeseen error: ${error instanceof Error ? error.stack : error}`),
    });
    const server = createServer(
      { maxHeaderSize: 1024 * 1024, keepAliveTimeout: 30_000 },
      (message, response) => {
        void http.handle(message, response);
      },
    );
    const url = await listen(server, options.port);
    watchMemory({
      limitBytes: memoryLimitBytes,
      residentBytes: () => process.memoryUsage.rss(),
      onExceeded: () => {
        onWarning('the engine takes too much memory: what reads is ended');
        executor.endReaders(exceptions.memoryLimit('Memory limit (total) exceeded: the query was ended.'));
      },
      onHopeless: () => onBroken(new Error('it takes too much memory')),
    });
    return new EngineServer(server, executor, url, opened.version);
  }

  /** Takes no more connections, ends what reads, and waits for what writes, at most so many milliseconds. */
  async close(mostMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.#executor.endReaders(exceptions.aborted('The engine is closing'));
    // A connection becomes idle when its last answer is out.
    const sweep = setInterval(() => this.#server.closeIdleConnections(), 20);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, mostMs);
    });
    await Promise.race([closed, late]);
    clearInterval(sweep);
    clearTimeout(timer);
  }
}

function engineArguments(memoryLimitBytes: number): string[] {
  return [
    `--max_server_memory_usage=${memoryLimitBytes}`,
    `--mark_cache_size=${Math.floor(memoryLimitBytes / 16)}`,
    // The defaults are those of a server with many cores and disks.
    '--background_pool_size=2',
    '--background_common_pool_size=2',
    '--background_schedule_pool_size=8',
    '--max_thread_pool_size=1000',
  ];
}

function notOpened(reason: Unusable, folder: string): EngineError {
  const [failure, message] = failures[reason];
  return new EngineError(failure, `${message}${reason === 'not-opened' ? ` ${folder}` : ''}`);
}

const failures: Readonly<Record<Unusable, readonly [EngineFailure, string]>> = {
  'not-installed': [
    'not-installed',
    'the embedded engine is not installed: install the optional package chdb, or set KUBESENSE_CLICKHOUSE_URL',
  ],
  'unsupported-platform': [
    'unsupported-platform',
    'the embedded engine can not be loaded here: chdb needs Linux with glibc or macOS, on x64 or arm64; elsewhere set KUBESENSE_CLICKHOUSE_URL',
  ],
  'not-opened': ['failed', 'the embedded engine can not open'],
};

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const cause = error.code === 'EADDRINUSE' ? 'it is in use' : error.message;
      reject(new EngineError('failed', `127.0.0.1:${port} can't be listened on: ${cause}`));
    });
    server.listen({ host: '127.0.0.1', port }, () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('no address'));
      else resolve(`http://127.0.0.1:${address.port}`);
    });
  });
}
