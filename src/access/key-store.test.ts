import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InputError } from '../telemetry/input-error.ts';
import { KeyFileError } from './key-file.ts';
import { KeyStore } from './key-store.ts';

const now = new Date('2026-11-23T12:00:00.000Z');
const later = (ms: number) => new Date(now.getTime() + ms);
const log = pino({ level: 'silent' });

let parent: string;
let folder: string;
let store: KeyStore;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'kubesense-keys-'));
  folder = join(parent, 'data');
  store = new KeyStore({ folder, log, lockWaitMs: 5_000 });
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const file = () => join(folder, 'keys.json');

describe('a new key', () => {
  test('is valid for whom it was made', async () => {
    const expiresAt = later(1_000);
    const limits = { namespaces: ['ts', 'jobs'], clusters: ['eu'] };
    const { key, record } = await store.create(
      { name: 'Grafana', roles: ['admin', 'query', 'admin'], limits, expiresAt },
      now,
    );
    expect(record).toEqual({
      id: key.split('_')[1],
      name: 'Grafana',
      roles: ['query', 'admin'],
      limits,
      createdAt: now,
      expiresAt,
    });
    expect(await store.verify(key, now)).toEqual({
      keyId: record.id,
      name: 'Grafana',
      roles: ['query', 'admin'],
      limits,
      expiresAt,
    });
  });

  test('has the role query when none is named', async () => {
    const { record } = await store.create({ name: 'x' }, now);
    expect(record.roles).toEqual(['query']);
    expect(record.limits).toEqual({});
  });

  test('is known to a store that was open before, and after', async () => {
    const open = new KeyStore({ folder, log });
    const { key } = await store.create({ name: 'x' }, now);
    expect(await open.verify(key, now)).toBeDefined();
    const { key: second } = await store.create({ name: 'y' }, now);
    expect(await open.verify(second, now)).toBeDefined();
    expect(await new KeyStore({ folder, log }).verify(key, now)).toBeDefined();
  });

  test('is stored as a hash, for the owner alone', async () => {
    const { key } = await store.create({ name: 'x' }, now);
    for (const name of readdirSync(folder)) {
      expect(readFileSync(join(folder, name), 'utf8')).not.toContain(key.split('_')[2]);
    }
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  test('leaves no file but the one', async () => {
    await store.create({ name: 'x' }, now);
    expect(readdirSync(folder)).toEqual(['keys.json']);
  });

  test.each([
    ['', /1 to 100 printable/],
    ['  ', /1 to 100 printable/],
    ['x'.repeat(101), /1 to 100 printable/],
    ['line\nbreak', /printable/],
    ['\u202egnp.exe', /printable/],
    ['zero\u200bwidth', /printable/],
    ['nul\0', /printable/],
  ])('can not have the name %j', async (name, message) => {
    await expect(store.create({ name }, now)).rejects.toThrow(message);
    await expect(store.create({ name }, now)).rejects.toThrow(InputError);
  });

  test('can have a name in any script', async () => {
    expect((await store.create({ name: ' Überwachung 監視 🔑 ' }, now)).record.name).toBe(
      'Überwachung 監視 🔑',
    );
  });

  test.each([
    [{ name: 'x', roles: ['queen'] }, /"queen" is not a role. Roles: query, ingest, admin/],
    [{ name: 'x', roles: [] }, /needs a role/],
    [{ name: 'x', limits: { namespaces: [] } }, /namespaces.*empty/],
    [{ name: 'x', limits: { clusters: [''] } }, /cluster/],
    [{ name: 'x', limits: { clusters: ['a\nb'] } }, /cluster/],
    [{ name: 'x', expiresAt: now }, /future/],
    [{ name: 'x', expiresAt: new Date(Number.NaN) }, /future/],
  ])('%j is refused', async (input, message) => {
    await expect(store.create(input, now)).rejects.toThrow(message);
    await expect(store.list()).resolves.toEqual([]);
  });
});

describe('verify', () => {
  test('knows no key before there are any', async () => {
    expect(
      await store.verify('ks_000000000000_0000000000000000000000000000000000000000', now),
    ).toBeUndefined();
    expect(await store.list()).toEqual([]);
  });

  test('refuses the right id with another secret, and the other way round', async () => {
    const { key: a } = await store.create({ name: 'a' }, now);
    const { key: b } = await store.create({ name: 'b' }, now);
    const [, idOfA] = a.split('_');
    const [, , secretOfB] = b.split('_');
    expect(await store.verify(`ks_${idOfA}_${secretOfB}`, now)).toBeUndefined();
    expect(await store.verify(a.slice(0, -1), now)).toBeUndefined();
    expect(await store.verify('', now)).toBeUndefined();
    expect(await store.verify(a, now)).toBeDefined();
  });

  test('a key ends in the instant of its expiry', async () => {
    const { key } = await store.create({ name: 'x', expiresAt: later(1_000) }, now);
    expect(await store.verify(key, later(999))).toBeDefined();
    expect(await store.verify(key, later(1_000))).toBe('ended');
  });
});

describe('revoke', () => {
  test('ends a key at once, in another open store too', async () => {
    const open = new KeyStore({ folder, log });
    const { key, record } = await store.create({ name: 'x' }, now);
    const { key: other } = await store.create({ name: 'y' }, now);
    expect(await open.verify(key, now)).toBeDefined();
    expect(await store.revoke(record.id, later(5))).toEqual({ ...record, revokedAt: later(5) });
    expect(await open.verify(key, now)).toBe('ended');
    expect(await open.verify(other, now)).toBeDefined();
    expect((await store.list()).map(({ name, revokedAt }) => [name, revokedAt])).toEqual([
      ['x', later(5)],
      ['y', undefined],
    ]);
  });

  test('takes a name where one key has it', async () => {
    const { key } = await store.create({ name: 'x' }, now);
    await store.revoke('x', now);
    expect(await store.verify(key, now)).toBe('ended');
    const { record } = await store.create({ name: 'x' }, now);
    expect((await store.revoke('x', now)).id).toBe(record.id);
  });

  test('asks which, where several have it', async () => {
    const ids = [];
    for (let i = 0; i < 2; i++) ids.push((await store.create({ name: 'x' }, now)).record.id);
    await expect(store.revoke('x', now)).rejects.toThrow(new RegExp(`2 keys.*${ids[0]}.*${ids[1]}`));
    await store.revoke(ids[0] ?? '', now);
    expect((await store.revoke('x', now)).id).toBe(ids[1]);
  });

  test('says what there is instead', async () => {
    await expect(store.revoke('x', now)).rejects.toThrow(/no key.*There are no keys/);
    await store.create({ name: 'grafana' }, now);
    await expect(store.revoke('grafena', now)).rejects.toThrow(/Did you mean "grafana"/);
    await store.revoke('grafana', now);
    await expect(store.revoke('grafana', now)).rejects.toThrow(/revoked already/);
  });
});

describe('the file', () => {
  const good = { version: 1, keys: [] };
  const key = {
    id: '0123456789ab',
    name: 'x',
    roles: ['query'],
    limits: {},
    createdAt: now.toISOString(),
    hash: 'a'.repeat(64),
  };

  test.each([
    ['not JSON', '{"version": 1, "keys": [{"hash": "abcdef'],
    ['empty', ''],
    ['of another version', JSON.stringify({ ...good, version: 2 })],
    ['with an unknown role', JSON.stringify({ ...good, keys: [{ ...key, roles: ['root'] }] })],
    ['with an unknown limit', JSON.stringify({ ...good, keys: [{ ...key, limits: { pods: ['a'] } }] })],
    ['with an empty limit', JSON.stringify({ ...good, keys: [{ ...key, limits: { namespaces: [] } }] })],
    ['with a time that is none', JSON.stringify({ ...good, keys: [{ ...key, expiresAt: 'never' }] })],
    ['with a short hash', JSON.stringify({ ...good, keys: [{ ...key, hash: 'abcdef' }] })],
    ['with one id twice', JSON.stringify({ ...good, keys: [key, key] })],
    ['without keys', JSON.stringify({ version: 1 })],
  ])('%s: no key is valid, nothing is written, and the error names the file', async (_, text) => {
    const made = await store.create({ name: 'x' }, now);
    writeFileSync(file(), text);
    for (const attempt of [
      () => store.verify(made.key, now),
      () => store.list(),
      () => store.create({ name: 'y' }, now),
      () => store.revoke('x', now),
    ]) {
      await expect(attempt()).rejects.toThrow(KeyFileError);
      await expect(attempt()).rejects.toThrow(/keys\.json.*No key is valid/);
      await expect(attempt()).rejects.not.toThrow(/abcdef/);
    }
    expect(readFileSync(file(), 'utf8')).toBe(text);
    expect(readdirSync(folder)).toEqual(['keys.json']);
  });

  test('is read again once it is repaired', async () => {
    const { key } = await store.create({ name: 'x' }, now);
    const text = readFileSync(file(), 'utf8');
    writeFileSync(file(), '');
    await expect(store.verify(key, now)).rejects.toThrow(KeyFileError);
    writeFileSync(file(), text);
    expect(await store.verify(key, now)).toBeDefined();
    rmSync(file());
    expect(await store.verify(key, now)).toBeUndefined();
  });

  test('in a folder that can not be made is an error of one line', async () => {
    writeFileSync(join(parent, 'file'), '');
    const broken = new KeyStore({ folder: join(parent, 'file', 'data'), log });
    await expect(broken.create({ name: 'x' }, now)).rejects.toThrow(
      /^The keys in .* can not be changed: .*$/,
    );
    await expect(broken.create({ name: 'x' }, now)).rejects.toThrow(KeyFileError);
  });
});

describe('several processes', () => {
  const script = fileURLToPath(new URL('../../test/access/create-keys.mjs', import.meta.url));
  const run = promisify(execFile);

  test("lose none of one another's keys", async () => {
    mkdirSync(folder);
    const processes = ['a', 'b', 'c'].map((name) => run(process.execPath, [script, folder, name, '12']));
    const own = Array.from({ length: 12 }, (_, i) => store.create({ name: `own-${i}` }, now));
    const made = [
      ...(await Promise.all(processes)).flatMap(({ stdout }) => stdout.trim().split('\n')),
      ...(await Promise.all(own)).map(({ key }) => key),
    ];
    expect(new Set(made).size).toBe(48);
    for (const key of made) expect(await store.verify(key, now), key).toBeDefined();
    expect(await store.list()).toHaveLength(48);
    expect(readdirSync(folder)).toEqual(['keys.json']);
  });

  test('that are killed while they write leave a file that can be read, and no lock', async () => {
    mkdirSync(folder);
    for (let round = 0; round < 4; round++) {
      const child = execFile(process.execPath, [script, folder, `k${round}`, '10000']);
      let output = '';
      await new Promise<void>((resolve) => {
        child.stdout?.on('data', (text: string) => {
          output += text;
          // Killed at a place that differs from round to round.
          if (output.split('\n').length > 5 * (round + 1)) child.kill('SIGKILL');
        });
        child.once('close', resolve);
      });
      const shown = output.split('\n').slice(0, -1);
      expect(shown.length).toBeGreaterThan(0);
      for (const key of shown) expect(await store.verify(key, now)).toBeDefined();
      await store.create({ name: `after-${round}` }, now);
    }
  });
});

describe('last use', () => {
  const file = () => join(folder, 'keys-last-use.json');

  test('is kept to the minute, in a file of its own', async () => {
    const { record } = await store.create({ name: 'x' }, now);
    const unused = await store.create({ name: 'y' }, now);
    const before = readFileSync(join(folder, 'keys.json'), 'utf8');
    store.recordUse(record.id, now);
    await store.close();
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({ [record.id]: now.toISOString() });
    const { mtimeMs, ino } = statSync(file());
    for (let second = 1; second < 60; second++) store.recordUse(record.id, later(second * 1_000));
    expect([statSync(file()).mtimeMs, statSync(file()).ino]).toEqual([mtimeMs, ino]);
    await store.close();
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({ [record.id]: later(59_000).toISOString() });
    expect(readFileSync(join(folder, 'keys.json'), 'utf8')).toBe(before);
    const listed = await new KeyStore({ folder, log }).list();
    expect(listed.map(({ id, lastUsedAt }) => [id, lastUsedAt])).toEqual([
      [record.id, later(59_000)],
      [unused.record.id, undefined],
    ]);
  });

  test('of several stores is the latest', async () => {
    const { record } = await store.create({ name: 'x' }, now);
    const other = new KeyStore({ folder, log });
    store.recordUse(record.id, later(1_000));
    other.recordUse('000000000000', later(500));
    await store.close();
    await other.close();
    store.recordUse(record.id, later(500));
    await store.close();
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({
      [record.id]: later(1_000).toISOString(),
      '000000000000': later(500).toISOString(),
    });
  });

  test('that can not be read or written costs nobody a request', async () => {
    const { key, record } = await store.create({ name: 'x' }, now);
    writeFileSync(file(), 'broken');
    expect((await store.list())[0]?.lastUsedAt).toBeUndefined();
    rmSync(file());
    mkdirSync(file());
    store.recordUse(record.id, now);
    await store.close();
    expect(await store.verify(key, now)).toBeDefined();
  });
});
