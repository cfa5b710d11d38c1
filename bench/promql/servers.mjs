/** The servers that are compared: ours, as it is installed, and two others. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPrometheus, startVictoriaMetrics } from '../../test/support/metric-servers.mjs';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** Our server with its embedded engine, in an empty folder. */
export async function startOurs() {
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-promql-'));
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    KUBESENSE_LISTEN: '127.0.0.1:0',
    KUBESENSE_OTLP_HTTP_LISTEN: '127.0.0.1:0',
    KUBESENSE_DATA_DIR: dataDir,
    KUBESENSE_KEY_REQUESTS_PER_MINUTE: '100000',
    ...(process.env.NODE_OPTIONS && { NODE_OPTIONS: process.env.NODE_OPTIONS }),
  };
  const child = spawn(process.execPath, [cli, 'serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    printed += text;
  });
  /** Of the first whole line that matches. */
  const printedUrl = (line) => {
    const found = printed
      .split('\n')
      .slice(0, -1)
      .find((one) => line.test(one));
    return /https?:\/\/[^\s/]+/.exec(found ?? '')?.[0];
  };
  const stop = async () => {
    child.kill();
    await once(child, 'exit');
    rmSync(dataDir, { recursive: true, force: true });
  };
  const deadline = performance.now() + 30_000;
  while (printedUrl(/\/mcp\b/) === undefined || printedUrl(/otlp/i) === undefined) {
    if (child.exitCode !== null || performance.now() > deadline) throw new Error(`no start: ${printed}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const create = ['keys', 'create', '--name', 'bench', '--role', 'query', '--role', 'ingest', '--json'];
  const { stdout } = spawnSync(process.execPath, [cli, ...create], { env, encoding: 'utf8' });
  const { key } = JSON.parse(stdout);
  return {
    name: 'kubesense-mcp',
    url: printedUrl(/\/mcp\b/),
    writeUrl: `${printedUrl(/otlp/i)}/api/v1/write`,
    headers: { authorization: `Bearer ${key}` },
    pid: child.pid,
    dataDir,
    stop,
  };
}

export async function startOthers() {
  const [prometheus, victoriaMetrics] = await Promise.all([startPrometheus(), startVictoriaMetrics()]);
  const other = (name, server) => ({ ...server, name, writeUrl: `${server.url}/api/v1/write`, headers: {} });
  // VictoriaMetrics shows what was written a second later, or when it is told to.
  const flushUrl = `${victoriaMetrics.url}/internal/force_flush`;
  return [other('Prometheus', prometheus), { ...other('VictoriaMetrics', victoriaMetrics), flushUrl }];
}

const agent = new Agent({ keepAlive: true });

/** Posts a form; gives the body and how long it took until its last byte, in ms. */
export function post({ url, headers }, path, parameters) {
  const body = new URLSearchParams(parameters).toString();
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(
      url + path,
      {
        method: 'POST',
        agent,
        headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const ms = performance.now() - started;
          const text = Buffer.concat(chunks);
          if (response.statusCode === 200) resolve({ ms, text });
          else reject(new Error(`${url}${path}: ${response.statusCode} ${text.subarray(0, 500)}`));
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** A process and those it started, by their ids. */
function processTree(pid) {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
  );
  return [pid, ...children.flatMap(processTree)];
}

const memoryOf = (pid, field) => {
  const [, kilobytes] = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(
    readFileSync(`/proc/${pid}/status`, 'utf8'),
  );
  return Number(kilobytes) * 1024;
};

/** Measures by how many bytes the resident memory of a server's processes grows at most while `run` runs. */
export async function peakGrowth(pid, run) {
  const tree = processTree(pid);
  const before = tree.map((one) => memoryOf(one, 'VmRSS'));
  // Forgets the peak so far (proc(5), clear_refs).
  for (const one of tree) writeFileSync(`/proc/${one}/clear_refs`, '5');
  await run();
  return tree.reduce((sum, one, i) => sum + memoryOf(one, 'VmHWM') - before[i], 0);
}
