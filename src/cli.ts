#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { auditCommand } from './commands/audit.ts';
import { explain } from './commands/explain.ts';
import { importCommand } from './commands/import.ts';
import { keysCommand } from './commands/keys.ts';
import { serveCommand } from './commands/serve.ts';
import { stdioCommand } from './commands/stdio.ts';
import { withoutKeys } from './observe/without-keys.ts';
import { version } from './version.ts';

const program = new Command('kubesense-mcp')
  .description('Read-only tools over Kubernetes logs, traces and metrics for AI assistants')
  .version(version, '--version')
  .showSuggestionAfterError()
  .configureOutput({ writeErr: (text) => process.stderr.write(withoutKeys(text)) })
  .addCommand(serveCommand())
  .addCommand(stdioCommand())
  .addCommand(importCommand())
  .addCommand(keysCommand())
  .addCommand(auditCommand())
  .addCommand(
    new Command('version').description('print the version').action(() => {
      process.stdout.write(`${version}\n`);
    }),
  );

const args = process.argv.slice(2);
/** Without a command it serves, with whatever flags there are. */
const serves =
  args.length === 0 || (/^-/.test(args[0] ?? '') && !/^(-h|--help|--version)$/.test(args[0] ?? ''));

try {
  await program.parseAsync(serves ? ['serve', ...args] : args, { from: 'user' });
  process.exit();
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode);
  process.stderr.write(`kubesense-mcp: ${withoutKeys(explain(error))}\n`);
  process.exit(1);
}
