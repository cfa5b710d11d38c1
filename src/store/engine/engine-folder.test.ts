import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EngineFolder, singleValue } from '../../../test/support/engine-folder.ts';
import { addressOf } from '../../../test/support/store.ts';
import { type EngineAddress, findEngine } from './engine.ts';

const folder = new EngineFolder();

async function enginePid(): Promise<number> {
  const status = await readFile(join(folder.path, 'store', 'engine', 'status'), 'utf8');
  return Number(/^PID: (\d+)$/m.exec(status)?.[1]);
}

/** The URL of a server that gives the answer of an engine, after some ms, to whatever it is sent. */
async function otherServer(ms = 0): Promise<string> {
  const server = createServer((_, response) => setTimeout(() => response.end('1\n'), ms));
  folder.afterwards(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  return `http://127.0.0.1:${bound !== null && typeof bound === 'object' ? bound.port : 0}`;
}

describe('the data folder', () => {
  test('is refused to a second engine, in this process or another one', async () => {
    const first = await folder.start();
    await expect(folder.start()).rejects.toMatchObject({
      name: 'EngineError',
      reason: 'folder-in-use',
      message: `the data folder ${folder.path} is in use by process ${process.pid}`,
    });
    await first.close();
    const { child } = await folder.spawnEngine();
    await expect(folder.start()).rejects.toMatchObject({
      reason: 'folder-in-use',
      message: expect.stringContaining(`process ${child.pid}`),
    });
  });

  test('is refused too where only the engine itself knows that it is in use', async () => {
    await folder.start();
    await rm(join(folder.path, 'engine.json'));
    await expect(folder.start()).rejects.toMatchObject({
      reason: 'folder-in-use',
      message: expect.stringContaining(`process ${await enginePid()}`),
    });
  });

  test('is free again at once when the process that used it was killed', async () => {
    const { child } = await folder.spawnEngine();
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    const engine = await folder.start();
    expect(await singleValue(folder.connect(addressOf(engine)), 'SELECT 1')).toBe('1');
  });

  test.each([
    ['a file', 'folder-unusable', "can't be written: it is no folder"],
    ['a file/below', 'folder-unusable', "can't be written: a part of the path is no folder"],
    ['with * in it', 'folder-unusable', "*, ?, { and } can't be in the path"],
  ])('%j can not be one', async (name, reason, message) => {
    await writeFile(join(folder.path, 'a file'), '');
    await expect(folder.start({ dataDir: join(folder.path, name) })).rejects.toMatchObject({
      reason,
      message: expect.stringContaining(message),
    });
  });

  test('may have spaces, quotes and letters of any kind', async () => {
    const odd = join(folder.path, "it's a «folder» \\ 数据");
    const engine = await folder.start({ dataDir: odd });
    const client = folder.connect(addressOf(engine));
    await client.command({ query: 'CREATE TABLE t (a String) ENGINE = MergeTree ORDER BY a' });
    await client.insert({ table: 't', values: [{ a: 'x' }], format: 'JSONEachRow' });
    expect(await singleValue(client, 'SELECT a FROM t')).toBe('x');
  });
});

describe('the runtime file', () => {
  test('leads another process to the engine, and is for its owner only', async () => {
    const engine = await folder.start();
    expect(await findEngine(folder.path)).toEqual(engine.address);
    expect((await stat(join(folder.path, 'engine.json'))).mode & 0o777).toBe(0o600);
    await engine.close();
    expect(await findEngine(folder.path)).toBeUndefined();
    await expect(stat(join(folder.path, 'engine.json'))).rejects.toThrow('ENOENT');
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
    const engine = await folder.start();
    const path = join(folder.path, 'engine.json');
    const file: object = JSON.parse(await readFile(path, 'utf8'));
    const address = { ...addressOf(engine), url: await otherServer() };
    await engine.close();
    await writeFile(path, JSON.stringify(change({ ...file, address }, address)));
    expect(await findEngine(folder.path)).toBeUndefined();
    await folder.start();
  });

  test('with another password leads nowhere', async () => {
    const engine = await folder.start();
    const path = join(folder.path, 'engine.json');
    const file: object = JSON.parse(await readFile(path, 'utf8'));
    const address = { ...addressOf(engine), password: 'other' };
    await writeFile(path, JSON.stringify({ ...file, address }));
    expect(await findEngine(folder.path)).toBeUndefined();
  });

  test('that is damaged, or missing, is none', async () => {
    expect(await findEngine(folder.path)).toBeUndefined();
    await writeFile(join(folder.path, 'engine.json'), '{');
    expect(await findEngine(folder.path)).toBeUndefined();
  });

  // A busy machine takes that long, and an engine that counts as gone is a product that does not start.
  test('leads to an engine that answers, or is started, within six seconds', async () => {
    const engine = await folder.start();
    const file: object = JSON.parse(await readFile(join(folder.path, 'engine.json'), 'utf8'));
    const slow = { ...addressOf(engine), url: await otherServer(6_000) };
    const started = { ...addressOf(engine), url: await otherServer() };
    const write = async (name: string, address: EngineAddress | undefined) => {
      const draft = join(folder.path, `${name}.json`);
      await writeFile(draft, JSON.stringify({ ...file, address }));
      await rename(draft, join(folder.path, name, 'engine.json'));
    };
    for (const name of ['slow', 'starting']) await mkdir(join(folder.path, name));
    await write('slow', slow);
    await write('starting', undefined);
    const found = Promise.all(['slow', 'starting'].map((name) => findEngine(join(folder.path, name))));
    setTimeout(() => void write('starting', started), 6_000);
    expect(await found).toEqual([slow, started]);
  });

  test('leads to the engine also while its process is started again', async () => {
    const engine = await folder.start();
    const ended = new Promise((resolve) => engine.onStateChange(resolve));
    process.kill(await enginePid(), 'SIGKILL');
    expect(await ended).toBe(false);
    expect(await findEngine(folder.path)).toEqual(engine.address);
  });
});
