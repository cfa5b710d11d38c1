import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { FixtureKeys } from '../../test/mcp/fixture-endpoint.ts';
import { createAuthenticator } from './authenticator.ts';
import { FailedLogins } from './failed-logins.ts';

const noon = Date.parse('2026-11-23T12:00:00Z');
const silent = pino({ level: 'silent' });

function start() {
  const clock = { ms: noon };
  const counted: boolean[] = [];
  const lines: Record<string, unknown>[] = [];
  const log = pino({}, { write: (line) => lines.push(JSON.parse(line)) });
  const logins = new FailedLogins(log, (slowed) => counted.push(slowed));
  const fail = (address = '192.0.2.7') => logins.record(address, new Date(clock.ms));
  const failTimes = (times: number, address?: string) => Array.from({ length: times }, () => fail(address));
  return { logins, clock, counted, lines, fail, failTimes };
}

describe('wrong keys of one address', () => {
  test('are told so twenty times; then each makes it wait twice as long, up to five minutes', () => {
    const { clock, fail, failTimes, counted, lines } = start();
    expect(failTimes(20)).toEqual(Array.from({ length: 20 }, () => 0));
    for (const seconds of [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]) {
      expect(fail()).toBe(0);
      expect(fail()).toBe(seconds);
      clock.ms += seconds * 1_000 - 1;
      expect(fail()).toBe(1);
      clock.ms += 1;
    }
    expect(counted.filter((slowed) => !slowed)).toHaveLength(31);
    expect(counted.filter((slowed) => slowed)).toHaveLength(22);
    expect(lines).toMatchObject([{ level: 40, address: '192.0.2.7' }]);
  });

  test('are forgotten after a quarter of an hour without any', () => {
    const { clock, fail, failTimes } = start();
    failTimes(21);
    clock.ms += 899_999;
    expect([fail(), fail()]).toEqual([0, 2]);
    clock.ms += 900_000;
    expect(failTimes(20)).toEqual(Array.from({ length: 20 }, () => 0));
  });

  test('are no other address', () => {
    const { fail, failTimes } = start();
    failTimes(21);
    expect([fail('192.0.2.7'), fail('192.0.2.8'), fail('2001:db8::1')]).toEqual([1, 0, 0]);
  });
});

test.each([
  ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', true],
  ['2001:db8::1', '2001:db8::2:0:0:1', true],
  ['2001:db8::1', '2001:db8:0:1::1', false],
  ['::1', '::2', true],
  ['1:2:3:4:5:6:7:8', '1:2:3:4::', true],
  ['1:2:3:4:5:6:7:8', '1:2:3:5::', false],
])('%s and %s: one network of IPv6: %s', (one, other, same) => {
  const { fail, failTimes } = start();
  failTimes(21, one);
  expect(fail(other)).toBe(same ? 1 : 0);
});

test('no more than 10,000 addresses are held; the one that failed longest ago goes', () => {
  const { logins, fail, failTimes } = start();
  failTimes(21, '192.0.2.1');
  failTimes(21, '192.0.2.2');
  for (let i = 0; i < 9_998; i++) fail(`10.0.${i >> 8}.${i & 255}`);
  expect(logins.size).toBe(10_000);
  expect(fail('192.0.2.1')).toBe(1);
  fail('10.1.0.0');
  expect(logins.size).toBe(10_000);
  expect([fail('192.0.2.2'), fail('192.0.2.1')]).toEqual([1, 0]);
});

describe('an authenticator', () => {
  const keys = new FixtureKeys();
  keys.add('right');
  const now = new Date(noon);
  const open = () => {
    const { authenticate, recheck } = createAuthenticator(keys, silent, new FailedLogins(silent));
    const status = (key: string | undefined, role: 'query' | 'admin' = 'query') =>
      authenticate(key && `Bearer ${key}`, role, now, '192.0.2.7').then(
        () => 200,
        (error) => ('Retry-After' in error.headers ? 'slowed' : error.status),
      );
    return { status, recheck };
  };

  test('lets a valid key in from an address that is slowed', async () => {
    const { status } = open();
    for (let i = 0; i < 21; i++) expect(await status('wrong')).toBe(401);
    expect([await status('wrong'), await status('right'), await status('wrong')]).toEqual([
      'slowed',
      200,
      'slowed',
    ]);
  });

  test('slows neither requests without a key, nor keys without the role, nor sessions that are looked after', async () => {
    const { status, recheck } = open();
    for (let i = 0; i < 50; i++) {
      expect(await status(undefined)).toBe(401);
      expect(await status('right', 'admin')).toBe(403);
      await expect(recheck('Bearer gone', 'query', now)).rejects.toMatchObject({ status: 401 });
    }
    expect(await status('wrong')).toBe(401);
  });

  test('says when to try again', async () => {
    const { authenticate } = createAuthenticator(keys, silent, { record: () => 64 });
    await expect(authenticate('Basic x', 'query', now, '192.0.2.7')).rejects.toMatchObject({
      status: 401,
      headers: { 'WWW-Authenticate': expect.stringContaining('invalid_token'), 'Retry-After': '64' },
      message: 'The API key is not valid, and too many wrong ones came from this address. Try again in 64 s.',
    });
  });
});
