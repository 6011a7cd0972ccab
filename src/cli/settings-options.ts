import { type Command, Option } from 'commander';
import { z } from 'zod';
import {
  DEFAULT_CONFIG_FILE,
  eachSetting,
  flagOf,
  type LoadedConfig,
  loadConfig,
  type Setting,
  type SettingName,
  settingNames,
  settings,
  variableOf,
} from '../config/index.js';
import type { Outside } from './outside.js';

const given = z.union([z.string(), z.boolean(), z.array(z.string())]);

/** Takes one more value of a flag that may be repeated. */
function gathered(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

function optionOf(name: SettingName): Option {
  const setting: Setting = settings[name];
  const flag = flagOf(name);
  const standard =
    setting.fallback !== '' && ['string', 'number'].includes(typeof setting.fallback)
      ? `default: ${setting.fallback}, `
      : '';
  const help = `${setting.help} (${standard}env: ${variableOf(name)})`;
  if (setting.value !== undefined) {
    const option = new Option(`${flag} <${setting.value}>`, help);
    return setting.repeated === undefined ? option : option.argParser(gathered);
  }
  if (setting.fallback === true) return new Option(flag.replace('--', '--no-'), `do not ${help}`);
  return new Option(flag, help);
}

/** Adds a flag for every setting, or for these, and `--config`. */
export function addSettings(command: Command, names: readonly SettingName[] = settingNames): Command {
  command.option(
    '--config <FILE>',
    `settings as YAML or JSON (default: ${DEFAULT_CONFIG_FILE} if it is there)`,
  );
  for (const name of names) command.addOption(optionOf(name));
  return command;
}

/** The settings that a command line, the environment and the config file say together. */
export function settingsOf(
  command: Command,
  env: Outside['env'],
  purpose: 'server' | 'folder' = 'server',
): LoadedConfig {
  const keys = eachSetting((name) => new Option(flagOf(name)).attributeName());
  const named = settingNames.filter((name) => command.getOptionValueSource(keys[name]) === 'cli');
  const flags = Object.fromEntries(
    named.map((name) => [name, given.parse(command.getOptionValue(keys[name]))]),
  );
  const file = z.string().optional().parse(command.getOptionValue('config'));
  return loadConfig({ flags, file, env, purpose });
}
