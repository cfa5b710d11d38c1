import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ConsoleFixture, startConsole } from '../../test/console/fixture-console.ts';

const minute = 60_000;
const hour = 60 * minute;

let fixture: ConsoleFixture;
beforeEach(async () => {
  fixture = await startConsole();
});
afterEach(() => fixture.stop());

const signedOut = { signed_in: false, version: '1.2.3' };

describe('with an admin key', () => {
  test('a session begins that says who is signed in, and lasts 12 hours', async () => {
    const { key, record } = await fixture.keys.create(
      { name: 'ops', roles: ['query', 'admin'], limits: { namespaces: ['shop'] } },
      new Date('2026-11-23T11:00:00Z'),
    );
    const browser = fixture.browser();
    expect((await browser.get('/session')).json).toEqual(signedOut);

    const { status, json, headers } = await browser.post('/session', { key: ` ${key}\n` });
    expect(status).toBe(200);
    expect(json).toEqual({
      signed_in: true,
      by: 'key',
      key: {
        id: record.id,
        name: 'ops',
        roles: ['query', 'admin'],
        limits: { namespaces: ['shop'] },
        expires_at: null,
      },
      csrf_token: 'token-1',
      ends_at: '2026-11-24T00:00:00.000Z',
      version: '1.2.3',
    });
    expect(headers['set-cookie']).toEqual([
      'kubesense_session=token-2; Path=/api/console; HttpOnly; SameSite=Strict',
    ]);
    expect(headers['cache-control']).toBe('no-store');
    expect((await browser.get('/session')).json).toEqual(json);
  });

  test('that ends soon, the session ends with it', async () => {
    const { browser } = await fixture.admin({ expiresAt: new Date('2026-11-23T12:10:00Z') });
    expect((await browser.get('/session')).json).toMatchObject({ ends_at: '2026-11-23T12:10:00.000Z' });
    fixture.advance(10 * minute - 1);
    expect((await browser.get('/keys')).status).toBe(200);
    fixture.advance(1);
    expect((await browser.get('/keys')).json).toMatchObject({ code: 'signed_out' });
  });

  test('another sign-in in the same browser ends the session before', async () => {
    const { browser, key } = await fixture.admin();
    const before = fixture.browser();
    before.cookie = browser.cookie;
    await browser.post('/session', { key });
    expect((await before.get('/session')).json).toEqual(signedOut);
    expect((await browser.get('/session')).json).toMatchObject({ signed_in: true });
  });

  test.each([
    ['unknown', 'ks_000000000000_0000000000000000000000000000000000000000'],
    ['no key at all', 'open sesame'],
    ['too odd for a header', 'ks_\r\nX: y'],
  ])('%s: 401, and it is not repeated', async (_, key) => {
    const { status, json, body, headers } = await fixture.browser().post('/session', { key });
    expect([status, json]).toEqual([
      401,
      { error: 'This key is not valid. It may have been revoked or expired.', code: 'invalid_key' },
    ]);
    expect(body).not.toContain(key.slice(0, 6));
    expect(headers['set-cookie']).toBeUndefined();
  });

  test('of another role: 403', async () => {
    const { key } = await fixture.keys.create({ name: 'reader', roles: ['query'] }, new Date(0));
    const { status, json } = await fixture.browser().post('/session', { key });
    expect([status, json]).toEqual([
      403,
      { error: 'This key can not sign in here: it does not have the role "admin".', code: 'missing_role' },
    ]);
  });

  test('while keys can not be checked: 503', async () => {
    fixture.broken = true;
    const { status, json, headers } = await fixture.browser().post('/session', { key: 'ks_x' });
    expect([status, json]).toMatchObject([503, { code: 'unavailable' }]);
    expect(headers['retry-after']).toBe('5');
    expect(JSON.stringify(json)).not.toContain('/var/secret');
  });
});

describe('a session ends', () => {
  test('when its key is revoked, at the next request', async () => {
    const { browser, id } = await fixture.admin();
    expect((await browser.get('/keys')).status).toBe(200);
    await fixture.keys.revoke(id, new Date());
    const { status, json, headers } = await browser.get('/keys');
    expect([status, json]).toMatchObject([401, { code: 'signed_out' }]);
    expect(headers['set-cookie']).toEqual([
      'kubesense_session=; Path=/api/console; HttpOnly; SameSite=Strict; Max-Age=0',
    ]);
  });

  test('when it idles for 30 minutes, and not while it is used', async () => {
    const { browser } = await fixture.admin();
    for (let i = 0; i < 4; i++) {
      fixture.advance(30 * minute - 1);
      expect((await browser.get('/session')).json).toMatchObject({ signed_in: true });
    }
    fixture.advance(30 * minute);
    expect((await browser.get('/session')).json).toEqual(signedOut);
  });

  test('after 12 hours in any case', async () => {
    const { browser } = await fixture.admin();
    for (let i = 0; i < 47; i++) {
      fixture.advance(15 * minute);
      expect((await browser.get('/keys')).status).toBe(200);
    }
    fixture.advance(15 * minute);
    expect((await browser.get('/keys')).status).toBe(401);
  });

  test('at sign-out', async () => {
    const { browser } = await fixture.admin();
    const { cookie } = browser;
    const { status, body } = await browser.delete('/session');
    expect([status, body]).toEqual([204, '']);
    expect(browser.cookie).toBeUndefined();
    browser.cookie = cookie;
    expect((await browser.get('/keys')).status).toBe(401);
  });

  test('but not while keys can not be checked', async () => {
    const { browser } = await fixture.admin();
    fixture.broken = true;
    expect((await browser.get('/keys')).json).toMatchObject({ code: 'unavailable' });
    expect((await browser.get('/session')).status).toBe(503);
    fixture.broken = false;
    expect((await browser.get('/keys')).status).toBe(200);
  });

  test('when there are too many, the one that was not used for longest', async () => {
    await fixture.stop();
    fixture = await startConsole({ limits: { maxSessions: 2 } });
    const { browser: one, key } = await fixture.admin();
    const [two, three] = [fixture.browser(), fixture.browser()];
    await two.post('/session', { key });
    await one.get('/session');
    await three.post('/session', { key });
    const statuses = await Promise.all(
      [one, two, three].map(async (each) => (await each.get('/keys')).status),
    );
    expect(statuses).toEqual([200, 401, 200]);
  });
});

describe('with the link on the terminal', () => {
  test('once, for an hour, as an admin who is not limited', async () => {
    const token = fixture.setupLink.issue();
    const browser = fixture.browser();
    const { status, json } = await browser.post('/session/link', { token });
    expect([status, json]).toMatchObject([
      200,
      { signed_in: true, by: 'link', key: null, ends_at: '2026-11-23T13:00:00.000Z' },
    ]);
    expect((await fixture.browser().post('/session/link', { token })).json).toMatchObject({
      code: 'invalid_link',
    });

    const made = await browser.post('/keys', { name: 'first', roles: ['admin'] });
    expect(made.status).toBe(201);
    fixture.advance(25 * minute);
    expect((await browser.get('/keys')).json).toMatchObject({
      current_key_id: null,
      keys: [{ name: 'first' }],
    });
    fixture.advance(25 * minute);
    expect((await browser.get('/keys')).status).toBe(200);
    fixture.advance(10 * minute);
    expect((await browser.get('/keys')).status).toBe(401);
  });

  const refused = async (token: string) => {
    const { status, json } = await fixture.browser().post('/session/link', { token });
    expect([status, json]).toMatchObject([401, { code: 'invalid_link' }]);
  };

  test('not after an hour', async () => {
    const token = fixture.setupLink.issue();
    fixture.advance(hour);
    await refused(token);
  });

  test('not where there is an admin key by now; a key that has ended is none', async () => {
    const { record } = await fixture.keys.create({ name: 'a', roles: ['admin'] }, new Date());
    const token = fixture.setupLink.issue();
    await refused(token);
    await fixture.keys.revoke(record.id, new Date());
    expect((await fixture.browser().post('/session/link', { token })).status).toBe(200);
  });

  test('nor with another token, or where there is none', async () => {
    await refused('token-0');
    await refused('undefined');
    const old = fixture.setupLink.issue();
    fixture.setupLink.issue();
    await refused(old);
  });
});

describe('requests of other origins are refused', () => {
  const post = async (headers: Record<string, string>) => {
    const { key } = await fixture.keys.create({ name: 'a', roles: ['admin'] }, new Date());
    const body = JSON.stringify({ key });
    return fixture.browser().request('POST', '/session', { body, headers });
  };

  test.each([
    ['nothing says where from', { origin: '' }],
    ['another port', { origin: 'http://127.0.0.1:1' }],
    ['no origin', { origin: 'null' }],
    ['another site, says the browser', { 'sec-fetch-site': 'cross-site' }],
    ['another port, says the browser', { 'sec-fetch-site': 'same-site' }],
    ['a person who typed it, says the browser', { 'sec-fetch-site': 'none' }],
  ])('sign-in: %s', async (_, headers: Record<string, string>) => {
    const { status, json, headers: answered } = await post(headers);
    expect([status, json]).toMatchObject([403, {}]);
    expect(answered['set-cookie']).toBeUndefined();
  });

  test('sign-in: the same origin, as one header or the other says', async () => {
    expect((await post({ origin: '', 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await post({})).status).toBe(200);
  });

  test('behind a proxy the public URL is the same origin too, and cookies go over TLS alone', async () => {
    await fixture.stop();
    fixture = await startConsole({ publicUrl: 'https://localhost:8443/' });
    const { status, headers } = await post({ origin: 'https://localhost:8443' });
    expect(status).toBe(200);
    expect(headers['set-cookie']?.[0]).toMatch(/; SameSite=Strict; Secure$/);
    expect((await post({ origin: 'https://localhost:8444' })).status).toBe(403);
  });

  test('reading, where the browser says so', async () => {
    const { browser } = await fixture.admin();
    const read = (headers: Record<string, string>) => browser.request('GET', '/keys', { headers });
    expect((await read({ 'sec-fetch-site': 'cross-site' })).json).toMatchObject({ code: 'cross_origin' });
    expect((await read({ origin: 'http://localhost:1' })).json).toMatchObject({ code: 'cross_origin' });
    expect((await read({ 'sec-fetch-site': 'none' })).status).toBe(200);
    expect((await read({})).status).toBe(200);
  });

  test('changes, without the token of the session', async () => {
    const { browser } = await fixture.admin();
    const other = await fixture.admin();
    for (const token of ['', 'x', other.browser.csrfToken ?? '']) {
      const headers = { 'x-csrf-token': token };
      const { status, json } = await browser.request('DELETE', '/session', { headers });
      expect([status, json]).toMatchObject([403, { code: 'invalid_csrf_token' }]);
    }
  });

  test('another Host', async () => {
    const { status, json } = await fixture
      .browser()
      .request('GET', '/session', { headers: { host: 'evil.example' } });
    expect([status, json]).toMatchObject([403, { code: 'forbidden' }]);
  });
});

test('neither keys nor session ids nor tokens are in the log and the audit', async () => {
  const { browser, key } = await fixture.admin();
  await browser.get('/keys');
  const token = fixture.setupLink.issue();
  await fixture.browser().post('/session/link', { token });
  fixture.broken = true;
  await browser.get('/keys');
  const log = [...fixture.log, ...fixture.audited.map((event) => JSON.stringify(event))].join('\n');
  expect(log).toContain('keys can not be checked');
  for (const secret of [key, key.slice(-40), browser.cookie, browser.csrfToken, token]) {
    expect(log).not.toContain(secret);
  }
});
