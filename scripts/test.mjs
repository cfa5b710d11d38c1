// `npm test`: installs what is missing and runs the whole suite. Arguments after `--` go to Vitest.
import { spawnSync } from 'node:child_process';
import { install } from './setup.mjs';

install();
const { status } = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);
