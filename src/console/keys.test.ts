import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ConsoleFixture, start, startConsole } from '../../test/console/fixture-console.ts';

let fixture: ConsoleFixture;
beforeEach(async () => {
  fixture = await startConsole();
});
afterEach(() => fixture.stop());

const at = new Date(start);
const names = (json: unknown): string[] => {
  const { keys } = json as { keys: { name: string }[] };
  return keys.map(({ name }) => name);
};

describe('generating', () => {
  test('gives the key once, and it is valid', async () => {
    const { browser } = await fixture.admin();
    const input = {
      name: ' Böb’s assistant ',
      roles: ['ingest', 'query', 'query'],
      limits: { namespaces: ['shop', 'shop', 'pay'] },
      expires_at: '2026-12-01T00:00:00+01:00',
    };
    const { status, json } = await browser.post('/keys', input);
    expect(status).toBe(201);
    const { secret, key } = json as { secret: string; key: { id: string } };
    expect(secret).toMatch(/^ks_[0-9a-z]{12}_[0-9a-z]{40}$/);
    const shown = {
      id: secret.split('_')[1],
      name: 'Böb’s assistant',
      roles: ['query', 'ingest'],
      limits: { namespaces: ['shop', 'pay'] },
      created_at: '2026-11-23T12:00:00.000Z',
      expires_at: '2026-11-30T23:00:00.000Z',
      last_used_at: null,
      state: 'active',
      source: 'local',
    };
    expect(key).toEqual(shown);
    expect(await fixture.keys.verify(secret, at)).toMatchObject({
      keyId: key.id,
      roles: ['query', 'ingest'],
    });

    const listed = await browser.get('/keys');
    expect(listed.json).toMatchObject({ keys: [{ name: 'admin' }, shown] });
    expect(listed.body).not.toContain(secret.split('_')[2]);
  });

  test.each([
    ['name', { name: '' }],
    ['name', { name: 'a\u202eb' }],
    ['name', { name: 'x'.repeat(101) }],
    ['name', { name: 'my ks_byz3j7n4zxmk_c8d5qptq8f0xkyp0nefxr52b3bmgaq1jbw14n3mb' }],
    ['roles', { roles: [] }],
    ['roles.0', { roles: ['root'] }],
    ['limits.namespaces', { limits: { namespaces: [] } }],
    ['limits.clusters', { limits: { clusters: ['\n'] } }],
    ['limits.clusters', { limits: { clusters: Array.from({ length: 1_001 }, (_, i) => `c${i}`) } }],
    ['expires_at', { expires_at: '2026-11-23T12:00:00Z' }],
    ['expires_at', { expires_at: '2026-12-01T00:00:00' }],
    ['expires_at', { expires_at: '2026-02-31T00:00:00Z' }],
    ['expires_at', { expires_at: 1_800_000_000 }],
  ])('what can not be made is an error of the field %s: %j', async (field, input) => {
    const { browser } = await fixture.admin();
    const { status, json } = await browser.post('/keys', { name: 'a', roles: ['query'], ...input });
    expect([status, json]).toMatchObject([400, { code: 'invalid_input', field }]);
    expect(await fixture.keys.list()).toHaveLength(1);
  });

  test('a limited admin gives no more than it has', async () => {
    const { browser } = await fixture.admin({
      limits: { namespaces: ['shop', 'pay'] },
      expiresAt: new Date('2026-11-24T00:00:00Z'),
    });
    const make = async (input: object) => {
      const { json } = await browser.post('/keys', {
        name: 'a',
        roles: ['admin'],
        limits: { namespaces: ['shop'], clusters: ['eu'] },
        expires_at: '2026-11-24T00:00:00Z',
        ...input,
      });
      const { code, field, key } = json as { code?: string; field?: string; key?: { limits: unknown } };
      return key?.limits ?? `${code} ${field}`;
    };
    expect(await make({ limits: {} })).toBe('beyond_limits limits.namespaces');
    expect(await make({ limits: { namespaces: ['shop', 'bank'] } })).toBe('beyond_limits limits.namespaces');
    expect(await make({ expires_at: null })).toBe('beyond_limits expires_at');
    expect(await make({ expires_at: '2026-11-24T00:00:00.001Z' })).toBe('beyond_limits expires_at');
    expect(await make({})).toEqual({ namespaces: ['shop'], clusters: ['eu'] });
  });
});

describe('listing', () => {
  test('says how each key is, and where it comes from', async () => {
    const { browser, id } = await fixture.admin();
    await fixture.keys.create({ name: 'short', expiresAt: new Date(start + 1_000) }, at);
    const { record } = await fixture.keys.create({ name: 'old', expiresAt: new Date(start + 1_000) }, at);
    await fixture.keys.revoke(record.id, at);
    fixture.mounted = [{ keyId: 'mounted', name: 'mounted', roles: ['query'], limits: {} }];
    fixture.advance(1_000);
    const { json } = await browser.get('/keys');
    expect(json).toMatchObject({
      keys: [
        { id, name: 'admin', state: 'active', source: 'local', last_used_at: '2026-11-23T12:00:00.000Z' },
        { name: 'short', state: 'expired', expires_at: '2026-11-23T12:00:01.000Z', last_used_at: null },
        { name: 'old', state: 'revoked' },
        { id: 'mounted', state: 'active', source: 'file', created_at: null },
      ],
      can_generate: true,
      roles: ['query', 'ingest', 'admin'],
      current_key_id: id,
      platform: false,
    });
  });

  test('a limited admin knows of keys within its own limits alone', async () => {
    await fixture.keys.create({ name: 'all' }, at);
    await fixture.keys.create({ name: 'shop', limits: { namespaces: ['shop'] } }, at);
    await fixture.keys.create({ name: 'both', limits: { namespaces: ['shop', 'bank'] } }, at);
    const { browser } = await fixture.admin({ name: 'limited', limits: { namespaces: ['shop', 'pay'] } });
    const { json, body } = await browser.get('/keys');
    expect(names(json)).toEqual(['shop', 'limited']);
    expect(body).not.toContain('bank');
  });
});

describe('revoking', () => {
  test('ends a key at once, and again changes nothing', async () => {
    const { browser } = await fixture.admin();
    const { key, record } = await fixture.keys.create({ name: 'a' }, at);
    fixture.advance(5_000);
    const first = await browser.delete(`/keys/${record.id}`);
    expect([first.status, first.json]).toMatchObject([200, { key: { id: record.id, state: 'revoked' } }]);
    expect(await fixture.keys.verify(key, at)).toBe('ended');
    fixture.advance(5_000);
    const second = await browser.delete(`/keys/${record.id}`);
    expect([second.status, second.json]).toEqual([200, first.json]);
  });

  test('is by id, never by name', async () => {
    const { browser } = await fixture.admin();
    const { record } = await fixture.keys.create({ name: 'a' }, at);
    await fixture.keys.revoke(record.id, at);
    const { key } = await fixture.keys.create({ name: record.id }, at);
    await browser.delete(`/keys/${record.id}`);
    expect((await browser.delete('/keys/a')).json).toMatchObject({ code: 'unknown_key' });
    expect(await fixture.keys.verify(key, at)).toMatchObject({ name: record.id });
  });

  test('of the own key ends the session', async () => {
    const { browser, id } = await fixture.admin();
    expect((await browser.delete(`/keys/${id}`)).status).toBe(200);
    expect((await browser.get('/keys')).status).toBe(401);
  });

  test('of a key that comes from a file is refused', async () => {
    const { browser } = await fixture.admin();
    fixture.mounted = [{ keyId: 'mounted', name: 'm', roles: ['query'], limits: {} }];
    const { status, json } = await browser.delete('/keys/mounted');
    expect([status, json]).toMatchObject([409, { code: 'not_local' }]);
  });

  test('of a key beyond the own limits: there is none', async () => {
    const { record } = await fixture.keys.create({ name: 'all' }, at);
    const { browser } = await fixture.admin({ limits: { namespaces: ['shop'] } });
    const { status, json } = await browser.delete(`/keys/${record.id}`);
    expect([status, json]).toEqual([404, { error: 'There is no key with this id.', code: 'unknown_key' }]);
  });
});
