/** Runs real Prometheus and VictoriaMetrics processes, for tests and benchmarks that compare with them. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

/** The Go module of each program. Those of Linux distributions are too old. */
const modules = {
  prometheus: {
    command: 'github.com/prometheus/prometheus/cmd/prometheus',
    // 3.15.0
    version: 'v0.315.0',
    // Without the discovery of targets in clouds, which takes most of the time.
    tags: 'netgo,remove_all_sd',
  },
  'victoria-metrics': {
    command: 'github.com/VictoriaMetrics/VictoriaMetrics/app/victoria-metrics',
    // 1.122.0: later ones have no version that Go finds.
    version: 'v0.0.0-20250718125606-9d9bea03485e',
    tags: 'netgo',
  },
};

/** A program can't be had here. The message says what to do. */
export class NoProgramError extends Error {}

/**
 * The path of a program: in the folder that KUBESENSE_TEST_PROMETHEUS_BIN names, on the PATH, or built once
 * from its Go module.
 */
export function findProgram(name) {
  const named = process.env.KUBESENSE_TEST_PROMETHEUS_BIN;
  const cache = join(homedir(), '.cache', 'kubesense-mcp-test');
  const folders = [
    ...(named === undefined ? [] : [named]),
    ...(process.env.PATH ?? '').split(delimiter),
    cache,
  ];
  const found = folders.map((folder) => join(folder, name)).find(isCurrent);
  return found ?? build(name, named ?? cache);
}

/** Whether it is there, and no Prometheus 2, as Debian has. One that was built from its module has no version. */
function isCurrent(path) {
  if (!existsSync(path)) return false;
  return !/^prometheus, version 2\./.test(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout ?? '');
}

function build(name, folder) {
  const { command, version, tags } = modules[name];
  const missing = `${name} is neither in the folder of KUBESENSE_TEST_PROMETHEUS_BIN nor on the PATH`;
  if (spawnSync('go', ['version']).status !== 0) {
    throw new NoProgramError(`${missing}, and there is no Go 1.26 to build it with.`);
  }
  const source = join(folder, `${name}-build`);
  mkdirSync(source, { recursive: true });
  const go = (...args) => {
    const { status } = spawnSync('go', args, { cwd: source, stdio: ['ignore', 'inherit', 'inherit'] });
    if (status !== 0) throw new NoProgramError(`${missing}, and it could not be built; see above.`);
  };
  // A module of its own, as `go install` refuses modules that replace or exclude others.
  if (!existsSync(join(source, 'go.mod'))) go('mod', 'init', 'local.test/build');
  go('get', `${command}@${version}`);
  go('build', '-tags', tags, '-o', join(folder, name), command);
  return join(folder, name);
}

/** Everything of PromQL that Prometheus has behind flags. */
const features = [
  'promql-experimental-functions',
  'promql-extended-range-selectors',
  'promql-binop-fill-modifiers',
  'promql-delayed-name-removal',
];

/** Starts Prometheus with nothing to scrape, as a receiver of remote write. */
export async function startPrometheus() {
  const program = findProgram('prometheus');
  const folder = mkdtempSync(join(tmpdir(), 'kubesense-prometheus-'));
  const config = join(folder, 'prometheus.yml');
  const data = join(folder, 'data');
  writeFileSync(config, 'storage:\n  tsdb:\n    out_of_order_time_window: 30d\n');
  return start(program, folder, data, /msg="Listening on".* address=(\S+)/, [
    `--config.file=${config}`,
    `--storage.tsdb.path=${data}`,
    '--storage.tsdb.retention.time=100y',
    '--web.listen-address=127.0.0.1:0',
    '--web.enable-remote-write-receiver',
    `--enable-feature=${features.join(',')}`,
  ]);
}

/** Starts VictoriaMetrics with nothing to scrape, answering at once for what was written. */
export async function startVictoriaMetrics() {
  const program = findProgram('victoria-metrics');
  const folder = mkdtempSync(join(tmpdir(), 'kubesense-victoriametrics-'));
  const data = join(folder, 'data');
  return start(program, folder, data, /started server at http:\/\/([^/]+)\//, [
    `-storageDataPath=${data}`,
    '-retentionPeriod=100y',
    '-httpListenAddr=127.0.0.1:0',
    '-search.latencyOffset=0s',
    '-search.disableCache',
  ]);
}

async function start(program, folder, data, address, args) {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill();
      await once(child, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const url = `http://${await addressOf(program, child, address)}`;
    await ready(url);
    return { url, pid: child.pid, data, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Where it listens, as its log says. */
async function addressOf(program, child, pattern) {
  const log = [];
  child.on('error', (error) => log.push(String(error)));
  for await (const line of createInterface({ input: child.stderr })) {
    const address = pattern.exec(line)?.[1];
    if (address !== undefined) {
      child.stderr.resume();
      return address;
    }
    log.push(line);
  }
  throw new Error(`${program} did not start:\n${log.slice(-5).join('\n')}`);
}

async function ready(url) {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const response = await fetch(`${url}/-/ready`).catch(() => undefined);
    await response?.arrayBuffer();
    if (response?.ok) return;
    if (performance.now() > deadline) throw new Error(`${url} does not get ready`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
