import { type Command, Option } from 'commander';
import { z } from 'zod';
import {
  DEFAULT_CONFIG_FILE,
  flagOf,
  type LoadedConfig,
  loadConfig,
  type SettingName,
  settingNames,
  settings,
  variableOf,
} from '../config/index.js';
import type { Outside } from './outside.js';

const given = z.union([z.string(), z.boolean()]);

function optionOf(name: SettingName): Option {
  const setting = settings[name];
  const flag = flagOf(name);
  const standard =
    setting.fallback === '' || typeof setting.fallback === 'boolean' ? '' : `default: ${setting.fallback}, `;
  const help = `${setting.help} (${standard}env: ${variableOf(name)})`;
  if ('value' in setting) return new Option(`${flag} <${setting.value}>`, help);
  if (setting.fallback === true) return new Option(flag.replace('--', '--no-'), `do not ${help}`);
  return new Option(flag, help);
}

/** Adds a flag for every setting, and `--config`. */
export function addSettings(command: Command): Command {
  command.option(
    '--config <FILE>',
    `settings as YAML or JSON (default: ${DEFAULT_CONFIG_FILE} if it is there)`,
  );
  for (const name of settingNames) command.addOption(optionOf(name));
  return command;
}

/** The settings that a command line, the environment and the config file say together. */
export function settingsOf(command: Command, env: Outside['env']): LoadedConfig {
  const named = settingNames.filter((name) => command.getOptionValueSource(name) === 'cli');
  const flags = Object.fromEntries(named.map((name) => [name, given.parse(command.getOptionValue(name))]));
  const file = z.string().optional().parse(command.getOptionValue('config'));
  return loadConfig({ flags, file, env });
}
