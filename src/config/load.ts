import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { z } from 'zod';
import { tokenFileOf } from '../access/index.js';
import { ConfigError } from './errors.js';
import { DEFAULT_CONFIG_FILE, readConfigFile } from './file.js';
import { withoutHashes } from './identity.js';
import { type Reference, readSecret, referencesOf, withoutSecrets } from './outgoing.js';
import { checkRetention } from './retention.js';
import {
  type Config,
  eachSetting,
  flagOf,
  type SettingName,
  settingNames,
  settings,
  variableOf,
} from './settings.js';

/** Where settings may come from. */
export interface ConfigSources {
  /** Values given on the command line, by setting. */
  readonly flags: Readonly<Partial<Record<SettingName, string | boolean | readonly string[]>>>;
  /** The file named with `--config`. */
  readonly file?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the settings are for: of a verb that only opens the data folder, where a server listens does not matter. */
  readonly purpose?: 'server' | 'folder';
}

/** Checked settings with where each came from. */
export interface LoadedConfig {
  readonly config: Config;
  /** `--port`, `GENCHI_PORT`, the path of the config file, or `default`. */
  readonly origins: Readonly<Record<SettingName, string>>;
  /** What was found but means nothing, a line each. */
  readonly warnings: readonly string[];
}

/** The variable that names the config file, and the one that names the server for the command line's client verbs. */
const OTHER_VARIABLES = [
  ...['GENCHI_CONFIG', 'GENCHI_URL', 'GENCHI_TOKEN', 'GENCHI_HEALTH_URL'],
  ...['GENCHI_REQUIRE_PROMETHEUS', 'GENCHI_REQUIRE_LINTERS'],
];

const schemas = eachSetting((name) => settings[name].schema);
// A record forgets which schema belongs to which name; this states what the table says.
const configSchema = z.object(schemas as { [N in SettingName]: (typeof settings)[N]['schema'] });

const fallbacks = configSchema.parse(eachSetting((name) => settings[name].fallback));

interface Found {
  readonly value: unknown;
  readonly origin: string;
}

/** The value of a setting by precedence: flag, environment, file, default. */
function find(
  name: SettingName,
  sources: ConfigSources,
  file: string,
  values: ReadonlyMap<SettingName, unknown>,
): Found {
  const flag = sources.flags[name];
  if (flag !== undefined) return { value: flag, origin: flagOf(name) };
  const variable = sources.env[variableOf(name)];
  if (variable !== undefined && variable !== '') return { value: variable, origin: variableOf(name) };
  if (values.has(name)) return { value: values.get(name), origin: file };
  return { value: settings[name].fallback, origin: 'default' };
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** A part of a setting that is wrong, by its path, or the whole of it. */
interface Broken {
  readonly field: string;
  readonly message: string;
}

/** What is wrong with a setting: as a whole, or, where it has parts, each of them by its path and without its value. */
function faultsOf(name: SettingName, issues: readonly z.core.$ZodIssue[]): readonly Broken[] {
  const [first, ...others] = issues.filter((issue) => issue.path[0] === name);
  if (first === undefined) return [];
  if (!hasParts(name) || first.path.length === 1) {
    return [{ field: name, message: `expected ${settings[name].expected}` }];
  }
  return [first, ...others].map(({ path, message }) => ({ field: fieldOf(path), message }));
}

function fieldOf(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : index === 0 ? String(step) : `.${String(step)}`,
    )
    .join('');
}

function check(found: Readonly<Record<SettingName, Found>>): Config {
  const checked = configSchema.safeParse(eachSetting((name) => found[name].value));
  if (checked.success) return checked.data;
  const { issues } = checked.error;
  const broken = settingNames.flatMap((name) => faultsOf(name, issues).map((fault) => ({ name, ...fault })));
  const lines = broken.map(({ name, field, message }) => {
    const got = hasParts(name) ? '' : `, got ${show(found[name].value)}`;
    return `${field} from ${found[name].origin}: ${message}${got}`;
  });
  throw new ConfigError('bad-setting', lines.join('; '), {
    faults: broken.map(({ field, message }) => ({ field, message })),
  });
}

/** Whether a setting is told of by its parts, and not by its value, in which there may be secrets. */
function hasParts(name: SettingName): boolean {
  return ['federation', 'webhooks', 'oidc', 'basicAuth', 'redaction'].includes(name);
}

/** What settings refer to in the environment. */
function allReferences({
  federation,
  webhooks,
}: Config): Readonly<Partial<Record<SettingName, readonly Reference[]>>> {
  return {
    federation: referencesOf('federation.endpoints', federation.endpoints),
    webhooks: referencesOf('webhooks', webhooks),
  };
}

function isMissing(reference: Reference, env: ConfigSources['env']): boolean {
  if ('file' in reference) return readSecret(reference.file) === undefined;
  return (env[reference.variable] ?? '') === '';
}

/** Settings that speak of the environment, or of files with secrets, need what they speak of. */
function checkReferences(config: Config, origins: LoadedConfig['origins'], env: ConfigSources['env']): void {
  const references = allReferences(config);
  for (const name of settingNames) {
    const missing = references[name]?.find((reference) => isMissing(reference, env));
    if (missing === undefined) continue;
    const { field } = missing;
    const message =
      'file' in missing
        ? `expected the file ${missing.file} to hold one line, the secret`
        : `expected the environment variable ${missing.variable} to be set`;
    throw new ConfigError('bad-setting', `${field} from ${origins[name]}: ${message}`, {
      faults: [{ field, message }],
    });
  }
}

/** Whether only this machine reaches a server that listens on `host`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Whether somebody can say who they are: then those who ask have to. */
function asksWho({ auth, data, oidc, basicAuth }: Config): boolean {
  const canSay = oidc.length > 0 || basicAuth.length > 0 || existsSync(tokenFileOf(data));
  return auth === 'required' || (auth === 'auto' && canSay);
}

/** To be reachable from elsewhere and to ask nobody who they are has to be asked for. */
function checkReach(config: Config, origins: LoadedConfig['origins']): void {
  if (config.insecure || isLoopback(config.host) || asksWho(config)) return;
  throw new ConfigError(
    'bad-setting',
    `host from ${origins.host}: ${config.host} can be reached from other machines and nothing asks who they are; ` +
      'make a token (genchi token create), set up oidc or basicAuth, or say --insecure',
  );
}

/** A certificate is nothing without its key, and so are the authorities of clients without either. */
function checkTls({ tlsCert, tlsKey, tlsClientCa }: Config, origins: LoadedConfig['origins']): void {
  const lone =
    tlsCert === '' ? (tlsKey === '' ? tlsClientCa && 'tlsClientCa' : 'tlsKey') : !tlsKey && 'tlsCert';
  if (lone !== 'tlsCert' && lone !== 'tlsKey' && lone !== 'tlsClientCa') return;
  const missing = tlsCert === '' ? 'tlsCert' : 'tlsKey';
  throw new ConfigError('bad-setting', `${lone} from ${origins[lone]}: expected ${missing} beside it`);
}

/** A body that is taken must fit among the requests under way, or it would be refused as untimely for ever. */
function checkSizes({ bodyBytes, inFlightBytes }: Config, origins: LoadedConfig['origins']): void {
  if (inFlightBytes >= bodyBytes) return;
  throw new ConfigError(
    'bad-setting',
    `inFlightBytes from ${origins.inFlightBytes}: expected at least the ${bodyBytes} of bodyBytes ` +
      `from ${origins.bodyBytes}, got ${inFlightBytes}`,
  );
}

function unknownVariables(env: ConfigSources['env'], config: Config): readonly string[] {
  const referred = Object.values(allReferences(config)).flatMap((all) =>
    all.flatMap((one) => ('variable' in one ? [one.variable] : [])),
  );
  const known = new Set([...settingNames.map(variableOf), ...OTHER_VARIABLES, ...referred]);
  return Object.keys(env)
    .filter((name) => name.startsWith('GENCHI_') && !known.has(name))
    .sort()
    .map((name) => `${name} is set but is no setting of Genchi`);
}

/** Takes every setting from flags, environment, config file or default, in that order, and checks them all. */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const named = sources.file ?? (sources.env.GENCHI_CONFIG || undefined);
  const file = named ?? DEFAULT_CONFIG_FILE;
  const values = readConfigFile(file, named !== undefined);
  const found = eachSetting((name) => find(name, sources, file, values));
  const origins = eachSetting((name) => found[name].origin);
  const config = check(found);
  if (sources.purpose !== 'folder') checkReach(config, origins);
  checkSizes(config, origins);
  checkTls(config, origins);
  checkRetention(config, origins);
  checkReferences(config, origins, sources.env);
  return { config, origins, warnings: unknownVariables(sources.env, config) };
}

/** Settings given by a program, the rest by default. */
export function withDefaults(given: Partial<Config>): Config {
  return { ...fallbacks, ...given };
}

/** The effective settings as a config file, with where each came from. */
export function printConfig({ config, origins }: LoadedConfig): string {
  const shown = {
    ...config,
    federation: { endpoints: withoutSecrets(config.federation.endpoints) },
    webhooks: withoutSecrets(config.webhooks),
    basicAuth: withoutHashes(config.basicAuth),
  };
  return settingNames.map((name) => `${name}: ${JSON.stringify(shown[name])} # ${origins[name]}\n`).join('');
}
