import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FakePlatform, type Fault, startFakePlatform } from '../../test/access/fake-platform.ts';
import { waitFor } from '../../test/support/wait.ts';
import { createPlatformClient } from './platform-client.ts';
import { PlatformKeys } from './platform-keys.ts';

const start = new Date('2026-11-23T12:00:00.000Z');
const at = (seconds: number) => new Date(start.getTime() + seconds * 1000);

let platform: FakePlatform;
let log: string[];
beforeEach(async () => {
  platform = await startFakePlatform();
  log = [];
});
afterEach(() => platform.close());

const open = (graceMs = 0) =>
  new PlatformKeys({
    ask: createPlatformClient(platform.url),
    graceMs,
    log: pino({ level: 'trace' }, { write: (line: string) => void log.push(line) }),
  });

const alice = { name: 'Alice', roles: ['query'], limits: { namespaces: ['payments'] } };

describe('an answer', () => {
  test('says whose key it is, and what it may', async () => {
    const limits = { clusters: ['eu', 'us'], namespaces: [] };
    platform.keys.set('a+b/c~._-==', {
      name: 'Bob',
      roles: ['admin', 'ingest'],
      limits,
      expires: '2027-01-01T00:00:00+02:00',
    });
    expect(await open().verify('a+b/c~._-==', start)).toEqual({
      keyId: expect.stringMatching(/^platform:[0-9a-f]{16}$/),
      name: 'Bob',
      roles: ['ingest', 'admin'],
      limits,
      expiresAt: new Date('2026-12-31T22:00:00Z'),
    });
    expect(platform.requests).toEqual(['POST /v1/check-key a+b/c~._-==']);
  });

  test('of 401 or 403 is a key that is not valid', async () => {
    expect(await open().verify('nobody', start)).toBeUndefined();
    platform.keys.set('alice', alice);
    platform.status = 403;
    expect(await open().verify('alice', start)).toBeUndefined();
  });

  test('ends with its expiry', async () => {
    platform.keys.set('alice', { ...alice, expires: '2026-11-23T12:00:10Z' });
    const keys = open();
    expect(await keys.verify('alice', at(9.999))).toMatchObject({ name: 'Alice' });
    expect(await keys.verify('alice', at(10))).toBe('ended');
  });

  test('gives every process the same id for a key, and each key its own', async () => {
    platform.keys.set('alice', alice).set('alice-2', alice);
    const idOf = async (key: string) => expect.objectContaining({ keyId: await keyId(key) });
    const keyId = async (key: string) => {
      const principal = await open().verify(key, start);
      return typeof principal === 'object' ? principal.keyId : '';
    };
    expect(await open().verify('alice', start)).toEqual(await idOf('alice'));
    expect(await keyId('alice')).not.toBe(await keyId('alice-2'));
  });

  test('gives no right for a role that is not one of ours', async () => {
    platform.keys.set('alice', { ...alice, roles: ['Admin', 'root', 'query ', 'ingest'] });
    expect(await open().verify('alice', start)).toMatchObject({ roles: ['ingest'] });
    platform.keys.set('bob', { ...alice, roles: [] });
    expect(await open().verify('bob', start)).toMatchObject({ roles: [] });
  });

  test.each([
    ['no limits', { name: 'A', roles: ['query'] }],
    ['null for limits', { ...alice, limits: null }],
    ['null for a list', { ...alice, limits: { namespaces: null } }],
    ['a text for a list', { ...alice, limits: { namespaces: 'payments' } }],
    ['a misspelt limit', { ...alice, limits: { namespace: ['payments'] } }],
    ['limits of another kind', { ...alice, limits: { namespaces: ['payments'], tenants: ['t'] } }],
    ['limits where none belong', { ...alice, limits: {}, namespaces: ['payments'] }],
    ['an empty name in a list', { ...alice, limits: { namespaces: [''] } }],
    ['a role that is no list', { ...alice, roles: 'admin' }],
    ['a role that is no text', { ...alice, roles: [{ admin: true }] }],
    ['no roles', { name: 'A', limits: {} }],
    ['no name', { roles: ['query'], limits: {} }],
    ['a name with a line end', { ...alice, name: 'A\nB' }],
    ['the key for a name', { ...alice, name: 'key of alice' }],
    ['an expiry in another form', { ...alice, expires: 1_800_000_000 }],
    ['an expiry that is no day', { ...alice, expires: '2027-02-30' }],
    ['a list', [alice]],
    ['null', 'null'],
    ['no JSON', 'valid'],
    ['no UTF-8', Buffer.from('{"name": "\xff"}', 'latin1')],
    ['nothing', ''],
  ])('with %s is none', async (_, answer) => {
    platform.keys.set('alice', answer);
    const keys = open();
    await expect(keys.verify('alice', start)).rejects.toThrow(/platform's answer/);
    expect(log.join('')).not.toContain('alice');
  });
});

describe('what is kept', () => {
  test('an answer for 15 s, from when it was asked for', async () => {
    platform.keys.set('alice', alice);
    const keys = open();
    await keys.verify('alice', start);
    platform.keys.delete('alice');
    expect(await keys.verify('alice', at(14.999))).toMatchObject({ name: 'Alice' });
    expect(platform.requests).toHaveLength(1);
    expect(await keys.verify('alice', at(15))).toBeUndefined();
    platform.keys.set('alice', alice);
    expect(await keys.verify('alice', at(29.999))).toBeUndefined();
    expect(platform.requests).toHaveLength(2);
    expect(await keys.verify('alice', at(30))).toMatchObject({ name: 'Alice' });
  });

  test('less where the clock was set back', async () => {
    platform.keys.set('alice', alice);
    const keys = open();
    await keys.verify('alice', start);
    await keys.verify('alice', at(-1));
    expect(platform.requests).toHaveLength(2);
  });

  test('checks of one key at the same time share one request', async () => {
    platform.keys.set('alice', alice).set('bob', { ...alice, name: 'Bob' });
    let release = () => {};
    platform.hold = new Promise((resolve) => {
      release = resolve;
    });
    const keys = open();
    const checks = ['alice', 'bob', 'alice', 'nobody', 'alice', 'nobody'].map((key) =>
      keys.verify(key, start),
    );
    await waitFor('the requests', 30_000, () => platform.requests.length === 3);
    release();
    const names = (await Promise.all(checks)).map((known) =>
      typeof known === 'object' ? known.name : known,
    );
    expect(names).toEqual(['Alice', 'Bob', 'Alice', undefined, 'Alice', undefined]);
    expect(platform.requests).toHaveLength(3);
  });

  test('a flood of wrong keys drives no valid one out, and is not kept whole', async () => {
    let asked = 0;
    const keys = new PlatformKeys({
      ask: async (key) => {
        asked += 1;
        return key === 'alice' ? { name: 'Alice', roles: ['query'], limits: {} } : undefined;
      },
      graceMs: 0,
      log: pino({ level: 'silent' }),
    });
    await keys.verify('alice', start);
    for (let wrong = 0; wrong < 10_001; wrong++) await keys.verify(`wrong-${wrong}`, start);
    expect(asked).toBe(10_002);
    await keys.verify('alice', start);
    await keys.verify('wrong-10000', start);
    expect(asked).toBe(10_002);
    await keys.verify('wrong-0', start);
    expect(asked).toBe(10_003);
  });
});

describe('a platform that is down', () => {
  const faults: readonly Fault[] = [
    'garbage',
    'huge',
    'error',
    'redirect',
    'hang',
    'hang-in-body',
    'close',
    'close-in-body',
  ];

  test.each(faults)('%s: known keys go on for the grace, and nobody else', async (fault) => {
    platform.keys.set('alice', alice);
    const keys = open(60_000);
    await keys.verify('alice', start);
    platform.fault = fault;
    const [first, ...others] = await Promise.allSettled([
      keys.verify('alice', at(15)),
      keys.verify('bob', at(15)),
      open().verify('alice', at(15)),
    ]);
    expect(first).toMatchObject({ status: 'fulfilled', value: { name: 'Alice', limits: alice.limits } });
    for (const other of others) {
      expect(other).toMatchObject({ status: 'rejected', reason: { name: 'PlatformError' } });
    }
    expect(await keys.verify('alice', at(74.999))).toMatchObject({ name: 'Alice' });
    await expect(keys.verify('alice', at(75))).rejects.toThrow('platform');
    expect(platform.requests.filter((line) => !line.startsWith('POST /v1/check-key '))).toEqual([]);
    expect(log.join('')).toContain('can not be checked');
    expect(log.join('')).not.toMatch(/alice|bob/i);
    platform.fault = undefined;
    expect(await keys.verify('alice', at(80))).toMatchObject({ name: 'Alice' });
    expect(log.join('')).toContain('can be checked again');
  });

  test('without a grace, no key goes on past the 15 s', async () => {
    platform.keys.set('alice', alice);
    const keys = open();
    await keys.verify('alice', start);
    platform.fault = 'error';
    expect(await keys.verify('alice', at(14.999))).toMatchObject({ name: 'Alice' });
    await expect(keys.verify('alice', at(15))).rejects.toThrow('500');
  });

  test('that is not there', async () => {
    await platform.close();
    await expect(open().verify('alice', start)).rejects.toThrow('ECONNREFUSED');
  });

  test('is asked about the same key every 2 s at most', async () => {
    platform.fault = 'error';
    const keys = open();
    for (const seconds of [0, 0.5, 1.999]) await expect(keys.verify('a', at(seconds))).rejects.toThrow('500');
    expect(platform.requests).toHaveLength(1);
    await expect(keys.verify('a', at(2))).rejects.toThrow('500');
    expect(platform.requests).toHaveLength(2);
  });

  test('a key that was refused before it went down gets no grace', async () => {
    platform.keys.set('alice', alice);
    const keys = open(3_600_000);
    await keys.verify('alice', start);
    platform.keys.delete('alice');
    expect(await keys.verify('alice', at(15))).toBeUndefined();
    platform.fault = 'error';
    await expect(keys.verify('alice', at(31))).rejects.toThrow('500');
  });

  test('an expiry holds during the grace', async () => {
    platform.keys.set('alice', { ...alice, expires: '2026-11-23T12:00:20Z' });
    const keys = open(60_000);
    await keys.verify('alice', start);
    platform.fault = 'close';
    expect(await keys.verify('alice', at(19))).toMatchObject({ name: 'Alice' });
    expect(await keys.verify('alice', at(20))).toBe('ended');
  });
});
