import { execFileSync } from 'node:child_process';

/** Compiles src/ to dist/, once before all tests: child processes and worker threads run from there. */
export default function setup(): void {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
}
