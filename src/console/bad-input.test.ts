import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConsoleFixture, startConsole } from '../../test/console/fixture-console.ts';
import { StoreError } from '../store/store-error.ts';

let fixture: ConsoleFixture;
beforeAll(async () => {
  fixture = await startConsole();
});
afterAll(() => fixture.stop());

const secret = 'ks_byz3j7n4zxmk_c8d5qptq8f0xkyp0nefxr52b3bmgaq1jbw14n3mb';

const reads = ['/session', '/keys', '/scope-values?kind=clusters', '/connect', '/status', '/tools', '/audit'];

/** Each endpoint that takes a body, with one that is right. */
const writes: readonly (readonly [path: string, body: Record<string, unknown>])[] = [
  ['/session', { key: secret }],
  ['/session/link', { token: 'x' }],
  ['/keys', { name: 'a', roles: ['query'], limits: {}, expires_at: null }],
  ['/tools/search-logs', { arguments: {}, limits: {} }],
];

/** Of the right form everywhere: one line for a person, a code that pages know, no more. */
function expectError({ status, json, body }: { status: number; json: unknown; body: string }): string {
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).not.toBe(500);
  const { error, code, field, ...rest } = json as Record<string, unknown>;
  expect(rest).toEqual({});
  expect(typeof error).toBe('string');
  expect(String(error).length).toBeLessThan(300);
  expect(['string', 'undefined']).toContain(typeof field);
  expect(body).not.toMatch(/\bat .*\.[jt]s|node:|\/src\/|\/tmp\/|ZodError|SyntaxError|stack/);
  expect(body).not.toContain(secret.slice(-40));
  return `${status} ${code}${field === undefined ? '' : ` ${field}`}`;
}

describe.each(writes)('POST %s', (path, right) => {
  const post = async (body: string, headers: Record<string, string> = {}) => {
    const { browser } = await fixture.admin();
    return expectError(await browser.request('POST', path, { body, headers }));
  };
  const [first = ''] = Object.keys(right);

  test.each<[string, string]>([
    ['nothing', ''],
    ['no JSON', '{"'],
    ['no UTF-8', '{"\u0000\ud800"}'.slice(0, 2)],
    ['HTML', '<script>alert(1)</script>'],
  ])('%s', async (_, body) => {
    expect(await post(body, { 'content-type': 'application/json' })).toBe('400 invalid_input');
  });

  test.each([
    ['null'],
    ['true'],
    ['5'],
    ['"text"'],
    ['[]'],
    [`[${JSON.stringify(right)}]`],
    [`${'['.repeat(5_000)}${']'.repeat(5_000)}`],
    [JSON.stringify({ ...right, [secret]: 1 })],
    [`{"__proto__":{"a":1},${JSON.stringify(right).slice(1)}`],
  ])('%s', async (body) => {
    expect(await post(body)).toBe('400 invalid_input');
  });

  test.each(['null', '5', 'true', `["${secret}"]`])('the first field as %s', async (value) => {
    expect(await post(JSON.stringify({ ...right, [first]: JSON.parse(value) }))).toBe(
      `400 invalid_input ${first}`,
    );
  });

  test('without the first field', async () => {
    const { [first]: _, ...rest } = right;
    expect(await post(JSON.stringify(rest))).toBe(`400 invalid_input ${first}`);
  });

  test.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['multipart/form-data; boundary=x'],
    [''],
  ])('as %j', async (type) => {
    expect(await post(JSON.stringify(right), { 'content-type': type })).toBe('415 unsupported_media_type');
  });

  test('compressed', async () => {
    expect(await post('x', { 'content-encoding': 'gzip' })).toBe('415 unsupported_media_type');
  });

  test('of many megabytes', async () => {
    expect(await post(JSON.stringify({ ...right, [first]: 'x'.repeat(5_000_000) }))).toBe('413 too_large');
  });
});

describe('fields of keys and calls', () => {
  test.each([
    ['/keys', { limits: { namespaces: 'shop' } }, '400 invalid_input limits.namespaces'],
    ['/keys', { limits: { namespaces: [secret] } }, '400 invalid_input limits.namespaces'],
    ['/keys', { limits: { nodes: ['a'] } }, '400 invalid_input limits'],
    ['/keys', { limits: [] }, '400 invalid_input limits'],
    ['/keys', { roles: [secret] }, '400 invalid_input roles.0'],
    ['/keys', { roles: 'query' }, '400 invalid_input roles'],
    ['/keys', { expires_at: secret }, '400 invalid_input expires_at'],
    ['/keys', { expires_at: '+275760-09-13T00:00:00.001Z' }, '400 invalid_input expires_at'],
    ['/keys', { name: secret }, '400 invalid_input name'],
    ['/tools/search-logs', { limits: { clusters: [5] } }, '400 invalid_input limits.clusters.0'],
    ['/tools/search-logs', { limits: null }, '400 invalid_input limits'],
    ['/tools/nothing', {}, '404 unknown_tool'],
    [`/tools/${secret}`, {}, '404 unknown_tool'],
    ['/tools/__proto__', {}, '404 unknown_tool'],
  ])('%s %j', async (path, changed, expected) => {
    const [, right = {}] =
      writes.find(([one]) => path.startsWith(one) && one !== '/session') ?? writes[3] ?? [];
    const { browser } = await fixture.admin();
    expect(expectError(await browser.post(path, { ...right, ...changed }))).toBe(expected);
  });
});

describe('parameters', () => {
  test.each([
    ['/scope-values', '400 invalid_input kind'],
    ['/scope-values?kind=', '400 invalid_input kind'],
    [`/scope-values?kind=${secret}`, '400 invalid_input kind'],
    ['/scope-values?kind=clusters&kind=clusters', '400 invalid_input'],
    ['/scope-values?kind=clusters&x=1', '400 invalid_input'],
    ['/scope-values?kind=%FF', '400 invalid_input kind'],
    ['/audit?from=yesterday', '400 invalid_input from'],
    [`/audit?to=${secret}`, '400 invalid_input to'],
    ['/audit?from=now&to=now-1h', '400 invalid_input from'],
    ['/audit?limit=-1', '400 invalid_input limit'],
    ['/audit?limit=1e3', '400 invalid_input limit'],
    ['/audit?limit=99999999999', '400 invalid_input limit'],
    ['/audit?outcome=great', '400 invalid_input outcome'],
    [`/audit?tool=${'x'.repeat(201)}`, '400 invalid_input tool'],
    ['/audit?__proto__=1', '400 invalid_input'],
  ])('GET %s', async (path, expected) => {
    const { browser } = await fixture.admin();
    expect(expectError(await browser.get(path))).toBe(expected);
  });
});

describe('paths and methods', () => {
  test.each([
    ['GET', '/'],
    ['GET', '/nothing'],
    ['GET', '/keys/'],
    ['GET', '/keys/a/b'],
    ['DELETE', '/keys/'],
    ['DELETE', '/keys/%'],
    ['DELETE', `/keys/${secret}`],
    ['DELETE', '/keys/%2e%2e%2fsession'],
    ['GET', '//session'],
    ['GET', '/session%2f'],
    ['POST', '/tools/%C3'],
  ])('%s %s is not there', async (method, path) => {
    const { browser } = await fixture.admin();
    expect(expectError(await browser.request(method, path))).toMatch(
      /^40[45] (not_found|unknown_key|method_not_allowed)$/,
    );
  });

  const others = ['PUT', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'];
  test.each([...reads, ...writes.map(([path]) => path)])('%s takes its own methods alone', async (path) => {
    const { browser } = await fixture.admin();
    for (const method of others) {
      const response = await browser.request(method, path);
      expect(expectError(response)).toBe('405 method_not_allowed');
      expect(response.headers.allow).toMatch(/GET|POST|DELETE/);
    }
  });
});

describe('who is not signed in', () => {
  test.each([
    ...reads.slice(1).map((path) => ['GET', path, undefined] as const),
    ...writes.slice(2).map(([path, body]) => ['POST', path, body] as const),
    ['DELETE', '/keys/byz3j7n4zxmk', undefined] as const,
    ['DELETE', '/session', undefined] as const,
  ])('%s %s', async (method, path, body) => {
    for (const cookie of [
      '',
      'kubesense_session=x',
      'kubesense_session=',
      `kubesense_session=${secret}`,
      ';;=;',
    ]) {
      const options = { headers: { cookie }, ...(body && { body: JSON.stringify(body) }) };
      expect(expectError(await fixture.browser().request(method, path, options))).toBe('401 signed_out');
    }
    expect(
      expectError(
        await fixture.browser().request(method, path, { headers: { authorization: `Bearer ${secret}` } }),
      ),
    ).toBe('401 signed_out');
  });
});

test('every answer is for nobody to keep', async () => {
  const { browser } = await fixture.admin();
  for (const path of [...reads, '/nothing', '/audit?limit=x']) {
    const { headers } = await browser.get(path);
    expect([path, headers['cache-control'], headers['x-content-type-options']]).toEqual([
      path,
      'no-store',
      'nosniff',
    ]);
  }
});

describe('what fails inside stays inside', () => {
  const failing = async (error: Error) => {
    const rejected = () => Promise.reject(error);
    const queries = { storeStatus: rejected, scopeValues: rejected, auditRecords: rejected };
    const broken = await startConsole({ queries });
    const { browser } = await broken.admin();
    const answers = [];
    for (const path of ['/status', '/scope-values?kind=clusters', '/audit'])
      answers.push(await browser.get(path));
    await broken.stop();
    return { answers, log: broken.log.join('\n') };
  };

  test.each([
    ['unavailable', '503 unavailable'],
    ['busy', '503 busy'],
    ['timeout', '503 timeout'],
  ] as const)('a store that is %s', async (kind, expected) => {
    const { answers } = await failing(new StoreError(kind, 'SELECT secret FROM /src/x.ts'));
    expect(answers.map(expectError)).toEqual([expected, expected, expected]);
  });

  test('a mistake of ours: an id that the log has too', async () => {
    const { answers, log } = await failing(new TypeError('x is not a function at /src/x.ts'));
    for (const { status, json } of answers) {
      expect([status, json]).toMatchObject([500, { code: 'internal' }]);
      const { error } = json as { error: string };
      expect(error).toMatch(/^The server failed\. The log says why\. Error id: [0-9a-f-]{36}$/);
      expect(log).toContain(error.slice(-36));
    }
  });

  test('a file of keys that is broken', async () => {
    const broken = await startConsole();
    const { browser } = await broken.admin();
    const token = broken.setupLink.issue();
    await writeFile(broken.keyFile, '{');
    for (const path of ['/keys', '/status']) {
      expect(expectError(await browser.get(path))).toBe('503 unavailable');
    }
    expect(expectError(await broken.browser().post('/session/link', { token }))).toBe('503 unavailable');
    await broken.stop();
  });
});
