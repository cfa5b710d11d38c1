import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * When a process began, in a form that only says whether two are the same: with the pid it names a process
 * for good. Undefined where there is no such process, or the system doesn't tell.
 */
export async function processStart(pid: number): Promise<string | undefined> {
  try {
    return process.platform === 'linux' ? await startOnLinux(pid) : await startByPs(pid);
  } catch {
    return undefined;
  }
}

/** Clock ticks since boot (proc(5), field 22 of stat), and which boot that was. */
async function startOnLinux(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The second field is the command's name in parentheses, and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields[19];
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
  return ticks === undefined ? undefined : `${boot.trim()} ${ticks}`;
}

async function startByPs(pid: number): Promise<string | undefined> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]);
  const started = stdout.trim();
  return started === '' ? undefined : started;
}
