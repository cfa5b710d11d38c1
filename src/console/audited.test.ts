import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ConsoleFixture, startConsole } from '../../test/console/fixture-console.ts';

let fixture: ConsoleFixture;
beforeEach(async () => {
  fixture = await startConsole();
});
afterEach(() => fixture.stop());

const recorded = () =>
  fixture.audited.map(({ keyName, action, query, outcome }) => [keyName, action, outcome, query]);

test('who signed in, and who made or ended which key, is recorded', async () => {
  const { browser } = await fixture.admin({ name: 'ops', limits: { namespaces: ['shop', 'pay'] } });
  const limits = { namespaces: ['shop'] };
  const { json } = await browser.post('/keys', { name: 'a ', roles: ['query'], limits });
  const { key } = json as { key: { id: string } };
  await browser.post('/keys', { name: 'b', roles: ['query'] });
  await browser.post('/keys', { name: '', roles: ['query'], limits });
  await browser.delete(`/keys/${key.id}`);
  await browser.delete('/keys/none');
  await browser.get('/keys');
  const made = { id: key.id, name: 'a', roles: ['query'], limits, expires_at: null };
  expect(recorded()).toEqual([
    ['ops', 'sign-in', 'ok', { by: 'key' }],
    ['ops', 'generate-key', 'ok', made],
    ['ops', 'generate-key', 'refused', {}],
    ['ops', 'generate-key', 'invalid_input', {}],
    ['ops', 'revoke-key', 'ok', { id: key.id }],
    ['ops', 'revoke-key', 'invalid_input', {}],
  ]);
});

test('a sign-in with the link is recorded as such, one that fails is not', async () => {
  const token = fixture.setupLink.issue();
  await fixture.browser().post('/session/link', { token: 'x' });
  await fixture.browser().post('/session', { key: 'ks_x' });
  await fixture.browser().post('/session/link', { token });
  expect(recorded()).toEqual([['setup link', 'sign-in', 'ok', { by: 'link' }]]);
});

test('requests past the budget of the key get 429; tools have their own way to say so', async () => {
  const { browser } = await fixture.admin();
  fixture.budget = 1;
  expect((await browser.get('/connect')).status).toBe(200);
  const { status, json, headers } = await browser.get('/connect');
  expect([status, json, headers['retry-after']]).toMatchObject([429, { code: 'too_many_requests' }, '7']);
  expect((await browser.post('/tools/search-logs', { arguments: {} })).status).toBe(200);
  expect((await browser.get('/session')).status).toBe(200);
});
