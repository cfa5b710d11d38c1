import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KeyFileError } from './key-file.ts';
import { MountedKeys } from './mounted-keys.ts';

const start = new Date('2026-11-23T12:00:00.000Z');
const at = (seconds: number) => new Date(start.getTime() + seconds * 1000);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const first = 'first-key-of-the-file-0001';
const second = 'second.key/of+the~file_0002==';

let folder: string;
let path: string;
let log: string[];
let opened: MountedKeys[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubesense-mounted-'));
  path = join(folder, 'keys.yaml');
  log = [];
  opened = [];
});
afterEach(() => {
  for (const keys of opened) keys.close();
  rmSync(folder, { recursive: true });
});

async function open(text?: string): Promise<MountedKeys> {
  if (text !== undefined) writeFileSync(path, text);
  const keys = await MountedKeys.open({
    path,
    log: pino({ level: 'trace' }, { write: (line: string) => void log.push(line) }),
  });
  opened.push(keys);
  return keys;
}

const one = (name: string, key: string) => `- name: ${name}\n  key: ${key}\n`;

describe('a key in the file', () => {
  test('is written as itself or as its hash', async () => {
    const keys = await open(`
- name: Grafana
  key: ${first}
- name: collector
  sha256: ${sha256(second).toUpperCase()}
  roles: [ingest, admin]
  limits: {clusters: [eu], namespaces: [payments, jobs]}
  expires: 2027-01-31
`);
    expect(await keys.verify(first, start)).toEqual({
      keyId: 'file:Grafana',
      name: 'Grafana',
      roles: ['query'],
      limits: {},
    });
    expect(await keys.verify(second, start)).toEqual({
      keyId: 'file:collector',
      name: 'collector',
      roles: ['ingest', 'admin'],
      limits: { clusters: ['eu'], namespaces: ['payments', 'jobs'] },
      expiresAt: new Date('2027-01-31T00:00:00Z'),
    });
    for (const wrong of [sha256(second), sha256(first), `${first}x`, first.slice(1)]) {
      expect(await keys.verify(wrong, start)).toBeUndefined();
    }
  });

  test('can stand in JSON', async () => {
    const keys = await open(JSON.stringify([{ name: 'x', key: first, limits: { namespaces: [] } }]));
    expect(await keys.verify(first, start)).toMatchObject({ limits: { namespaces: [] } });
  });

  test('ends with its expiry, a time without a zone being UTC', async () => {
    const keys = await open(`${one('x', first)}  expires: 2026-11-23T12:00:05`);
    expect(await keys.verify(first, at(4.999))).toMatchObject({ name: 'x' });
    expect(await keys.verify(first, at(5))).toBe('ended');
  });
});

test('an empty list holds no keys', async () => {
  expect(await (await open('[]')).verify(first, start)).toBeUndefined();
});

describe('a file that is wrong at the start', () => {
  test.each([
    ['', 'it takes a list of keys'],
    ['keys: []', 'it takes a list of keys'],
    [`- name: x\n   key: [${first}`, 'it is no YAML, in line'],
    [`- name: x\n  name: y\n  key: ${first}`, 'it is no YAML, in line'],
    ['- name: x', 'key 1 in it takes "key" or "sha256"'],
    [`${one('x', first)}  sha256: ${sha256(first)}`, 'key 1 in it takes "key" or "sha256"'],
    [one('x', 'short-secret'), '"key" of key 1'],
    [one('x', `"${first} !"`), '"key" of key 1'],
    [`- name: x\n  sha256: ${first}`, '"sha256" of key 1'],
    [`${one('x', first)}  roles: [root]`, '"roles.0" of key 1'],
    [`${one('x', first)}  roles: []`, '"roles" of key 1'],
    [`${one('x', first)}  expires: tomorrow`, '"expires" of key 1'],
    [`${one('x', first)}  limit: {namespaces: [a]}`, '"limit" of key 1'],
    [`${one('x', first)}  limits: {namespace: [a]}`, '"limits.namespace" of key 1'],
    [`${one('x', first)}  limits:`, '"limits" of key 1'],
    [`${one('x', first)}${one('y', first)}`, '"y" has the key of another name'],
    [`${one('x', first)}${one('x', second)}`, 'two keys have the name "x"'],
  ])('%j', async (text, reason) => {
    const failure = await open(text).then(
      () => new Error('none'),
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(KeyFileError);
    const { message } = failure instanceof Error ? failure : new Error('none');
    expect(message).toContain('KUBESENSE_API_KEYS_FILE');
    expect(message).toContain(reason);
    expect(message).not.toMatch(/\n|first|second|secret/);
  });

  test('or missing', async () => {
    await expect(open()).rejects.toThrow(/keys\.yaml can't be used: it can not be read$/);
  });
});

describe('a change of the file', () => {
  test('holds with the next check: a key is taken out, another added', async () => {
    const keys = await open(one('x', first));
    writeFileSync(path, one('y', second));
    expect(await keys.verify(first, start)).toBeUndefined();
    expect(await keys.verify(second, start)).toMatchObject({ name: 'y' });
  });

  test('is seen where Kubernetes swaps the link of a mounted secret', async () => {
    for (const [version, key] of [
      ['..1', first],
      ['..2', second],
    ] as const) {
      mkdirSync(join(folder, version));
      writeFileSync(join(folder, version, 'keys.yaml'), one('x', key));
    }
    symlinkSync('..1', join(folder, '..data'));
    symlinkSync(join('..data', 'keys.yaml'), path);
    const keys = await open();
    expect(await keys.verify(first, start)).toMatchObject({ name: 'x' });
    symlinkSync('..2', join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    expect(await keys.verify(first, start)).toBeUndefined();
    expect(await keys.verify(second, start)).toMatchObject({ name: 'x' });
  });

  test.each([
    ['wrong', () => writeFileSync(path, '- name: [', { flag: 'w' })],
    ['empty', () => writeFileSync(path, '')],
    ['missing', () => rmSync(path)],
  ])('that leaves it %s: its keys hold for 20 s, and then none can be checked', async (_, damage) => {
    const keys = await open(one('x', first));
    damage();
    expect(await keys.verify(first, at(0))).toMatchObject({ name: 'x' });
    expect(await keys.verify(second, at(10))).toBeUndefined();
    expect(await keys.verify(first, at(19.999))).toMatchObject({ name: 'x' });
    await expect(keys.verify(first, at(20))).rejects.toThrow(KeyFileError);
    await expect(keys.verify(second, at(1000))).rejects.toThrow(KeyFileError);
    expect(log.filter((line) => line.includes('bad file of keys'))).toHaveLength(1);
    expect(log.join('')).not.toContain(first);
    writeFileSync(path, one('x', second));
    expect(await keys.verify(first, at(1001))).toBeUndefined();
    expect(await keys.verify(second, at(1001))).toMatchObject({ name: 'x' });
  });
});

test('the keys of the file can be listed, as they are now, without themselves', async () => {
  const keys = await open(one('Grafana', first));
  expect(await keys.list(start)).toMatchObject([{ name: 'Grafana', roles: ['query'], limits: {} }]);
  writeFileSync(path, one('Grafana', first) + one('collector', second));
  const listed = await keys.list(at(1));
  expect(listed.map(({ name }) => name)).toEqual(['Grafana', 'collector']);
  expect(JSON.stringify(listed)).not.toContain(first);
  writeFileSync(path, 'broken: {');
  expect(await keys.list(at(2))).toEqual(listed);
});
