import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { ConfigError } from './errors.js';
import { type SettingName, settingNames } from './settings.js';

/** The file that is read when it stands in the working folder and none is named. */
export const DEFAULT_CONFIG_FILE = 'genchi.yaml';

/** No config file needs more; anything larger is another file named by mistake. */
const MAX_FILE_BYTES = 1_048_576;

const keys = new Set<string>(settingNames);

/** The text of a config file; undefined when an unnamed one is not there. */
function read(path: string, named: boolean): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    if (missing && !named) return undefined;
    const why = missing ? 'there is no such file' : 'it cannot be read';
    throw new ConfigError('bad-setting', `config file ${path}: ${why}`, { cause });
  }
}

function nearest(key: string): string {
  const plain = key.toLowerCase().replace(/[-_]/g, '');
  const found = settingNames.find((name) => name.toLowerCase() === plain);
  return found === undefined ? '' : `; did you mean ${found}?`;
}

function parse(path: string, text: string): unknown {
  if (Buffer.byteLength(text) > MAX_FILE_BYTES) {
    throw new ConfigError('bad-setting', `config file ${path}: larger than ${MAX_FILE_BYTES} bytes`);
  }
  const document = parseDocument(text, { lineCounter: new LineCounter(), prettyErrors: true });
  const [error] = document.errors;
  if (error !== undefined) {
    const [line] = error.message.split('\n');
    throw new ConfigError('bad-setting', `config file ${path}: ${line?.replace(/:$/, '')}`, { cause: error });
  }
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (cause) {
    throw new ConfigError('bad-setting', `config file ${path}: aliases are not taken`, { cause });
  }
}

/** Reads a config file, YAML or JSON (which YAML includes): the values by setting, not yet checked. */
export function readConfigFile(path: string, named: boolean): ReadonlyMap<SettingName, unknown> {
  const text = read(path, named);
  if (text === undefined) return new Map();
  const found = z.record(z.string(), z.unknown()).safeParse(parse(path, text) ?? {});
  if (!found.success) {
    throw new ConfigError('bad-setting', `config file ${path}: expected settings as "name: value" lines`);
  }
  for (const key of Object.keys(found.data)) {
    if (!keys.has(key)) {
      throw new ConfigError('bad-setting', `config file ${path}: unknown setting ${key}${nearest(key)}`);
    }
  }
  const values = settingNames.filter((name) => Object.hasOwn(found.data, name));
  return new Map(values.map((name) => [name, found.data[name]]));
}
