import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { afterEach, beforeEach } from 'vitest';
import { createLog } from '../../src/observe/log.ts';
import {
  type Engine,
  type EngineAddress,
  type EngineOptions,
  startEngine,
} from '../../src/store/engine/engine.ts';

export const project = fileURLToPath(new URL('../../', import.meta.url));
export const compiled = join(project, 'dist', 'store', 'engine');

/** A data folder of its own for each test of a file; what a test starts in it ends with the test. */
export class EngineFolder {
  path = '';
  #cleanUp: (() => unknown)[] = [];

  constructor() {
    beforeEach(async () => {
      this.path = await mkdtemp(join(tmpdir(), 'engine-folder-'));
      this.#cleanUp = [];
    });
    afterEach(async () => {
      for (const step of this.#cleanUp.reverse()) await step();
      await rm(this.path, { recursive: true, force: true });
    });
  }

  /** Does this after the test, before what was said earlier. */
  afterwards(step: () => unknown): void {
    this.#cleanUp.push(step);
  }

  async start(options: Partial<EngineOptions> = {}): Promise<Engine> {
    const engine = await startEngine({ dataDir: this.path, log: createLog('silent'), ...options });
    this.afterwards(() => engine.close());
    return engine;
  }

  connect(address: EngineAddress): ClickHouseClient {
    const client = createClient({ ...address, log: { level: ClickHouseLogLevel.OFF } });
    this.afterwards(() => client.close());
    return client;
  }

  /** Starts a process, and gives the first line that it prints. */
  async spawn(argv: readonly string[], input?: string): Promise<{ child: ChildProcess; line: string }> {
    const child = spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.afterwards(() => child.kill('SIGKILL'));
    if (input !== undefined) child.stdin.write(`${input}\n`);
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).once('line', resolve);
      child.once('close', () => reject(new Error('it ended without a line')));
    });
    return { child, line };
  }

  /** Another process with an engine on the folder. */
  spawnEngine(): Promise<{ child: ChildProcess; line: string }> {
    const script = `
    import { startEngine } from ${JSON.stringify(join(compiled, 'engine.js'))};
    import { createLog } from ${JSON.stringify(join(project, 'dist', 'observe', 'log.js'))};
    const engine = await startEngine({ dataDir: ${JSON.stringify(this.path)}, log: createLog('silent') });
    console.log(JSON.stringify(engine.address));
    setInterval(() => undefined, 1000);`;
    return this.spawn(['--input-type=module', '--eval', script]);
  }
}

/** The one value that a query gives. */
export async function singleValue(client: ClickHouseClient, query: string): Promise<string> {
  return (await (await client.query({ query, format: 'TabSeparated' })).text()).trim();
}
