import { execFile } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';
import { z } from 'zod';
import { environment, projectFolder } from './command.ts';

export interface TestBrowser {
  readonly browser: Browser;
  close(): Promise<void>;
}

/**
 * Starts Chromium: the one that `CHROMIUM_PATH` names, else one on the PATH, else the one of the package
 * `@sparticuz/chromium` (Linux on x64), with the libraries that the package brings.
 */
export async function startBrowser(): Promise<TestBrowser> {
  const folder = mkdtempSync(join(tmpdir(), 'kubesense-browser-'));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    const installed = process.env.CHROMIUM_PATH ?? onPath(['chromium', 'chromium-browser', 'google-chrome']);
    const unpacked = installed === undefined ? await unpack(folder) : undefined;
    const executablePath = installed ?? unpacked?.executablePath;
    const browser = await chromium.launch({
      ...(executablePath !== undefined && { executablePath }),
      timeout: 120_000,
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--hide-scrollbars'],
      env: { ...environment({}), TMPDIR: folder, ...unpacked?.env },
    });
    return {
      browser,
      close: async () => {
        await browser.close();
        removeFolder();
      },
    };
  } catch (cause) {
    removeFolder();
    throw new Error(
      'Chromium did not start. Install one (on Debian: apt-get install chromium), or set CHROMIUM_PATH.',
      { cause },
    );
  }
}

function onPath(names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const unpackScript = `import('@sparticuz/chromium').then(({ default: chromium }) => chromium.executablePath());`;

/**
 * Unpacks into a folder beside the package, once, and gives the executable and what its environment needs. The
 * package unpacks into the temporary folder of its process, and brings libraries (NSS, which few servers have) only
 * on Amazon's Lambda: hence a process that says it is there. Without any font, Chromium ends at the first input of
 * a page.
 */
async function unpack(temporary: string) {
  const { version } = packageJson.parse(
    JSON.parse(readFileSync(join(projectFolder, 'node_modules/@sparticuz/chromium/package.json'), 'utf8')),
  );
  const folder = join(projectFolder, `node_modules/.cache/chromium-${version}`);
  if (!existsSync(folder)) {
    mkdirSync(dirname(folder), { recursive: true });
    const unfinished = mkdtempSync(`${folder}-`);
    const env = { ...environment({}), TMPDIR: unfinished, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' };
    await promisify(execFile)(process.execPath, ['-e', unpackScript], { cwd: projectFolder, env });
    try {
      renameSync(unfinished, folder);
    } catch (error) {
      // Another process was quicker.
      rmSync(unfinished, { recursive: true, force: true });
      if (!existsSync(folder)) throw error;
    }
  }
  const fonts = join(temporary, 'fonts.conf');
  writeFileSync(
    fonts,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${folder}/fonts</dir><cachedir>${temporary}/font-cache</cachedir></fontconfig>`,
  );
  return {
    executablePath: join(folder, 'chromium'),
    env: { LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'), FONTCONFIG_FILE: fonts },
  };
}

const packageJson = z.object({ version: z.string() });
