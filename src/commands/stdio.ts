import { Command } from 'commander';
import { createAuthenticator } from '../access/authenticator.ts';
import { KeyStore } from '../access/key-store.ts';
import type { Principal } from '../access/principal.ts';
import { openBackend } from '../backend.ts';
import { type Config, ConfigError } from '../config.ts';
import { serveStdio } from '../mcp/stdio.ts';
import { createLog, type Logger } from '../observe/log.ts';
import { createServerFactory } from '../server.ts';
import { addSettings, readConfig, settingNames } from './command-line.ts';

/** Whoever can read the data folder of the embedded store sees all of it. */
const ownerOfFolder: Principal = { keyId: 'stdio', name: 'stdio', roles: ['query'], limits: {} };

/** `kubesense-mcp stdio`: the same tools for a client that starts a process. */
export function stdioCommand(): Command {
  const names = settingNames.filter((name) => !/listen|session|host|public/.test(name));
  const command = new Command('stdio').description('serve MCP on standard input and output');
  return addSettings(command, names).action(async () => {
    const config = readConfig(command);
    const log = createLog(config.log_level);
    const principal = await principalOf(config, log);
    const backend = await openBackend({ config, log, share: true });
    const connection = serveStdio({
      createServer: createServerFactory(backend, log),
      principal,
      stdin: process.stdin,
      stdout: process.stdout,
      log,
    });
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => connection.close());
    await connection.closed;
    await backend.close();
  });
}

async function principalOf(config: Config, log: Logger): Promise<Principal> {
  if (config.api_key !== undefined) {
    const keys = new KeyStore({ folder: config.data_dir, log });
    return createAuthenticator(keys, log).authenticate(`Bearer ${config.api_key}`, 'query', new Date());
  }
  if (config.clickhouse_url !== undefined) {
    throw new ConfigError('KUBESENSE_API_KEY is needed where telemetry is in a ClickHouse server');
  }
  return ownerOfFolder;
}
