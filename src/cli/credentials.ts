/** What verbs show to a server that asks who they are. */
import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import { idOfToken } from '../access/index.js';
import { fetchTrusting } from '../outgoing/index.js';
import { CliError } from './exit.js';
import type { Outside } from './outside.js';

const shape = z.looseObject({ tokenFile: z.string().optional(), caFile: z.string().optional() });

/** Adds the option that says who asks to every verb below a command that names a server. */
export function addCredentials(command: Command): void {
  if (command.options.some(({ long }) => long === '--url')) {
    command.addOption(
      new Option(
        '--token-file <FILE>',
        'file with the API token to show to a server that asks who you are (env: GENCHI_TOKEN, the token itself)',
      ),
    );
    command.addOption(
      new Option(
        '--ca-file <FILE>',
        'authorities to trust the server by, beside those of Node, PEM (env: GENCHI_CA_FILE)',
      ),
    );
  }
  for (const child of command.commands) addCredentials(child);
}

/** How a verb asks: as Node does, or trusting the authorities of a file too. Fails with `bad-setting`. */
export function fetchOf(command: Command, { env, fetch }: Pick<Outside, 'env' | 'fetch'>): typeof fetch {
  const file = shape.parse(command.opts()).caFile ?? env.GENCHI_CA_FILE ?? '';
  return file === '' ? fetch : fetchTrusting(file);
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new CliError('bad-usage', `--token-file: ${file} cannot be read`, { cause });
  }
}

/** The headers that say who asks; none without a token. Fails with `bad-usage` on a file that holds none. */
export function credentialsOf(command: Command, env: Outside['env']): Readonly<Record<string, string>> {
  const { tokenFile } = shape.parse(command.opts());
  const token = tokenFile === undefined ? (env.GENCHI_TOKEN ?? '').trim() : readToken(tokenFile);
  if (token === '' && tokenFile === undefined) return {};
  const from = tokenFile === undefined ? 'GENCHI_TOKEN' : `--token-file: ${tokenFile}`;
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new CliError('bad-usage', `${from}: expected one token, without spaces or line breaks within`);
  }
  // Its checksum tells before anybody is asked; other tokens are those of an identity provider.
  if (token.startsWith('gen_') && idOfToken(token) === undefined) {
    const why = `its checksum is wrong; it was cut off or mistyped (${token.length} characters of 63)`;
    throw new CliError('bad-usage', `${from}: this is no whole token of Genchi: ${why}`);
  }
  return { authorization: `Bearer ${token}` };
}
