import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compiled, EngineFolder, project, singleValue } from '../../../test/support/engine-folder.ts';
import { addressOf } from '../../../test/support/store.ts';
import { waitFor } from '../../../test/support/wait.ts';
import { type Engine, findEngine } from './engine.ts';

const folder = new EngineFolder();

async function runtimeFile(): Promise<unknown> {
  return JSON.parse(await readFile(join(folder.path, 'engine.json'), 'utf8'));
}

/** Lets a server listen, on a free port where it is 0; gives the port. */
function listening(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      resolve(address !== null && typeof address === 'object' ? address.port : 0);
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Resolves when the engine has ended; a new one may be there soon after. */
function ending(engine: Engine): Promise<void> {
  return new Promise((resolve) => {
    const stop = engine.onStateChange((ready) => {
      if (ready) return;
      stop();
      resolve();
    });
  });
}

async function enginePid(): Promise<number> {
  const status = await readFile(join(folder.path, 'store', 'engine', 'status'), 'utf8');
  return Number(/^PID: (\d+)$/m.exec(status)?.[1]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('the process of the engine', () => {
  test('is started again when it is killed, with all that was acknowledged', async () => {
    const engine = await folder.start();
    let client = folder.connect(addressOf(engine));
    await client.command({
      query: 'CREATE TABLE t (a UInt64) ENGINE = MergeTree ORDER BY a SETTINGS fsync_after_insert = 1',
    });
    const states: boolean[] = [];
    engine.onStateChange((ready) => states.push(ready));
    const acknowledged: number[] = [];
    let next = 0;
    for (let kill = 1; kill <= 3; kill += 1) {
      const pid = await enginePid();
      let failed = false;
      while (!failed) {
        const a = next++;
        try {
          await client.insert({ table: 't', values: [{ a }], format: 'JSONEachRow' });
          acknowledged.push(a);
        } catch {
          failed = true;
        }
        if (acknowledged.length === kill * 10) process.kill(pid, 'SIGKILL');
      }
      await expect.poll(enginePid).not.toBe(pid);
      await expect.poll(() => engine.ready).toBe(true);
      client = folder.connect(addressOf(engine));
    }
    expect(states).toEqual([false, true, false, true, false, true]);
    const stored = (await singleValue(client, 'SELECT a FROM t ORDER BY a')).split('\n').map(Number);
    expect(stored).toEqual(expect.arrayContaining(acknowledged));
    expect(new Set(stored).size).toBe(stored.length);
    expect(stored.every((a) => a < next)).toBe(true);
  });

  test('has another port and password each time: who takes its port gets none of it, and finds no client', async () => {
    const engine = await folder.start();
    const before = addressOf(engine);
    const received: string[] = [];
    const stranger = createServer((message, response) => {
      const chunks: Buffer[] = [];
      message.on('data', (chunk) => chunks.push(chunk));
      message.on('end', () => {
        received.push([message.url, ...message.rawHeaders, Buffer.concat(chunks).toString()].join('\n'));
        response.end('1\n');
      });
    });
    folder.afterwards(() => closed(stranger));
    const ended = ending(engine);
    process.kill(await enginePid(), 'SIGKILL');
    await ended;
    expect(engine.address).toBeUndefined();
    // It is soon there again.
    const unpublished = waitFor('a file without address', 30_000, async () => {
      const file = await runtimeFile();
      return file !== null && typeof file === 'object' && !('address' in file);
    });
    const port = Number(new URL(before.url).port);
    await expect.poll(() => listening(stranger, port).catch(() => 'taken')).toBe(port);
    expect(await (await fetch(before.url)).text()).toBe('1\n');

    await unpublished;
    const found = findEngine(folder.path);
    await expect.poll(() => engine.ready).toBe(true);
    const after = addressOf(engine);
    expect(after.url).not.toBe(before.url);
    expect(after.password).not.toBe(before.password);
    expect(await found).toEqual(after);
    expect(await runtimeFile()).toHaveProperty('address', after);
    expect(await singleValue(folder.connect(after), 'SELECT 2')).toBe('2');
    const outdated = folder.connect({ ...after, password: before.password });
    await expect(singleValue(outdated, 'SELECT 2')).rejects.toThrow('Authentication failed');
    expect(received.length).toBeGreaterThan(0);
    expect(received.join('\n')).not.toContain(after.password);
  });

  test.each(['SIGSEGV', 'SIGABRT', 'SIGBUS'] as const)(
    'comes back from a crash (%s) at once',
    async (signal) => {
      const engine = await folder.start();
      const client = folder.connect(addressOf(engine));
      await client.command({ query: 'CREATE TABLE t (a UInt32) ENGINE = MergeTree ORDER BY a' });
      await client.insert({ table: 't', values: [{ a: 1 }], format: 'JSONEachRow' });
      expect(await singleValue(client, 'SELECT sum(number) FROM numbers(1000)')).toBe('499500');
      const pid = await enginePid();
      process.kill(pid, signal);
      await expect.poll(() => isAlive(pid)).toBe(false);
      await expect.poll(() => engine.ready).toBe(true);
      expect(await singleValue(folder.connect(addressOf(engine)), 'SELECT a FROM t')).toBe('1');
    },
  );

  test('can be closed while it is started again', async () => {
    const engine = await folder.start();
    const ended = ending(engine);
    process.kill(await enginePid(), 'SIGKILL');
    await ended;
    await engine.close();
    expect(engine.ready).toBe(false);
    expect(await findEngine(folder.path)).toBeUndefined();
    await expect.poll(async () => isAlive(await enginePid())).toBe(false);
    await folder.start();
  });

  test('ends when the process that started it is killed', async () => {
    const { child } = await folder.spawnEngine();
    const pid = await enginePid();
    expect(isAlive(pid)).toBe(true);
    child.kill('SIGKILL');
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  test('does not end by the signals that go to a whole group', async () => {
    const engine = await folder.start();
    const pid = await enginePid();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid, signal);
    expect(await singleValue(folder.connect(addressOf(engine)), 'SELECT 1')).toBe('1');
    expect(isAlive(pid)).toBe(true);
  });

  test('finishes an insert that runs when it is closed', async () => {
    const engine = await folder.start();
    const client = folder.connect(addressOf(engine));
    await client.command({ query: 'CREATE TABLE t (a UInt64) ENGINE = MergeTree ORDER BY a' });
    const inserted = client.command({
      query: 'INSERT INTO t SELECT number + sleepEachRow(0.1) FROM numbers(30)',
    });
    const runs =
      "SELECT count() FROM system.processes WHERE query LIKE '%INSERT INTO t%' AND query NOT LIKE '%system.processes%'";
    await expect.poll(() => singleValue(client, runs)).toBe('1');
    await engine.close();
    await inserted;
    const again = folder.connect(addressOf(await folder.start()));
    expect(await singleValue(again, 'SELECT count() FROM t')).toBe('30');
  });
});

describe('the process by itself', () => {
  const options = () => ({
    storeDir: join(folder.path, 'store'),
    port: 0,
    username: 'someone',
    password: 'secret word',
    readers: 2,
    memoryLimitBytes: 1024 ** 3,
  });

  test('is a ClickHouse server for whoever starts it, until its input ends', async () => {
    const { child, line } = await folder.spawn([join(compiled, 'child.js')], JSON.stringify(options()));
    const report: unknown = JSON.parse(line);
    expect(report).toEqual({
      event: 'listening',
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      pid: child.pid,
      version: expect.stringMatching(/^\d+\.\d+/),
    });
    const url = report !== null && typeof report === 'object' && 'url' in report ? String(report.url) : '';
    expect(
      await singleValue(folder.connect({ url, username: 'someone', password: 'secret word' }), 'SELECT 1'),
    ).toBe('1');
    child.stdin?.end();
    await new Promise((resolve) => child.once('exit', resolve));
  });

  test('takes the port that it is told, and says so where that is in use', async () => {
    const server = createServer();
    folder.afterwards(() => closed(server));
    const port = await listening(server, 0);
    const onPort = JSON.stringify({ ...options(), port });
    const refused = await folder.spawn([join(compiled, 'child.js')], onPort);
    expect(JSON.parse(refused.line)).toEqual({
      event: 'failed',
      reason: 'failed',
      message: `127.0.0.1:${port} can't be listened on: it is in use`,
    });
    await closed(server);
    // The store is locked until the process that was refused has ended.
    await expect.poll(() => isAlive(refused.child.pid ?? 0)).toBe(false);
    const { line } = await folder.spawn([join(compiled, 'child.js')], onPort);
    expect(JSON.parse(line)).toMatchObject({ event: 'listening', url: `http://127.0.0.1:${port}` });
  });

  test.each(['', '{}', 'no JSON', '{"storeDir":"/x","port":-1}'])('refuses the options %j', async (input) => {
    const { line } = await folder.spawn([join(compiled, 'child.js')], input);
    expect(JSON.parse(line)).toMatchObject({ event: 'failed', reason: 'failed' });
  });

  test('says so where chDB is not installed, or can not be loaded', async () => {
    const installation = join(folder.path, 'installation');
    const modules = join(installation, 'node_modules');
    await cp(dirname(compiled), join(installation, 'dist', 'store'), { recursive: true });
    await writeFile(join(installation, 'package.json'), '{"type":"module"}');
    await mkdir(modules);
    await symlink(join(project, 'node_modules', 'zod'), join(modules, 'zod'));
    const entry = join(installation, 'dist', 'store', 'engine', 'child.js');
    const missing = await folder.spawn([entry], JSON.stringify(options()));
    expect(JSON.parse(missing.line)).toMatchObject({ event: 'failed', reason: 'not-installed' });

    await mkdir(join(modules, 'chdb'));
    await writeFile(join(modules, 'chdb', 'package.json'), '{"main":"index.js"}');
    await writeFile(join(modules, 'chdb', 'index.js'), 'throw new Error("no such platform")');
    const unsupported = await folder.spawn([entry], JSON.stringify(options()));
    expect(JSON.parse(unsupported.line)).toMatchObject({ event: 'failed', reason: 'unsupported-platform' });
  });
});
