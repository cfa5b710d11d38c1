import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, test } from 'vitest';
import { connect } from '../support/assistants.ts';
import { startBrowser, type TestBrowser } from '../support/browser.ts';
import { createKey, projectFolder } from '../support/command.ts';
import { type ConsoleProduct, startConsoleProduct } from './product.ts';

const folder = process.env.SCREENSHOTS ?? join(projectFolder, 'screenshots');
const sizes = { wide: { width: 1360, height: 900 }, narrow: { width: 360, height: 760 } };
const only = process.env.ONLY?.split(',');

let chromium: TestBrowser;
let console_: ConsoleProduct;

beforeAll(async () => {
  [chromium, console_] = await Promise.all([
    startBrowser(),
    startConsoleProduct(Number(process.env.MINUTES ?? 45)),
  ]);
  mkdirSync(folder, { recursive: true });
  await seedKeysAndCalls(console_);
});

afterAll(async () => {
  await chromium.close();
  await console_.product.stop();
});

/** Keys of several kinds, and calls by two of them. */
async function seedKeysAndCalls({ product }: ConsoleProduct): Promise<void> {
  const { dataDir, mcpUrl } = product;
  await createKey(dataDir, '--name', 'collector-eu-west', '--role', 'ingest', '--expires', '90d');
  const anna = await createKey(dataDir, '--name', 'claude-code-anna', '--expires', '30d');
  const limited = await createKey(
    dataDir,
    '--name',
    'payments on call',
    '--namespace',
    'payments',
    '--namespace',
    'checkout',
    '--expires',
    '7d',
  );
  for (const key of [anna, limited]) {
    const assistant = await connect('legacy', mcpUrl, key);
    for (let call = 0; call < 6; call++) {
      await assistant.call('search-logs', { filters: 'level = ERROR' });
      await assistant.call('analyze-traces', {
        groupBy: ['workload'],
        aggregation: { function: 'p95', field: 'duration' },
      });
    }
    await assistant.call('analyze-logs', { filters: 'levle = ERROR' });
    await assistant.call('get-available-metrics', { keyword: ['http'] });
  }
}

interface Picture {
  readonly name: string;
  readonly path?: string;
  readonly signedIn?: false;
  prepare?(page: Page): Promise<void>;
}

const pictures: readonly Picture[] = [
  { name: 'sign-in', signedIn: false },
  {
    name: 'sign-in-wrong-key',
    signedIn: false,
    prepare: async (page) => {
      await page.getByLabel('Admin key').fill('ks_wrong');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('alert').waitFor();
    },
  },
  { name: 'setup-link-used', signedIn: false, path: 'setup/used' },
  { name: 'keys', path: 'settings/api-keys' },
  {
    name: 'keys-generate',
    path: 'settings/api-keys',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Generate API Key' }).click();
      await page.getByLabel('Name', { exact: true }).fill('cursor-ben');
      await page.getByLabel('Namespaces').fill('pay');
      await page.getByRole('option').first().waitFor();
    },
  },
  {
    name: 'keys-generated',
    path: 'settings/api-keys',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Generate API Key' }).click();
      await page.getByLabel('Name', { exact: true }).fill('cursor-ben');
      await page.getByRole('button', { name: 'Generate key' }).click();
      await page.getByRole('button', { name: 'Copy key' }).waitFor();
    },
  },
  {
    name: 'keys-revoke',
    path: 'settings/api-keys',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Revoke test', exact: true }).click();
      await page.getByRole('alertdialog').waitFor();
    },
  },
  { name: 'connect', path: 'connect' },
  {
    name: 'connect-collector',
    path: 'connect',
    prepare: (page) => page.getByRole('tab', { name: 'VS Code' }).click(),
  },
  { name: 'status', path: 'status', prepare: (page) => page.getByText('Tool calls').first().waitFor() },
  { name: 'try', path: 'try' },
  {
    name: 'try-answer',
    path: 'try',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'p99 latency of each workload' }).click();
      await page.getByRole('button', { name: 'Run' }).click();
      await page.getByText(/[0-9] tokens/).waitFor();
    },
  },
  {
    name: 'try-telemetry',
    path: 'try',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Failed requests in percent' }).click();
      await page.getByRole('button', { name: 'Run' }).click();
      await page.getByText(/[0-9] tokens/).waitFor();
    },
  },
  { name: 'audit', path: 'settings/audit' },
];

for (const theme of ['light', 'dark'] as const) {
  for (const [size, viewport] of Object.entries(sizes)) {
    test(`${theme}, ${size}`, async () => {
      for (const picture of pictures) {
        if (only !== undefined && !only.includes(picture.name)) continue;
        await take(chromium.browser, picture, theme, size, viewport);
      }
    });
  }
}

async function take(
  browser: Browser,
  { name, path = '', signedIn, prepare }: Picture,
  theme: 'light' | 'dark',
  size: string,
  viewport: { readonly width: number; readonly height: number },
): Promise<void> {
  const context = await browser.newContext({ viewport, colorScheme: theme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(console_.url);
  if (signedIn !== false) await signIn(page, console_.adminKey);
  await page.goto(`${console_.url}#/${path}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForLoadState('networkidle');
  await prepare?.(page);
  await page.evaluate('document.fonts.ready.then(() => undefined)');
  // A dialog is fixed in the window, which a picture of the whole page has no room for.
  const fullPage = (await page.getByRole('dialog').or(page.getByRole('alertdialog')).count()) === 0;
  await page.screenshot({ path: join(folder, `${name}-${theme}-${size}.png`), fullPage });
  await context.close();
}

async function signIn(page: Page, key: string): Promise<void> {
  await page.getByLabel('Admin key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page
    .getByRole('navigation')
    .or(page.getByRole('button', { name: 'Menu' }))
    .first()
    .waitFor();
}
