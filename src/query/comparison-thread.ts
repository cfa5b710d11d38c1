import { parentPort } from 'node:worker_threads';
import { compareRecords, type ReadWindows } from '../telemetry/window-records/compare-records.ts';

// Entry of a thread that compares windows, one pair after the other.

parentPort?.on('message', (read: ReadWindows) => {
  parentPort?.postMessage(compareRecords(read));
});
