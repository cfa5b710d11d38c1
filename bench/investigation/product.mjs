/** The product as it is installed, on a folder that stays, and its engine beside it. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { findEngine } from '../../dist/store/engine/engine.js';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export async function startProduct(dataDir) {
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    KUBESENSE_LISTEN: '127.0.0.1:0',
    KUBESENSE_OTLP_HTTP_LISTEN: '127.0.0.1:0',
    KUBESENSE_DATA_DIR: dataDir,
    KUBESENSE_KEY_REQUESTS_PER_MINUTE: '100000',
    KUBESENSE_RETENTION: '3650d',
    KUBESENSE_LOG_LEVEL: 'error',
  };
  const child = spawn(process.execPath, [cli, 'serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    printed += text;
  });
  const printedUrl = (line) => {
    const whole = printed.split('\n').slice(0, -1);
    return /https?:\/\/[^\s/]+/.exec(whole.find((one) => line.test(one)) ?? '')?.[0];
  };
  const deadline = performance.now() + 60_000;
  while (printedUrl(/\/mcp\b/) === undefined || printedUrl(/otlp/i) === undefined) {
    if (child.exitCode !== null || performance.now() > deadline) throw new Error(`no start: ${printed}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const createKey = (...options) => {
    const create = ['keys', 'create', '--name', 'bench', '--expires', '1d', '--json', ...options];
    const { stdout, stderr } = spawnSync(process.execPath, [cli, ...create], { env, encoding: 'utf8' });
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout).key;
  };
  const { url, username, password } = await findEngine(dataDir);
  const engine = createClient({
    url,
    username,
    password,
    request_timeout: 3_600_000,
    log: { level: ClickHouseLogLevel.OFF },
  });
  const otlp = printedUrl(/otlp/i);
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${createKey('--role', 'ingest')}`,
  };
  return {
    url: printedUrl(/\/mcp\b/),
    pid: child.pid,
    createKey,
    async post({ signal, body }) {
      const response = await fetch(`${otlp}/v1/${signal}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      const text = await response.text();
      if (response.status !== 200 || text !== '{}') throw new Error(`${signal}: ${response.status} ${text}`);
    },
    run: (query) => engine.command({ query }),
    async rows(query, settings = {}) {
      const result = await engine.query({
        query,
        format: 'JSONCompactEachRow',
        clickhouse_settings: settings,
      });
      return result.json();
    },
    /** Rows that the engine has read since it started. */
    async rowsRead() {
      const [[rows]] = await this.rows(
        "SELECT toString(sum(value)) FROM system.events WHERE event = 'SelectedRows'",
      );
      return Number(rows);
    },
    async stop() {
      await engine.close();
      child.kill();
      await once(child, 'exit');
    },
  };
}
