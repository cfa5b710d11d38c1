import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addressOf } from '../../../test/support/store.ts';
import { createLog } from '../../observe/log.ts';
import { type Engine, type EngineAddress, type EngineOptions, findEngine, startEngine } from './engine.ts';

const project = fileURLToPath(new URL('../../../', import.meta.url));
const compiled = join(project, 'dist', 'store', 'engine');
const log = createLog('silent');
const deadline = { timeout: 20_000, interval: 20 };

let dataDir: string;
let cleanUp: (() => unknown)[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'engine-folder-'));
  cleanUp = [];
});

afterEach(async () => {
  for (const step of cleanUp.reverse()) await step();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(options: Partial<EngineOptions> = {}): Promise<Engine> {
  const engine = await startEngine({ dataDir, log, ...options });
  cleanUp.push(() => engine.close());
  return engine;
}

function connect(address: EngineAddress): ClickHouseClient {
  const client = createClient({ ...address, log: { level: ClickHouseLogLevel.OFF } });
  cleanUp.push(() => client.close());
  return client;
}

async function value(client: ClickHouseClient, query: string): Promise<string> {
  return (await (await client.query({ query, format: 'TabSeparated' })).text()).trim();
}

async function enginePid(): Promise<number> {
  const status = await readFile(join(dataDir, 'store', 'engine', 'status'), 'utf8');
  return Number(/^PID: (\d+)$/m.exec(status)?.[1]);
}

/** Starts a process, and gives the first line that it prints. */
async function spawned(
  argv: readonly string[],
  input?: string,
): Promise<{ child: ChildProcess; line: string }> {
  const child = spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'inherit'] });
  cleanUp.push(() => child.kill('SIGKILL'));
  if (input !== undefined) child.stdin.write(`${input}\n`);
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('close', () => reject(new Error('it ended without a line')));
  });
  return { child, line };
}

/** Another process with an engine on the data folder. */
function otherProcess() {
  const script = `
    import { startEngine } from ${JSON.stringify(join(compiled, 'engine.js'))};
    import { createLog } from ${JSON.stringify(join(project, 'dist', 'observe', 'log.js'))};
    const engine = await startEngine({ dataDir: ${JSON.stringify(dataDir)}, log: createLog('silent') });
    console.log(JSON.stringify(engine.address));
    setInterval(() => undefined, 1000);`;
  return spawned(['--input-type=module', '--eval', script]);
}

/** The URL of a server that gives the answer of an engine to whatever it is sent. */
async function otherServer(): Promise<string> {
  const server = createServer((_, response) => response.end('1\n'));
  cleanUp.push(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  return `http://127.0.0.1:${bound !== null && typeof bound === 'object' ? bound.port : 0}`;
}

describe('the data folder', () => {
  test('is refused to a second engine, in this process or another one', async () => {
    const first = await start();
    await expect(start()).rejects.toMatchObject({
      name: 'EngineError',
      reason: 'folder-in-use',
      message: `the data folder ${dataDir} is in use by process ${process.pid}`,
    });
    await first.close();
    const { child } = await otherProcess();
    await expect(start()).rejects.toMatchObject({
      reason: 'folder-in-use',
      message: expect.stringContaining(`process ${child.pid}`),
    });
  });

  test('is refused too where only the engine itself knows that it is in use', async () => {
    await start();
    await rm(join(dataDir, 'engine.json'));
    await expect(start()).rejects.toMatchObject({
      reason: 'folder-in-use',
      message: expect.stringContaining(`process ${await enginePid()}`),
    });
  });

  test('is free again at once when the process that used it was killed', async () => {
    const { child } = await otherProcess();
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    const engine = await start();
    expect(await value(connect(addressOf(engine)), 'SELECT 1')).toBe('1');
  });

  test.each([
    ['a file', 'folder-unusable', "can't be written: it is no folder"],
    ['a file/below', 'folder-unusable', "can't be written: a part of the path is no folder"],
    ['with * in it', 'folder-unusable', "*, ?, { and } can't be in the path"],
  ])('%j can not be one', async (name, reason, message) => {
    await writeFile(join(dataDir, 'a file'), '');
    await expect(start({ dataDir: join(dataDir, name) })).rejects.toMatchObject({
      reason,
      message: expect.stringContaining(message),
    });
  });

  test('may have spaces, quotes and letters of any kind', async () => {
    const odd = join(dataDir, "it's a «folder» \\ 数据");
    const engine = await start({ dataDir: odd });
    const client = connect(addressOf(engine));
    await client.command({ query: 'CREATE TABLE t (a String) ENGINE = MergeTree ORDER BY a' });
    await client.insert({ table: 't', values: [{ a: 'x' }], format: 'JSONEachRow' });
    expect(await value(client, 'SELECT a FROM t')).toBe('x');
  });
});

describe('the runtime file', () => {
  test('leads another process to the engine, and is for its owner only', async () => {
    const engine = await start();
    expect(await findEngine(dataDir)).toEqual(engine.address);
    expect((await stat(join(dataDir, 'engine.json'))).mode & 0o777).toBe(0o600);
    await engine.close();
    expect(await findEngine(dataDir)).toBeUndefined();
    await expect(stat(join(dataDir, 'engine.json'))).rejects.toThrow('ENOENT');
  });

  test.each([
    ['of a process that is gone', (file: object) => ({ ...file, pid: 2 ** 22 - 1 })],
    ['of an earlier process with this pid', (file: object) => ({ ...file, started: 'then' })],
    [
      'that leads elsewhere',
      (file: object, address: EngineAddress) => ({
        ...file,
        address: { ...address, url: address.url.replace('127.0.0.1', 'localhost') },
      }),
    ],
    ['of another form', () => ({ pid: 'x' })],
  ])('%s is ignored, also where another server answers', async (_, change) => {
    const engine = await start();
    const path = join(dataDir, 'engine.json');
    const file: object = JSON.parse(await readFile(path, 'utf8'));
    const address = { ...addressOf(engine), url: await otherServer() };
    await engine.close();
    await writeFile(path, JSON.stringify(change({ ...file, address }, address)));
    expect(await findEngine(dataDir)).toBeUndefined();
    await start();
  });

  test('with another password leads nowhere', async () => {
    const engine = await start();
    const path = join(dataDir, 'engine.json');
    const file: object = JSON.parse(await readFile(path, 'utf8'));
    const address = { ...addressOf(engine), password: 'other' };
    await writeFile(path, JSON.stringify({ ...file, address }));
    expect(await findEngine(dataDir)).toBeUndefined();
  });

  test('that is damaged, or missing, is none', async () => {
    expect(await findEngine(dataDir)).toBeUndefined();
    await writeFile(join(dataDir, 'engine.json'), '{');
    expect(await findEngine(dataDir)).toBeUndefined();
  });

  test('leads to the engine also while its process is started again', async () => {
    const engine = await start();
    process.kill(await enginePid(), 'SIGKILL');
    await expect.poll(() => engine.ready, deadline).toBe(false);
    expect(await findEngine(dataDir)).toEqual(engine.address);
  });
});
