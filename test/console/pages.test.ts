import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBrowser, type TestBrowser } from '../support/browser.ts';
import { axeViolations, isTooWide, openPage, signIn } from './page.ts';
import { type ConsoleProduct, startConsoleProduct } from './product.ts';

let chromium: TestBrowser;
let running: ConsoleProduct;

beforeAll(async () => {
  [chromium, running] = await Promise.all([startBrowser(), startConsoleProduct(3)]);
});

afterAll(async () => {
  await chromium?.close();
  await running?.product.stop();
});

interface View {
  readonly path: string;
  /** Brings the page into the state that is looked at. */
  prepare(page: Page): Promise<void>;
}

const views: Readonly<Record<string, View>> = {
  keys: { path: 'settings/api-keys', prepare: (page) => page.getByRole('row', { name: 'test' }).waitFor() },
  'generating a key': {
    path: 'settings/api-keys',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Generate API Key' }).click();
      await page.getByLabel('Namespaces').fill('pay');
      await page.getByRole('option').first().waitFor();
    },
  },
  connect: {
    path: 'connect',
    prepare: (page) => page.getByRole('tab', { name: 'Any other client' }).click(),
  },
  status: {
    path: 'status',
    prepare: (page) => page.getByRole('slider', { name: 'Logs: records a minute' }).waitFor(),
  },
  'an answer': {
    path: 'try',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Failed requests in percent' }).click();
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await page.getByText(/[0-9] tokens/).waitFor();
    },
  },
  audit: {
    path: 'settings/audit',
    prepare: (page) => page.getByRole('row', { name: 'sign-in' }).first().waitFor(),
  },
};

const looks = (['light', 'dark'] as const).flatMap((colorScheme) => [
  { colorScheme, viewport: { width: 1360, height: 900 } },
  { colorScheme, viewport: { width: 360, height: 740 } },
]);

/** What is wrong with a page as it is, in both themes, and from wide to 360 px. */
async function flaws(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const { colorScheme, viewport } of looks) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    const of = `${colorScheme}, ${viewport.width} px`;
    found.push(...(await axeViolations(page)).map((violation) => `${of}: ${violation}`));
    if (await isTooWide(page)) found.push(`${of}: too wide`);
  }
  return found;
}

describe('no page is inaccessible, too wide, or breaks its policy', () => {
  test('sign-in', async () => {
    const { page, problems } = await openPage(chromium.browser, running.url);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await flaws(page)).toEqual([]);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test.each(Object.entries(views))('%s', async (_, { path, prepare }) => {
    const { page, problems } = await openPage(chromium.browser, running.url, {
      viewport: { width: 1360, height: 900 },
    });
    await signIn(page, running.adminKey);
    await page.goto(`${running.url}#/${path}`);
    await prepare(page);
    expect(await flaws(page)).toEqual([]);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('the menu of a narrow page', async () => {
    const { page } = await openPage(chromium.browser, running.url, { viewport: { width: 360, height: 740 } });
    await signIn(page, running.adminKey);
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('dialog').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('link', { name: 'Status' }).click();
    await page.getByRole('heading', { level: 1, name: 'Status' }).waitFor();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.context().close();
  });
});

test('the theme can be chosen, and is remembered', async () => {
  const { page } = await openPage(chromium.browser, running.url, { colorScheme: 'light' });
  await signIn(page, running.adminKey);
  const background = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
  const light = await background();
  await page.getByRole('radio', { name: 'Dark' }).click();
  const dark = await background();
  expect(dark).not.toBe(light);
  await page.reload();
  await page.getByRole('heading', { level: 1 }).waitFor();
  expect(await background()).toBe(dark);
  await page.context().close();
});

test('an example shows what an assistant reads, as a key with limits would', async () => {
  const { page, problems } = await openPage(chromium.browser, `${running.url}`);
  await signIn(page, running.adminKey);
  await page.goto(`${running.url}#/try`);
  await page.getByRole('combobox', { name: 'Tool' }).click();
  await page.getByRole('option', { name: 'analyze-logs' }).click();
  await page.getByLabel('groupBy (optional)').fill('namespace,');
  await page.keyboard.press('Escape');
  await page.getByText('As a key limited to…').click();
  await page.getByLabel('Only namespaces').fill('payments,');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const answer = page.getByRole('region', { name: 'Text of the answer' });
  expect(await answer.textContent()).toMatch(/1 group[\s\S]*namespace[\s\S]*payments/);

  await page.getByLabel('filters (optional)').fill('levle = ERROR');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByText('Error', { exact: true }).waitFor();
  expect(await answer.textContent()).toContain('level');
  expect(problems).toEqual([]);
  await page.context().close();
});

test('settings are copied with the key that was generated for them, and shown without it', async () => {
  const { page, problems } = await openPage(chromium.browser, running.url, {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await signIn(page, running.adminKey);
  await page.getByRole('button', { name: 'Generate a key' }).click();
  await page.getByRole('button', { name: 'Generate key' }).click();
  const key = await page.getByRole('textbox', { name: 'Key my-assistant' }).inputValue();
  await page.getByRole('button', { name: 'Copy key' }).click();
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByText('Copying fills in your new key').waitFor();
  expect(await page.content()).not.toContain(key);
  await page.getByRole('button', { name: 'Copy Terminal' }).click();
  await page.getByText('Copied to the clipboard').waitFor();
  expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe(
    `claude mcp add --transport http kubesense-mcp "${running.product.mcpUrl}" --header "Authorization: Bearer ${key}" --scope user`,
  );
  expect(problems).toEqual([]);
  await page.context().close();
});
