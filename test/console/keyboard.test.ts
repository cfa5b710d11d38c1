import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser, type TestBrowser } from '../support/browser.ts';
import { waitFor } from '../support/wait.ts';
import { openPage } from './page.ts';
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

/** The accessible name of what has the focus: its label, or its text. */
const focusedName = (page: Page): Promise<string> =>
  page.evaluate<string>(`(() => {
    const { activeElement: element } = document;
    const by = element.getAttribute('aria-labelledby');
    return element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent
      ?? (by && document.getElementById(by)?.textContent) ?? element.textContent;
  })()`);

/** Presses Tab until what has the focus bears the name. */
async function tabTo(page: Page, name: string): Promise<void> {
  const passed: string[] = [];
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab');
    const focused = await focusedName(page);
    if (focused === name) return;
    passed.push(focused);
  }
  throw new Error(`Tab never came to ${name}, but to ${passed.join(' | ')}`);
}

test('a key can be generated, found and revoked, and one can sign out, without a mouse', async () => {
  const { page, problems } = await openPage(chromium.browser, running.url, {
    viewport: { width: 1280, height: 900 },
  });
  const { keyboard } = page;
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await tabTo(page, 'Admin key');
  await keyboard.type(running.adminKey);
  await keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Connect' }).waitFor();

  await tabTo(page, 'API Key Management');
  await keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'API Key Management' }).waitFor();
  await page.getByRole('row', { name: 'test' }).waitFor();
  await tabTo(page, 'Generate API Key');
  await keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await tabTo(page, 'Name');
  await keyboard.type('by keyboard');
  await tabTo(page, 'Ingest');
  await keyboard.press('Space');
  await tabTo(page, 'Namespaces');
  await keyboard.type('not-seen-yet');
  await keyboard.press('Enter');
  await tabTo(page, 'Generate key');
  await keyboard.press('Enter');
  await page.getByRole('textbox', { name: 'Key by keyboard' }).waitFor();

  // What was not copied is not lost by one press.
  await keyboard.press('Escape');
  await page.getByText('The key was not copied').waitFor();
  await keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await waitFor(
    'the focus to be back where it was',
    30_000,
    async () => (await focusedName(page)) === 'Generate API Key',
  );

  const row = page.getByRole('row', { name: 'by keyboard' });
  expect(await row.textContent()).toMatch(/query, ingest[\s\S]*namespace not-seen-yet/);
  await tabTo(page, 'Revoke by keyboard');
  await keyboard.press('Enter');
  await page.getByRole('alertdialog').waitFor();
  await tabTo(page, 'Revoke key');
  await keyboard.press('Enter');
  await row.waitFor({ state: 'hidden' });

  await tabTo(page, 'Sign out');
  await keyboard.press('Enter');
  await page.getByText('You are signed out.').waitFor();
  expect(problems).toEqual([]);
  await page.context().close();
});
