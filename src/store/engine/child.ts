/**
 * The embedded engine as a process of its own: chDB behind ClickHouse's HTTP interface on 127.0.0.1.
 *
 * It takes its options (`childOptions` in child-protocol.ts) as one line of JSON on standard input, and says
 * in one line of JSON on standard output where it listens, or why it can't (`childReport`). It ends when its
 * standard input closes, so it never outlives whoever started it; signals that a terminal or a supervisor
 * sends to the whole group are left to the parent. To start one by hand:
 *
 *     (echo '{"storeDir":"/tmp/store","port":8123,"username":"default","password":"x","readers":3,
 *       "memoryLimitBytes":2147483648}' | tr -d '\n'; echo; sleep infinity) | node dist/store/engine/child.js
 *
 * With more than three readers UV_THREADPOOL_SIZE has to be in its environment: readers + 4.
 */
import { chdir } from 'node:process';
import { createInterface } from 'node:readline';
import { type ChildOptions, type ChildReport, childOptions, parseLine } from './child-protocol.ts';
import { EngineError } from './engine-error.ts';
import { EngineServer } from './engine-server.ts';
import { restoreFatalSignals } from './fatal-signals.ts';
import { prepareStore } from './store-folder.ts';

/** How long inserts may take to end when the process is told to go, in milliseconds. */
const farewellMs = 8_000;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

function say(report: ChildReport): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(`${JSON.stringify(report)}\n`, () => resolve());
  });
}

/**
 * Ends the process at once. An orderly exit would end the lanes' threads, and the native addon crashes then;
 * what was acknowledged is on disk.
 */
function vanish(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('unreachable');
}

async function broken(error: Error): Promise<never> {
  await say({ event: 'warning', message: `the engine has to be restarted: ${error.message}` });
  return vanish();
}

async function start(options: ChildOptions): Promise<EngineServer> {
  const folders = await prepareStore(options.storeDir);
  // Where a table is missing chDB looks for a file of that name in the working directory.
  chdir(folders.spool);
  return EngineServer.start({
    ...options,
    folders,
    onBroken: (error) => void broken(error),
    onWarning: (message) => void say({ event: 'warning', message }),
  });
}

async function main(): Promise<void> {
  const lines = createInterface({ input: process.stdin });
  const firstLine = new Promise<string>((resolve) => {
    lines.once('line', resolve);
  });
  const parentGone = new Promise<void>((resolve) => {
    lines.once('close', resolve);
  });
  const options = parseLine(childOptions, await Promise.race([firstLine, parentGone.then(() => '')]));
  try {
    if (options === undefined)
      throw new EngineError('failed', 'the first line of input holds no valid options');
    const server = await start(options);
    restoreFatalSignals();
    await say({ event: 'listening', url: server.url, pid: process.pid, version: server.version });
    await parentGone;
    await server.close(farewellMs);
  } catch (error) {
    const known = error instanceof EngineError ? error : new EngineError('failed', String(error));
    await say({ event: 'failed', reason: known.reason, message: known.message });
  }
  vanish();
}

await main();
