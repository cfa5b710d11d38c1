import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Assistant, connect } from '../support/assistants.ts';
import { startBrowser, type TestBrowser } from '../support/browser.ts';
import { type Product, startProduct } from '../support/product.ts';
import { waitFor } from '../support/wait.ts';
import { openPage } from './page.ts';
import { sendShop } from './product.ts';

let chromium: TestBrowser;
let product: Product;
let url: string;

beforeAll(async () => {
  [chromium, product] = await Promise.all([startBrowser(), startProduct()]);
  url = new URL('/', product.mcpUrl).href;
  await sendShop(product, 2);
});

afterAll(async () => {
  await chromium?.close();
  await product?.stop();
});

/** The link that the server prints while there is no admin key. */
function setupLink(): string {
  const [link] = /http:\/\/\S+#\/setup\/\S+/.exec(product.output().stdout) ?? [];
  if (link === undefined) throw new Error(`No link in ${product.output().stdout}`);
  return link;
}

async function shownKey(page: Page, name: string): Promise<string> {
  const key = await page.getByRole('textbox', { name: `Key ${name}` }).inputValue();
  expect(key).toMatch(/^ks_[a-z0-9]+_[a-z0-9]{39,}$/);
  return key;
}

/** Namespaces of the log records that a key sees. */
async function seenNamespaces(assistant: Assistant): Promise<string[]> {
  const { text, isError } = await assistant.call('analyze-logs', { groupBy: ['namespace'], format: 'json' });
  expect(isError, text).toBe(false);
  return [...text.matchAll(/"namespace":"([^"]+)"/g)].map(([, name = '']) => name).sort();
}

test('the one-time link makes an admin key; a key generated with it works within its limits until it is revoked on the page', async () => {
  const link = setupLink();
  const { page, problems } = await openPage(chromium.browser, link);
  await page.getByRole('heading', { name: 'Generate your admin key' }).waitFor();
  expect(page.url(), 'the token is out of the address').toBe(`${url}#/setup`);
  await page.getByLabel('Name').fill('root');
  await page.getByRole('button', { name: 'Generate admin key' }).click();
  await shownKey(page, 'root');
  await page.getByRole('button', { name: 'I have stored it, continue' }).click();

  await page.getByRole('heading', { level: 1, name: 'API Key Management' }).waitFor();
  await page.getByRole('button', { name: 'Generate API Key' }).click();
  const form = page.getByRole('dialog', { name: 'Generate API Key' });
  await form.getByLabel('Name', { exact: true }).fill('my-assistant');
  await form.getByLabel('Namespaces').fill('payments');
  await page.getByRole('option', { name: 'payments', exact: true }).click();
  await form.getByRole('button', { name: 'Generate key' }).click();
  const key = await shownKey(page, 'my-assistant');

  const assistant = await connect('legacy', product.mcpUrl, key);
  expect(await seenNamespaces(assistant)).toEqual(['payments']);

  await page.getByRole('button', { name: 'Copy key' }).click();
  await page.getByRole('button', { name: 'Done' }).click();
  expect(await page.content(), 'the key is gone from the page').not.toContain(key);

  const row = page.getByRole('row', { name: 'my-assistant' });
  expect(await row.textContent()).toContain('namespace payments');
  await row.getByRole('button', { name: 'Revoke my-assistant' }).click();
  const question = page.getByRole('alertdialog', { name: 'Revoke “my-assistant”?' });
  await question.getByRole('button', { name: 'Revoke key' }).click();
  await page.getByText('Revoked “my-assistant”').waitFor();
  await waitFor('the client to be refused', 30_000, () =>
    assistant.call('search-logs', {}).then(
      () => false,
      (error: unknown) => /The API key is not valid/.test(String(error)),
    ),
  );
  // Revoked keys are not among the active.
  await row.waitFor({ state: 'detached' });

  const again = await openPage(chromium.browser, link);
  await again.page.getByRole('heading', { name: 'This link no longer works' }).waitFor();
  expect([...problems, ...again.problems]).toEqual([]);
  await page.context().close();
  await again.page.context().close();
});
