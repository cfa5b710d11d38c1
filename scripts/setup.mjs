// Installs and builds what is missing or older than its source, so that `npm start` and `npm test`
// work on a fresh clone by themselves.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const installed = 'node_modules/.installed';
const built = 'dist/.built';

/** Runs a command of npm; the environment of `npm start` is not handed on, so that npm reads its own. */
function npm(...args) {
  const { status } = spawnSync(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

function newest(folder) {
  return Math.max(
    0,
    ...readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs),
  );
}

export function install() {
  const lock = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === lock) return;
  npm('ci', '--no-fund', '--no-audit', '--loglevel', 'error');
  writeFileSync(installed, lock);
}

export function build() {
  const source = Math.max(newest('src'), newest('console'), statSync('package-lock.json').mtimeMs);
  if (existsSync(built) && statSync(built).mtimeMs >= source) return;
  npm('run', '--silent', 'build');
  writeFileSync(built, '');
}
