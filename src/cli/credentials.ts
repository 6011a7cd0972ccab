/** What verbs show to a server that asks who they are. */
import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import { CliError } from './exit.js';
import type { Outside } from './outside.js';

const shape = z.looseObject({ tokenFile: z.string().optional() });

/** Adds the option that says who asks to every verb below a command that names a server. */
export function addCredentials(command: Command): void {
  if (command.options.some(({ long }) => long === '--url')) {
    command.addOption(
      new Option(
        '--token-file <FILE>',
        'file with the API token to show to a server that asks who you are (env: GENCHI_TOKEN, the token itself)',
      ),
    );
  }
  for (const child of command.commands) addCredentials(child);
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
  if (!/^[\x21-\x7e]+$/.test(token)) {
    const from = tokenFile === undefined ? 'GENCHI_TOKEN' : `--token-file: ${tokenFile}`;
    throw new CliError('bad-usage', `${from}: expected one token, without spaces or line breaks within`);
  }
  return { authorization: `Bearer ${token}` };
}
