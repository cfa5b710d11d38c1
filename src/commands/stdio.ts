import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { AccessError, createAuthenticator } from '../access/authenticator.ts';
import type { Principal } from '../access/principal.ts';
import { openBackend } from '../backend.ts';
import { type Config, ConfigError } from '../config.ts';
import { openKeyProviders } from '../key-providers.ts';
import { createLimitsAndAudit } from '../limits-and-audit.ts';
import { openSkills } from '../mcp/skills/skills.ts';
import { serveStdio } from '../mcp/stdio.ts';
import { createLog, type Logger } from '../observe/log.ts';
import { createServerFactory } from '../server.ts';
import { addSettings, readConfig, settingNames } from './command-line.ts';

/** Whoever can read the data folder of the embedded store sees all of it. */
const ownerOfFolder: Principal = { keyId: 'stdio', name: 'stdio', roles: ['query'], limits: {} };

interface Client {
  readonly principal: Principal;
  /** Whether its key is still valid; a connection without a key always is. */
  readonly stillValid: () => Promise<boolean>;
}

/** `kubesense-mcp stdio`: the same tools for a client that starts a process. */
export function stdioCommand(): Command {
  const names = settingNames.filter((name) => !/listen|session|host|public|proxy|tls/.test(name));
  const command = new Command('stdio').description('serve MCP on standard input and output');
  return addSettings(command, names).action(async () => {
    const config = readConfig(command);
    const log = createLog(config.log_level);
    const client = await authenticate(config, log);
    if (config.clickhouse_url === undefined && !existsSync(config.data_dir)) {
      process.stderr.write(`kubesense-mcp: made a new, empty data folder: ${resolve(config.data_dir)}\n`);
    }
    const skills = await openSkills();
    const backend = await openBackend({ config, log, share: true });
    const limits = createLimitsAndAudit({ config, store: backend.store, log });
    const connection = serveStdio({
      createServer: createServerFactory(backend, config, log, limits, skills),
      ...client,
      stdin: process.stdin,
      stdout: process.stdout,
      log,
    });
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => connection.close());
    await connection.closed;
    await limits.audit.close();
    await backend.close();
  });
}

/** @throws AccessError, ConfigError */
async function authenticate(config: Config, log: Logger): Promise<Client> {
  const key = config.api_key;
  if (key !== undefined) {
    const authenticator = createAuthenticator((await openKeyProviders(config, log)).verifier, log);
    const authorization = `Bearer ${key}`;
    return {
      principal: await authenticator.authenticate(authorization, 'query', new Date()),
      async stillValid() {
        try {
          await authenticator.recheck(authorization, 'query', new Date());
          return true;
        } catch (error) {
          // Where keys can't be checked too: nothing but this check stands between a call and a key that ended.
          if (error instanceof AccessError) return false;
          throw error;
        }
      },
    };
  }
  if (config.clickhouse_url !== undefined) {
    throw new ConfigError('KUBESENSE_API_KEY is needed where telemetry is in a ClickHouse server');
  }
  return { principal: ownerOfFolder, stillValid: async () => true };
}
