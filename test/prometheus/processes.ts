import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../support/wait.ts';
import { findBinary, type StoreName } from './binaries.ts';
import { remoteWrite, type SentSeries } from './remote-write.ts';

export interface RunningStore {
  readonly url: URL;
  readonly version: string;
  close(): Promise<void>;
}

const flags: Readonly<Record<StoreName, (folder: string, port: number) => readonly string[]>> = {
  prometheus: (folder, port) => [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    '--storage.tsdb.retention.time=100y',
    `--web.listen-address=127.0.0.1:${port}`,
    '--web.enable-remote-write-receiver',
    '--enable-feature=promql-experimental-functions,promql-duration-expr,promql-extended-range-selectors',
    '--log.level=error',
  ],
  'victoria-metrics': (folder, port) => [
    `-storageDataPath=${join(folder, 'data')}`,
    `-httpListenAddr=127.0.0.1:${port}`,
    '-retentionPeriod=100y',
    '-search.latencyOffset=0s',
    '-loggerLevel=ERROR',
    '-selfScrapeInterval=0',
  ],
};

/** Starts a store in a folder of its own with these series, and waits until it finds the first of them. */
export async function startStore(
  name: StoreName,
  series: readonly SentSeries[],
  scrape?: URL,
): Promise<RunningStore> {
  const folder = await mkdtemp(join(tmpdir(), `kubesense-${name}-`));
  const binary = findBinary(name);
  const targets = scrape === undefined ? '' : scrapeConfig(scrape);
  await writeFile(join(folder, 'prometheus.yml'), `scrape_configs: [${targets}]\n`);
  const port = await freePort();
  const child = spawn(binary, flags[name](folder, port), { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const url = new URL(`http://127.0.0.1:${port}/`);
  const close = async (): Promise<void> => {
    await stop(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await waitFor(`${name} to answer: ${stderr}`, 60_000, async () => {
      if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}: ${stderr}`);
      return (await status(new URL('/-/ready', url))) === 200;
    });
    await remoteWrite(new URL('/api/v1/write', url), series);
    if (name === 'victoria-metrics') await fetch(new URL('/internal/force_flush', url));
    return { url, version: name, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function scrapeConfig({ host }: URL): string {
  return `{job_name: app, scrape_interval: 1s, static_configs: [{targets: ["${host}"], labels: {namespace: shop}}]}`;
}

async function status(url: URL): Promise<number | undefined> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.status;
  } catch {
    return undefined;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port is free');
  return address.port;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
