import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { connect } from '../support/assistants.ts';
import { type CommandResult, createKey, runCommand } from '../support/command.ts';
import { type Product, type ProductOptions, startProduct, temporaryFolder } from '../support/product.ts';
import { bearer, openSession } from '../support/raw-http.ts';

const started: Product[] = [];
const folders: string[] = [];

async function start(options?: ProductOptions): Promise<Product> {
  const product = await startProduct(options);
  started.push(product);
  return product;
}

function folder(): string {
  const made = temporaryFolder();
  folders.push(made);
  return made;
}

afterEach(async () => {
  for (const product of started.splice(0)) expect(await product.stop()).toEqual({ code: 0, signal: null });
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

/** Runs `serve` where it must not start: one clear line, exit code 1. */
async function refused(settings: Record<string, string>, ...args: string[]): Promise<string> {
  const result = await runCommand(['serve', ...args], {
    KUBESENSE_LISTEN: '127.0.0.1:0',
    KUBESENSE_OTLP_HTTP_LISTEN: '127.0.0.1:0',
    KUBESENSE_DATA_DIR: settings.KUBESENSE_DATA_DIR ?? folder(),
    ...settings,
  });
  return oneLine(result);
}

function oneLine({ code, stdout, stderr }: CommandResult): string {
  const lines = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
  expect({ code, stdout, lines: lines.length, stderr }).toMatchObject({ code: 1, lines: 1 });
  expect(stderr).not.toMatch(/^\s+at /m);
  return lines[0] ?? '';
}

/** What the person typed is wrong: exit code 1, and at most two lines that say what would be right. */
function explained({ code, stderr }: CommandResult, message: RegExp): void {
  expect({ code, stderr }).toMatchObject({ code: 1 });
  expect(stderr).toMatch(message);
  expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
}

describe('it starts', () => {
  test('without a command it serves; the terminal says what a person needs next', async () => {
    const product = await start({ args: [] });
    const { stdout } = product.output();
    expect(stdout).toContain(product.mcpUrl.href);
    expect(stdout).toContain(product.otlpUrl?.origin ?? 'nowhere');
    expect(stdout).toContain(`${product.otlpUrl?.origin}/api/v1/write`);
    expect(stdout).toContain(`${product.mcpUrl.origin}/api/v1\n`);
    expect(stdout).toMatch(/keys create/);
    expect(Number(product.mcpUrl.port)).toBeGreaterThan(0);
  });

  test('with a listener switched off', async () => {
    const product = await start({ settings: { KUBESENSE_OTLP_HTTP_LISTEN: 'off' } });
    expect(product.otlpUrl).toBeUndefined();
    expect(await product.readiness()).toBe(200);
  });

  test('by a file, and flags that win over it', async () => {
    const file = join(folder(), 'settings.yaml');
    writeFileSync(file, 'log_level: silent\nretention: 3d\n');
    const product = await start({
      args: ['serve', '--config', file, '--listen', 'localhost:0'],
      settings: { KUBESENSE_LISTEN: '127.0.0.1:1', KUBESENSE_OTLP_HTTP_LISTEN: 'off' },
    });
    expect(product.mcpUrl.port).not.toBe('1');
    expect(product.output().stderr).toBe('');
  });
});

describe('what is in the way is one clear line, and exit code 1', () => {
  test.each(['KUBESENSE_LISTEN', 'KUBESENSE_OTLP_HTTP_LISTEN'])('a taken port: %s', async (setting) => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const address = other.address();
    if (address === null || typeof address === 'string') throw new Error('No port was given');
    const { port } = address;
    const line = await refused({ [setting]: `127.0.0.1:${port}` });
    expect(line).toContain(String(port));
    expect(line).toContain(setting);
    expect(line).toMatch(/\boff\b/);
    await new Promise((resolve) => other.close(resolve));
  });

  test('a folder that can not be written', async () => {
    const file = join(folder(), 'a-file');
    writeFileSync(file, '');
    const line = await refused({ KUBESENSE_DATA_DIR: join(file, 'data') });
    expect(line).toContain(join(file, 'data'));
  });

  test('a folder that another server has open', async () => {
    const product = await start();
    const line = await refused({ KUBESENSE_DATA_DIR: product.dataDir });
    expect(line).toContain(product.dataDir);
    expect(await product.readiness()).toBe(200);
  });

  test('a store that can not be reached', async () => {
    const line = await refused({ KUBESENSE_CLICKHOUSE_URL: 'http://127.0.0.1:9' });
    expect(line).toMatch(/127\.0\.0\.1:9\b/);
  });

  test.each([
    [{ KUBESENSE_RETENTION: 'forever' }, [], /KUBESENSE_RETENTION.*forever.*7d/],
    [{ KUBESENSE_LISTEN: 'localhost' }, [], /KUBESENSE_LISTEN.*localhost.*host:port/],
    [{ KUBESENSE_LISTEN: '127.0.0.1:99999' }, [], /KUBESENSE_LISTEN.*99999/],
    [{ KUBESENSE_LISTN: '127.0.0.1:0' }, [], /KUBESENSE_LISTN/],
    [{}, ['--retention', 'x'], /--retention.*x.*7d/],
    [{}, ['--listn', '127.0.0.1:0'], /--listn.*--listen/s],
    [{}, ['--config', '/no/such/file.yaml'], /\/no\/such\/file\.yaml/],
  ])('settings %j %j', async (settings, args, message) => {
    const dataDir = folder();
    const result = await runCommand(['serve', ...args], { KUBESENSE_DATA_DIR: dataDir, ...settings });
    explained(result, message);
  });

  test('a configuration file with an unknown setting, or with a secret', async () => {
    const file = join(folder(), 'settings.yaml');
    writeFileSync(file, 'listn: 127.0.0.1:0\n');
    expect(await refused({}, '--config', file)).toMatch(/listn/);
    writeFileSync(file, 'listen: [not, yaml');
    expect(await refused({}, '--config', file)).toContain(file);
  });

  test('an unknown command', async () => {
    explained(await runCommand(['srve'], {}), /srve.*serve/s);
  });

  test('stdio with a key that is none', async () => {
    const dataDir = folder();
    const settings = { KUBESENSE_DATA_DIR: dataDir, KUBESENSE_API_KEY: 'ks_nobody_nothing' };
    const line = oneLine(await runCommand(['stdio'], settings));
    expect(line).toMatch(/KUBESENSE_API_KEY|key/);
    expect(line).not.toContain('ks_nobody_nothing');
  });
});

describe('it stops', () => {
  test('within ten seconds, with sessions and an event stream open, and takes no new request', async () => {
    const product = await startProduct();
    const key = await createKey(product.dataDir);
    const assistant = await connect('legacy', product.mcpUrl, key);
    const session = await openSession(product.mcpUrl, key);
    const headers = { ...bearer(key), accept: 'text/event-stream', 'mcp-session-id': session };
    const stream = await fetch(product.mcpUrl, { headers });
    expect(stream.status).toBe(200);

    const asked = Date.now();
    expect(await product.stop()).toEqual({ code: 0, signal: null });
    expect(Date.now() - asked).toBeLessThan(10_000);
    await stream.text().catch(() => '');
    await expect(fetch(new URL('/livez', product.mcpUrl))).rejects.toThrow();
    await assistant.close().catch(() => undefined);
  });

  test('and its folder can be opened again at once', async () => {
    const dataDir = folder();
    for (let i = 0; i < 2; i++) {
      const product = await startProduct({ dataDir });
      expect(await product.stop()).toEqual({ code: 0, signal: null });
    }
  });
});

describe('the command line explains itself', () => {
  test.each([
    ['--help'],
    ['serve', '--help'],
    ['stdio', '--help'],
    ['import', '--help'],
    ['keys', '--help'],
    ['keys', 'create', '--help'],
    ['keys', 'list', '--help'],
    ['keys', 'revoke', '--help'],
  ])('%s %s', async (...args) => {
    const { code, stdout, stderr } = await runCommand(args, {});
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Usage: kubesense-mcp');
  });

  test('version', async () => {
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    const { version }: { version: string } = JSON.parse(text);
    expect((await runCommand(['version'], {})).stdout.trim()).toBe(version);
  });

  test('by default the data is kept in .kubesense of the folder it is started in', async () => {
    const cwd = folder();
    mkdirSync(join(cwd, 'elsewhere'));
    const { code } = await runCommand(['keys', 'create', '--name', 'here'], {}, { cwd });
    expect(code).toBe(0);
    const { stdout } = await runCommand(['keys', 'list'], { KUBESENSE_DATA_DIR: join(cwd, '.kubesense') });
    expect(stdout).toContain('here');
  });
});
