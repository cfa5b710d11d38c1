import type { Cause } from '../../src/telemetry/comparison/causes.ts';
import { namedCauses } from '../../src/telemetry/comparison/causes.ts';
import { compareWindows } from '../../src/telemetry/comparison/compare.ts';
import { type Fault, type FaultKind, type Noise, windowsOf } from './seeded-windows.ts';

const EXPECTED: Readonly<Record<FaultKind, Cause['kind']>> = {
  'starved CPU': 'resource pressure',
  'starved CPU in gaps': 'resource pressure',
  'starved CPU without metrics': 'resource pressure',
  'delayed network': 'network',
  'delayed link': 'network',
  'new error': 'errors',
  'slow code path': 'code path',
  'vanished pattern': 'missing lines',
  'slow database': 'unrecorded peer',
};

/** The causes that are named for two windows of a seed. */
export function causesOf(seed: number, kind?: FaultKind, noise?: Noise) {
  const { baseline, window, fault } = windowsOf(seed, kind, noise);
  const changes = compareWindows(baseline, window);
  return { fault, changes, causes: namedCauses(changes, window, baseline) };
}

/** Whether a cause is the fault, in place and kind. Of a link either end may be the first. */
export function isTrue(cause: Cause | undefined, fault: Fault | undefined): boolean {
  return isTruePlace(cause, fault) && fault !== undefined && cause?.kind === EXPECTED[fault.kind];
}

export function isTruePlace(cause: Cause | undefined, fault: Fault | undefined): boolean {
  if (cause === undefined || fault === undefined) return false;
  if (fault.kind === 'slow database') return cause.workload === fault.peer;
  if (fault.kind === 'delayed link') {
    return [cause.workload, cause.peer].sort().join() === [fault.workload, fault.peer].sort().join();
  }
  return cause.workload === fault.workload;
}
