import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import type { Principal } from '../access/principal.ts';
import { openBackend } from '../backend.ts';
import { visible, visibleInJson } from '../mcp/render/untrusted.ts';
import { type AuditRecord, auditOutcomes } from '../observe/audit.ts';
import { createLog } from '../observe/log.ts';
import { auditRecords, mostAuditRecords } from '../query/audit-records.ts';
import { InputError } from '../telemetry/input-error.ts';
import { formatTime, parseTime } from '../telemetry/time.ts';
import type { Window } from '../telemetry/window.ts';
import { addSettings, readConfig, settingNames } from './command-line.ts';

interface AuditOptions {
  readonly from: string;
  readonly to: string;
  readonly key?: string;
  readonly tool?: string;
  readonly outcome?: string;
  readonly limit: string;
  readonly json?: true;
}

/** Whoever can open the store may read all of it. */
const operator: Principal = { keyId: 'command-line', name: 'command line', roles: ['admin'], limits: {} };

/** `kubesense-mcp audit`: what was done with keys, beside a running server or without one. */
export function auditCommand(): Command {
  const names = settingNames.filter((name) => /^(data_dir|clickhouse|log_level)/.test(name));
  const command = new Command('audit')
    .description('list what was done with API keys, newest first')
    .option('--from <time>', 'start: ISO 8601, epoch, or relative such as now-7d', 'now-24h')
    .option('--to <time>', 'end, exclusive', 'now')
    .option('--key <id>', 'only of the key with this id')
    .option('--tool <name>', 'only of this tool, path of the Prometheus API, or action of the console')
    .option('--outcome <outcome>', auditOutcomes.join(', '))
    .option('--limit <number>', `records, 1 to ${mostAuditRecords}`, '100')
    .option('--json', 'print a JSON object');
  return addSettings(command, names).action(async (options: AuditOptions) => {
    const window = windowOf(options, BigInt(Date.now()) * 1_000_000n);
    const outcome = outcomeOf(options.outcome);
    const config = readConfig(command);
    if (config.clickhouse_url === undefined && !existsSync(config.data_dir)) {
      throw new InputError(`There is no data folder ${resolve(config.data_dir)}. Name it with --data-dir.`);
    }
    const log = createLog(config.log_level === 'info' ? 'warn' : config.log_level);
    const backend = await openBackend({ config, log, share: true, asIs: true });
    try {
      const { key: keyId, tool, limit } = options;
      const { records, hasMore } = await auditRecords(
        backend.store,
        { window, keyId, tool, outcome, limit: Number(limit) },
        { principal: operator, signal: new AbortController().signal },
      );
      if (options.json)
        print(visibleInJson(JSON.stringify({ records: records.map(toJson), has_more: hasMore })));
      else {
        for (const line of table(records)) print(line);
        if (hasMore) process.stderr.write('There are more: raise --limit, or set --to.\n');
      }
    } finally {
      await backend.close();
    }
  });
}

/** @throws InputError */
function windowOf({ from, to }: AuditOptions, now: bigint): Window {
  const window = { from: parseTime(from, now).time, to: parseTime(to, now).time };
  if (window.from < window.to) return window;
  throw new InputError(`--from ${from} is not before --to ${to}.`);
}

/** @throws InputError */
function outcomeOf(text: string | undefined): AuditRecord['outcome'] | undefined {
  const outcome = auditOutcomes.find((one) => one === text);
  if (text === undefined || outcome !== undefined) return outcome;
  throw new InputError(`--outcome: got ${JSON.stringify(text)}, takes ${auditOutcomes.join(', ')}.`);
}

function toJson({
  time,
  keyId,
  keyName,
  action,
  query,
  window,
  rows,
  durationMs,
  outcome,
}: AuditRecord): object {
  return {
    time: new Date(time).toISOString(),
    key_id: keyId,
    key_name: keyName,
    action,
    query,
    window: window === undefined ? null : { from: formatTime(window.from), to: formatTime(window.to) },
    rows: rows ?? null,
    duration_ms: durationMs,
    outcome,
  };
}

function table(records: readonly AuditRecord[]): string[] {
  if (records.length === 0) return ['There are no records of this time.'];
  const rows = records.map(({ time, keyId, keyName, action, query, rows, durationMs, outcome }) => [
    new Date(time).toISOString(),
    visible(keyId),
    visible(keyName),
    visible(action),
    outcome,
    rows === undefined ? '' : String(rows),
    String(Math.round(durationMs)),
    visible(query),
  ]);
  const all = [['TIME', 'KEY', 'NAME', 'ACTION', 'OUTCOME', 'ROWS', 'MS', 'QUERY'], ...rows];
  const widths = all[0]?.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0))) ?? [];
  return all.map((row) =>
    row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('  '),
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
