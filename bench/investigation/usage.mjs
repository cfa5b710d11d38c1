/** What processes use, from Linux' /proc. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** A process and those that it started. */
export function processTree(pid) {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
  );
  return [Number(pid), ...children.flatMap(processTree)];
}

/** ms of processor time so far, of all threads; a tick is 10 ms. */
export function processorTime(pids) {
  return pids.reduce((sum, pid) => {
    const [, fields = ''] = /\) (.*)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    const [user, system] = fields.split(' ').slice(11, 13).map(Number);
    return sum + 10 * (user + system);
  }, 0);
}

/** Forgets the peaks of memory so far (proc(5), clear_refs). */
export function forgetPeaks(pids) {
  for (const pid of pids) writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** The most resident memory since the peaks were forgotten, bytes. */
export function peakMemory(pid) {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
