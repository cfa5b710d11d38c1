import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cli, type Exit, environment, projectFolder } from './command.ts';
import { waitFor } from './wait.ts';

export interface Product {
  readonly mcpUrl: URL;
  /** Undefined where that listener is off. */
  readonly otlpUrl: URL | undefined;
  readonly dataDir: string;
  readonly pid: number;
  /** What it has printed so far, on stdout and stderr. */
  output(): { readonly stdout: string; readonly stderr: string };
  /** Status of `/readyz`, 0 while nothing answers. */
  readiness(): Promise<number>;
  /** Sends SIGTERM, waits for the end, and removes the data folder if it was made here. */
  stop(): Promise<Exit>;
}

export interface ProductOptions {
  readonly args?: readonly string[];
  /** Settings; all listeners are on port 0 unless set here. */
  readonly settings?: Readonly<Record<string, string>>;
  /** A temporary folder when absent. */
  readonly dataDir?: string;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'kubesense-test-'));
}

/** Starts the product and waits until it is ready. Addresses are read from what it prints. */
export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  const { args = ['serve'], settings = {}, dataDir = temporaryFolder() } = options;
  const all = {
    KUBESENSE_LISTEN: '127.0.0.1:0',
    KUBESENSE_OTLP_HTTP_LISTEN: '127.0.0.1:0',
    KUBESENSE_DATA_DIR: dataDir,
    // What takes five seconds on a quiet machine took longer than the usual 30 on a busy one.
    KUBESENSE_QUERY_TIMEOUT: '100s',
    ...settings,
  };
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: projectFolder,
    env: environment(all),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Exit>((resolve) => {
    child.on('close', (code, signal) => {
      running.delete(child);
      resolve({ code, signal });
    });
  });
  const alive = () => {
    if (child.exitCode === null && child.signalCode === null) return;
    throw new Error(`The product ended with ${child.exitCode ?? child.signalCode}: ${stdout}${stderr}`);
  };
  const removeFolder = () => {
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
  };

  try {
    const withOtlp = all.KUBESENSE_OTLP_HTTP_LISTEN !== 'off';
    const addresses = await waitFor('the addresses on the terminal', 60_000, () => {
      alive();
      const mcpUrl = printedUrl(stdout, /\/mcp\b/);
      const otlpUrl = printedUrl(stdout, /otlp/i);
      return mcpUrl !== undefined && (!withOtlp || otlpUrl !== undefined) && { mcpUrl, otlpUrl };
    });
    const readiness = async () => {
      try {
        return (await fetch(new URL('/readyz', addresses.mcpUrl))).status;
      } catch {
        return 0;
      }
    };
    await waitFor('readiness', 60_000, async () => {
      alive();
      return (await readiness()) === 200;
    });
    return {
      ...addresses,
      dataDir,
      pid: child.pid ?? 0,
      output: () => ({ stdout, stderr }),
      readiness,
      stop: async () => {
        child.kill('SIGTERM');
        const exit = await ended;
        removeFolder();
        return exit;
      },
    };
  } catch (error) {
    child.kill('SIGKILL');
    await ended;
    removeFolder();
    throw error;
  }
}

/** The first URL of the first whole line that matches. */
function printedUrl(text: string, line: RegExp): URL | undefined {
  const lines = text.split('\n').slice(0, -1);
  const match = lines
    .filter((one) => line.test(one))
    .flatMap((one) => /https?:\/\/[^\s,;'"]+/.exec(one) ?? []);
  return match[0] === undefined ? undefined : new URL(match[0]);
}
