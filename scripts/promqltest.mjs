// `npm run promqltest -- FILE…`: runs files of Prometheus' test language on series in memory, prints each
// failure and `N passed, M failed`.
import { readFileSync } from 'node:fs';
import { build, install } from './setup.mjs';

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error('usage: npm run promqltest -- FILE…');
  process.exit(2);
}
install();
build();
const { runScript } = await import('../dist/promql/promqltest/runner.js');

let passed = 0;
let failed = 0;
for (const file of files) {
  try {
    for (const { line, query, failure } of await runScript(readFileSync(file, 'utf8'))) {
      if (failure === undefined) {
        passed++;
        continue;
      }
      failed++;
      console.log(`${file}:${line}: ${query}\n  ${failure}`);
    }
  } catch (error) {
    failed++;
    console.log(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
