import type { Page, Route } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser, type TestBrowser } from '../support/browser.ts';
import { runCommand } from '../support/command.ts';
import { axeViolations, openPage, signIn } from './page.ts';
import { type ConsoleProduct, startConsoleProduct } from './product.ts';

let chromium: TestBrowser;
let running: ConsoleProduct;

beforeAll(async () => {
  [chromium, running] = await Promise.all([startBrowser(), startConsoleProduct(0)]);
});

afterAll(async () => {
  await chromium?.close();
  await running?.product.stop();
});

/** Lets the API's answers to the next requests of a path be others. */
async function answerWith(page: Page, path: string, handler: (route: Route) => Promise<void>): Promise<void> {
  await page.route(`**/api/console/${path}`, handler);
}

const json = (status: number, code: string, error: string, headers: Record<string, string> = {}) => ({
  status,
  contentType: 'application/json',
  headers,
  body: JSON.stringify({ error, code }),
});

test('a wrong key is refused at its field, and too many of them have to wait', async () => {
  const { page } = await openPage(chromium.browser, running.url);
  await page.getByLabel('Admin key').fill('ks_wrong_wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('This key is not valid.').waitFor();
  expect(await page.getByLabel('Admin key').getAttribute('aria-invalid')).toBe('true');

  await answerWith(page, 'session', (route) =>
    route.fulfill(json(429, 'too_many_attempts', 'Too many wrong keys.', { 'Retry-After': '30' })),
  );
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText(/Too many wrong keys\. Wait \d+ s\./).waitFor();
  expect(await page.getByRole('button', { name: 'Sign in' }).isDisabled()).toBe(true);
  await page.context().close();
});

test('a server that is gone, or a store that is down, can be asked again', async () => {
  const { page, problems } = await openPage(chromium.browser, running.url);
  await signIn(page, running.adminKey);
  let gone = true;
  await answerWith(page, 'keys', (route) => (gone ? route.abort() : route.continue()));
  await page.goto(`${running.url}#/settings/api-keys`);
  await page.getByRole('heading', { name: 'No connection to the server' }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  gone = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('row', { name: 'test' }).waitFor();

  await answerWith(page, 'status', (route) =>
    route.fulfill(json(503, 'unavailable', 'The store does not answer.')),
  );
  await page.goto(`${running.url}#/status`);
  await page.getByRole('heading', { name: 'The store is not available' }).waitFor();
  expect(problems).toEqual([]);
  await page.context().close();
});

test('a status that can not be renewed says so, and keeps what it showed', async () => {
  const { page } = await openPage(chromium.browser, running.url);
  await signIn(page, running.adminKey);
  await page.goto(`${running.url}#/status`);
  await page.getByText('MCP sessions').waitFor();
  await answerWith(page, 'status', (route) => route.abort());
  await page.getByText(/What you see below is older/).waitFor();
  expect(await page.getByText('MCP sessions').count()).toBe(1);
  await page.context().close();
});

test('who revokes the key that one is signed in with is asked to sign in again', async () => {
  const { page } = await openPage(chromium.browser, running.url);
  const settings = { KUBESENSE_DATA_DIR: running.product.dataDir };
  const made = await runCommand(
    ['keys', 'create', '--name', 'leaving', '--role', 'admin', '--json'],
    settings,
  );
  const [, key = ''] = /"key": ?"([^"]+)"/.exec(made.stdout) ?? [];
  await signIn(page, key);
  await page.goto(`${running.url}#/settings/api-keys`);
  await page.getByRole('button', { name: 'Revoke leaving' }).click();
  await page.getByText('You are signed in with this key. Revoking it signs you out.').waitFor();
  await page.getByRole('button', { name: 'Revoke key' }).click();
  await page.getByText('Your session ended. Sign in again to go on.').waitFor();
  await page.context().close();
});
