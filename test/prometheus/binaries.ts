import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

export type StoreName = 'prometheus' | 'victoria-metrics';

const modules: Readonly<
  Record<StoreName, { readonly module: string; readonly command: string; readonly version: string }>
> = {
  prometheus: {
    module: 'github.com/prometheus/prometheus',
    command: 'github.com/prometheus/prometheus/cmd/prometheus',
    version: 'v0.314.0',
  },
  'victoria-metrics': {
    module: 'github.com/VictoriaMetrics/VictoriaMetrics',
    command: 'github.com/VictoriaMetrics/VictoriaMetrics/app/victoria-metrics',
    version: 'v0.0.0-20250718125606-9d9bea03485e',
  },
};

/**
 * The program of a store: in the folder that KUBESENSE_TEST_PROMETHEUS_BIN names, on the PATH, or built from its
 * Go module, which takes some minutes the first time.
 *
 * @throws an Error that says what is missing
 */
export function findBinary(name: StoreName): string {
  const given = process.env.KUBESENSE_TEST_PROMETHEUS_BIN;
  const built = join(homedir(), '.cache', 'kubesense-mcp-test');
  const folders = [
    ...(given === undefined ? [] : [given]),
    ...(process.env.PATH ?? '').split(delimiter),
    built,
  ];
  const found = folders.map((folder) => join(folder, name)).find(isExecutable);
  return found ?? build(name, given ?? built);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function build(name: StoreName, folder: string): string {
  const { command, version } = modules[name];
  const missing = `${name} is neither in the folder of KUBESENSE_TEST_PROMETHEUS_BIN nor on the PATH`;
  if (spawnSync('go', ['version']).status !== 0)
    throw new Error(`${missing}, and there is no go to build it with`);
  console.log(`Building ${command}@${version} into ${folder}`);
  const source = join(folder, `${name}-build`);
  mkdirSync(source, { recursive: true });
  // A module of its own, as `go install` refuses modules that replace or exclude others.
  spawnSync('go', ['mod', 'init', 'local.test/build'], { cwd: source });
  for (const args of [
    ['get', `${command}@${version}`],
    ['build', '-o', join(folder, name), command],
  ]) {
    const { status } = spawnSync('go', args, { cwd: source, stdio: 'inherit' });
    if (status !== 0)
      throw new Error(`${missing}, and it could not be built (go ${args[0]} ended with ${status})`);
  }
  return join(folder, name);
}
