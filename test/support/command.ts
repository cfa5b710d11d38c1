import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

export const projectFolder = fileURLToPath(new URL('../../', import.meta.url));
export const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface CommandResult extends Exit {
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment of a child: ours without any setting of the product, and the settings given. */
export function environment(settings: Readonly<Record<string, string>>): Record<string, string> {
  const own = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('KUBESENSE_'),
  );
  return { ...Object.fromEntries(own), ...settings };
}

/** Runs the product's command line to its end; a command that hangs is killed after `timeout` ms. */
export function runCommand(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
  { cwd = projectFolder, timeout = 60_000 }: { readonly cwd?: string; readonly timeout?: number } = {},
): Promise<CommandResult> {
  return run(process.execPath, [cli, ...args], settings, cwd, timeout);
}

/** Runs a script of Node to its end. */
export function runScript(script: string, args: readonly string[], timeout: number): Promise<CommandResult> {
  return run(process.execPath, [script, ...args], {}, projectFolder, timeout);
}

function run(
  command: string,
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
  cwd: string,
  timeout: number,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: environment(settings),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

const created = z.object({ key: z.string() });

/** Makes a key for the product that keeps its data in `dataDir`, running or not. */
export async function createKey(dataDir: string, ...options: readonly string[]): Promise<string> {
  const args = ['keys', 'create', '--name', 'test', '--json', ...options];
  const { code, stdout, stderr } = await runCommand(args, { KUBESENSE_DATA_DIR: dataDir });
  if (code !== 0) throw new Error(`keys create ended with ${code}: ${stderr}`);
  return created.parse(JSON.parse(stdout)).key;
}
