import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { type Config, isSecret, loadConfig, type SettingName, settings } from '../config.ts';

export const settingNames = Object.keys(settings) as SettingName[];

/** Settings whose flag alone switches them on. */
const switches: ReadonlySet<SettingName> = new Set<SettingName>(['behind_proxy']);

/** Adds `--config` and a flag for each of the settings that the command uses. */
export function addSettings(command: Command, names: readonly SettingName[]): Command {
  command.addOption(new Option('--config <file>', 'a YAML file of settings'));
  for (const name of names) {
    if (isSecret(name)) continue;
    const { takes, description } = settings[name];
    const value = switches.has(name) ? '[value]' : '<value>';
    const flag = new Option(`--${name.replaceAll('_', '-')} ${value}`, `${description} (${takes})`);
    command.addOption(switches.has(name) ? flag.preset('on') : flag);
  }
  return command;
}

/** The configuration, from the flags of a command, the environment and the file. @throws ConfigError */
export function readConfig(command: Command): Config {
  const options = command.optsWithGlobals<Record<string, unknown>>();
  const flags: Partial<Record<SettingName, string>> = {};
  for (const name of settingNames) {
    const value = options[name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())];
    if (typeof value === 'string') flags[name] = value;
  }
  const { config } = options;
  return loadConfig({ flags, file: typeof config === 'string' ? config : undefined });
}

/** How this program is called: from a clone it is a file. */
export function commandName(): string {
  return basename(process.argv[1] ?? '') === 'cli.js' || process.argv[1] === 'kubesense-mcp'
    ? 'node dist/cli.js'
    : 'kubesense-mcp';
}
