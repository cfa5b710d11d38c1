// The official conformance scenarios that a product without the suite's fixture tools can pass.
import { join } from 'node:path';
import { startAuthProxy } from './auth-proxy.ts';
import { Outcome, runNode } from './outcome.ts';
import { openTarget } from './target.ts';

const scenarios = {
  '2025-11-25': [
    'server-initialize',
    'server-session-lifecycle',
    'ping',
    'tools-list',
    'resources-list',
    'prompts-list',
    'server-sse-multiple-streams',
    'dns-rebinding-protection',
  ],
  '2026-07-28': [
    'tools-list',
    'resources-list',
    'prompts-list',
    'caching',
    'sep-2164-resource-not-found',
    'http-header-validation',
    'server-sse-multiple-streams',
    'dns-rebinding-protection',
    'input-required-result-unsupported-methods',
  ],
} as const;

/** A scenario that is skipped ends with 0 too, and without this line. */
const allPassed = /^Passed: ([1-9]\d*)\/\1, 0 failed/m;

const target = await openTarget(process.argv.slice(2));
const proxy = await startAuthProxy(target.url, target.key);
const suite = join(target.tools, 'node_modules/@modelcontextprotocol/conformance/dist/index.js');
const outcome = new Outcome();
try {
  for (const [version, names] of Object.entries(scenarios)) {
    for (const name of names) {
      const args = ['server', '--url', proxy.url.href, '--scenario', name, '--spec-version', version];
      const { code, stdout, stderr } = await runNode(target.tools, suite, args);
      outcome.add(`${version}  ${name}`, code === 0 && allPassed.test(stdout), stdout + stderr);
    }
  }
} finally {
  proxy.close();
  await target.stop();
}
process.exitCode = outcome.finish();
