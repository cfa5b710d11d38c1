import { Command } from 'commander';
import { parseExpiry } from '../access/expiry.ts';
import { type KeyRecord, KeyStore } from '../access/key-store.ts';
import { roles } from '../access/principal.ts';
import { createLog } from '../observe/log.ts';
import { addSettings, readConfig } from './command-line.ts';

interface CreateOptions {
  readonly name: string;
  readonly role?: string[];
  readonly namespace?: string[];
  readonly cluster?: string[];
  readonly expires?: string;
  readonly json?: true;
}

const collect = (value: string, values: string[] = []): string[] => [...values, value];

/** `kubesense-mcp keys create | list | revoke`: the keys in the data folder, while a server runs or not. */
export function keysCommand(): Command {
  return new Command('keys')
    .description('make, list and revoke the API keys of the data folder')
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(revokeCommand());
}

function createCommand(): Command {
  const command = new Command('create')
    .description('make a key; it is shown once')
    .requiredOption('--name <name>', 'who or what the key is for')
    .option('--role <role>', `${roles.join(', ')}; can be repeated (default: query)`, collect)
    .option('--namespace <name>', 'a namespace that the key may see; can be repeated (default: all)', collect)
    .option('--cluster <name>', 'a cluster that the key may see; can be repeated (default: all)', collect)
    .option('--expires <when>', '30d, 12h, or an ISO 8601 date or time (default: never)')
    .option('--json', 'print a JSON object');
  return addSettings(command, ['data_dir']).action(async (options: CreateOptions) => {
    const now = new Date();
    const { key, record } = await openKeys(command).create(
      {
        name: options.name,
        roles: options.role,
        limits: {
          ...(options.namespace && { namespaces: options.namespace }),
          ...(options.cluster && { clusters: options.cluster }),
        },
        expiresAt: options.expires === undefined ? undefined : parseExpiry(options.expires, now),
      },
      now,
    );
    print(options.json ? JSON.stringify({ key, ...record }) : key);
    if (!options.json) process.stderr.write('Keep it now: it is not shown again.\n');
  });
}

function listCommand(): Command {
  const command = new Command('list').description('list all keys, but for the keys themselves');
  return addSettings(command, ['data_dir'])
    .option('--json', 'print a JSON array')
    .action(async (options: { readonly json?: true }) => {
      const records = await openKeys(command).list();
      print(options.json ? JSON.stringify(records) : table(records, new Date()));
    });
}

function revokeCommand(): Command {
  const command = new Command('revoke').argument('<key>', 'id or name of the key');
  return addSettings(command.description('end a key, within seconds everywhere'), ['data_dir']).action(
    async (key: string) => {
      const { id, name } = await openKeys(command).revoke(key, new Date());
      print(`Revoked ${id} (${name}).`);
    },
  );
}

function openKeys(command: Command): KeyStore {
  const config = readConfig(command);
  return new KeyStore({ folder: config.data_dir, log: createLog('error') });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function table(records: readonly KeyRecord[], now: Date): string {
  if (records.length === 0) return 'There are no keys. Make one with: keys create --name <name>';
  const rows = records.map((record) => [
    record.id,
    record.name,
    record.roles.join(','),
    seenBy(record),
    stateOf(record, now),
    record.lastUsedAt?.toISOString().slice(0, 16) ?? 'never',
  ]);
  const all = [['ID', 'NAME', 'ROLES', 'SEES', 'STATE', 'LAST USED'], ...rows];
  const widths = all[0]?.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0))) ?? [];
  return all
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function seenBy({ limits: { clusters, namespaces } }: KeyRecord): string {
  const parts = [
    ...(clusters === undefined ? [] : [`clusters ${clusters.join(',')}`]),
    ...(namespaces === undefined ? [] : [`namespaces ${namespaces.join(',')}`]),
  ];
  return parts.join('; ') || 'all';
}

function stateOf({ revokedAt, expiresAt }: KeyRecord, now: Date): string {
  if (revokedAt !== undefined) return `revoked ${revokedAt.toISOString().slice(0, 16)}`;
  if (expiresAt === undefined) return 'valid';
  return `${expiresAt <= now ? 'expired' : 'valid until'} ${expiresAt.toISOString().slice(0, 16)}`;
}
