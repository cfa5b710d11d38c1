// Compiles src/ into dist/, and console/ into dist/console-pages/. A type error in src/ fails the build; `npm run check`
// also checks the tests and the console.
import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'vite';

const typescript = createRequire(import.meta.url).resolve('typescript/package.json');
const { status } = spawnSync(
  process.execPath,
  [join(dirname(typescript), 'bin', 'tsc'), '-p', 'tsconfig.build.json'],
  { stdio: 'inherit' },
);
if (status !== 0) process.exit(1);
chmodSync('dist/cli.js', 0o755);
// Vitest says that this is a test; React would build its checks for development in.
process.env.NODE_ENV = 'production';
await build({ configFile: 'console/vite.config.ts', logLevel: 'warn' });
