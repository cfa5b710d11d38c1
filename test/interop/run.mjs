// Runs an interoperability test on Node 22, which the clients under test need and which runs TypeScript:
//   node test/interop/run.mjs conformance|inspector [--url URL --key KEY | --fixture] [--tools FOLDER]
// Without --url the built product is started. What it needs comes from npm into a temporary folder, or
// into the folder of --tools, where it stays for the next run.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const clients = [
  '@modelcontextprotocol/conformance@0.2.0-alpha.12',
  '@modelcontextprotocol/inspector@2.12.0',
];
/** The Inspector's oldest. */
const [wantedMajor, wantedMinor] = [22, 19];

const [name, ...args] = process.argv.slice(2);
if (name !== 'conformance' && name !== 'inspector') {
  console.error(
    'usage: node test/interop/run.mjs conformance|inspector [--url URL --key KEY | --fixture] [--tools FOLDER]',
  );
  process.exit(2);
}

const at = args.indexOf('--tools');
const kept = at === -1 ? undefined : args.splice(at, 2)[1];
const tools = kept ?? mkdtempSync(join(tmpdir(), 'kubesense-interop-'));
try {
  process.exitCode = run();
} finally {
  if (kept === undefined) rmSync(tools, { recursive: true, force: true });
}

function run() {
  const nodePackage = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isNewEnough = major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
  const packages = isNewEnough ? clients : [...clients, `${nodePackage}@22`];
  const npm = [
    'install',
    '--prefix',
    tools,
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--loglevel',
    'error',
    '--fetch-retries',
    '4',
  ];
  // A download may break off.
  const install = () =>
    spawnSync('npm', [...npm, ...packages], { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  if (!install() && !install()) return 1;
  const node = isNewEnough ? process.execPath : join(tools, 'node_modules', nodePackage, 'bin', 'node');
  const script = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  const { status } = spawnSync(node, [script, '--tools', tools, ...args], { stdio: 'inherit' });
  return status ?? 1;
}
