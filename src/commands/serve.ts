import { Command } from 'commander';
import { mainUrl } from '../build-console.ts';
import { type Config, settings } from '../config.ts';
import { formatAddress } from '../http/listen-address.ts';
import { remoteWritePath } from '../ingest/remote-write/remote-write-http.ts';
import { createLog } from '../observe/log.ts';
import { prometheusApiPath } from '../prometheus-api/prometheus-api.ts';
import { type RunningServer, startServer } from '../server.ts';
import { schemeOf } from '../transport.ts';
import { version } from '../version.ts';
import { addSettings, commandName, readConfig, settingNames } from './command-line.ts';

/** How long what is running may take to end after SIGTERM. */
const graceMs = 10_000;

/** `kubesense-mcp serve`: stores and answers until SIGTERM or SIGINT. */
export function serveCommand(): Command {
  const names = settingNames.filter((name) => name !== 'api_key');
  return addSettings(
    new Command('serve').description('store telemetry and answer (the default)'),
    names,
  ).action(async (_options: unknown, command: Command) => {
    const config = readConfig(command);
    const stopped = signalled();
    const server = await startServer(config, createLog(config.log_level));
    process.stdout.write(await greeting(server, config));
    await stopped;
    await server.close(graceMs);
  });
}

/** Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. */
function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1));
        resolve();
      });
    }
  });
}

/** What a person at the terminal needs next. */
async function greeting(server: RunningServer, config: Config): Promise<string> {
  const { api, otlpHttp, backend } = server;
  const url = mainUrl(config, api);
  const scheme = schemeOf(config);
  const receiver = otlpHttp && `${scheme}://${formatAddress(otlpHttp)}`;
  const { metricsHost } = backend;
  const lines = [
    `kubesense-mcp ${version} is ready`,
    '',
    `  MCP           ${url === undefined ? 'off' : `${url}/mcp`}`,
    ...(url === undefined ? [] : [`  PromQL        ${url}${prometheusApiPath}`]),
    ...(api === undefined
      ? []
      : [`  console       ${url}`, `  listening     ${scheme}://${formatAddress(api)}`]),
    `  OTLP/HTTP     ${receiver ?? 'off'}`,
    ...(receiver === undefined || metricsHost !== undefined
      ? []
      : [`  remote write  ${receiver}${remoteWritePath}`]),
    `  store         ${backend.description}, kept ${days(config.retention)}`,
    ...(metricsHost === undefined ? [] : [`  metrics       asked of ${metricsHost}`]),
    ...(backend.store.migrated ? [] : ['                read-only: the tables that are there are read']),
    '',
  ];
  return `${[...lines, ...(await nextSteps(server, config, url))].join('\n')}\n`;
}

async function nextSteps(
  { keys, setupToken }: RunningServer,
  config: Config,
  url: string | undefined,
): Promise<string[]> {
  const now = new Date();
  const usable = (await keys.list()).some(
    ({ revokedAt, expiresAt, roles }) =>
      revokedAt === undefined && (expiresAt === undefined || expiresAt > now) && roles.includes('query'),
  );
  const folder =
    config.data_dir === settings.data_dir.schema.parse(undefined) ? '' : ` --data-dir ${config.data_dir}`;
  const create = `  ${commandName()} keys create --name my-assistant${folder}`;
  // In the fragment, which no browser sends and no proxy logs.
  const setup =
    setupToken === undefined
      ? []
      : [
          'There is no admin key yet. Open the console to make one (once, within an hour):',
          `  ${url}/#/setup/${setupToken}`,
        ];
  if (!usable) {
    return [
      ...setup,
      'There is no API key yet. Make one, for an assistant to connect with:',
      create,
      'Then, in Claude Code for example:',
      `  claude mcp add --transport http kubesense-mcp ${url ?? 'http://…'}/mcp --header "Authorization: Bearer <key>"`,
    ];
  }
  return [...setup, 'Make another API key with:', create];
}

function days(seconds: number): string {
  const whole = seconds / 86_400;
  return Number.isInteger(whole) ? `${whole} ${whole === 1 ? 'day' : 'days'}` : `${seconds / 3600} h`;
}
