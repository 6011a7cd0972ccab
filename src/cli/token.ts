import { randomBytes } from 'node:crypto';
import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import {
  changeTokens,
  holds,
  isScope,
  MOST_TOKENS,
  mintToken,
  readTokens,
  readTokenUse,
  type Scope,
  scopes,
  type TokenRecord,
} from '../access/index.js';
import { DAY_MS, formatInstant, HOUR_MS, type Instant, instantOf, MINUTE_MS, shift } from '../model/index.js';
import { actingUser } from './acting-user.js';
import { CliError, EXIT_HELP } from './exit.js';
import type { Outside } from './outside.js';
import { addSettings, settingsOf } from './settings-options.js';
import { formatTable, printable } from './table.js';

/** Records of tokens that ended so long ago make room for new ones. */
const FORGOTTEN_AFTER_MS = 90 * DAY_MS;

const UNITS_MS: Readonly<Record<string, number>> = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

const options = z.looseObject({
  scope: z.array(z.enum(scopes)).min(1, 'expected at least one --scope'),
  expires: z.number().optional(),
  json: z.boolean().optional(),
});

const now = (): Instant => instantOf(Date.now());
const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
const folderOf = (self: Command, { env }: Outside): string => settingsOf(self, env, 'folder').config.data;

function parseScope(text: string, before: readonly Scope[] = []): readonly Scope[] {
  const given = text.split(',').map((part) => part.trim());
  const unknown = given.find((part) => !isScope(part));
  if (unknown !== undefined) throw new InvalidArgumentError(`expected one of ${scopes.join(', ')}`);
  return [...new Set([...before, ...given.filter(isScope)])];
}

function parseSpan(text: string): number | undefined {
  if (text === 'never') return undefined;
  const [, count = '', unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const ms = Number(count) * (UNITS_MS[unit] ?? 0);
  if (ms > 0) return ms;
  throw new InvalidArgumentError('expected a span such as 90d, 12h or 30m, or never');
}

/** When a token ended to hold; undefined while it does. */
function endOf({ revokedAt, expiresAt }: TokenRecord, at: Instant): Instant | undefined {
  if (revokedAt !== undefined) return revokedAt;
  return expiresAt !== undefined && expiresAt <= at ? expiresAt : undefined;
}

function withRoom(tokens: readonly TokenRecord[], at: Instant): readonly TokenRecord[] {
  const kept = tokens.filter((token) => (endOf(token, at) ?? at) > at - FORGOTTEN_AFTER_MS);
  if (kept.length < MOST_TOKENS) return kept;
  throw new CliError('bad-usage', `there are ${MOST_TOKENS} tokens already; revoke those that nobody uses`);
}

async function create(name: string, self: Command, outside: Outside): Promise<void> {
  const { scope, expires, json: asJson } = options.parse(self.opts());
  const at = now();
  const { text, id, hash } = mintToken(randomBytes);
  const expiresAt = expires === undefined ? {} : { expiresAt: shift(at, expires) };
  const made: TokenRecord = {
    id,
    name,
    hash,
    scopes: [...scope],
    createdAt: at,
    createdBy: actingUser(),
    ...expiresAt,
  };
  const folder = folderOf(self, outside);
  let isFirst = false;
  await changeTokens(folder, (tokens) => {
    if (tokens.some((token) => token.name === name && holds(token, at))) {
      throw new CliError(
        'bad-usage',
        `there is a token named ${name}; choose another name, or revoke it first`,
      );
    }
    isFirst = tokens.length === 0;
    return [...withRoom(tokens, at), made];
  });
  if (asJson === true) outside.out.write(json({ token: text, ...shown(made, at) }));
  else {
    outside.out.write(`${text}\n`);
    outside.err.write('This is the only time that the token is shown.\n');
  }
  if (isFirst) outside.err.write(`From now on servers of ${folder} ask who asks (setting auth).\n`);
}

const shown = (token: TokenRecord, at: Instant, usedAt?: Instant) => ({
  id: token.id,
  name: token.name,
  scopes: token.scopes,
  state: token.revokedAt !== undefined ? 'revoked' : holds(token, at) ? 'active' : 'expired',
  createdAt: formatInstant(token.createdAt),
  createdBy: token.createdBy,
  expiresAt: token.expiresAt === undefined ? null : formatInstant(token.expiresAt),
  usedAt: usedAt === undefined ? null : formatInstant(usedAt),
});

async function list(self: Command, outside: Outside): Promise<void> {
  const folder = folderOf(self, outside);
  const used = await readTokenUse(folder);
  const tokens = (await readTokens(folder)).map((token) => shown(token, now(), used.get(token.id)));
  if (self.getOptionValue('json') === true) return void outside.out.write(json(tokens));
  const columns = ['id', 'name', 'scopes', 'state', 'created', 'by', 'expires', 'used'];
  const rows = tokens.map((token) => [
    ...[token.id, token.name, token.scopes.join(','), token.state],
    ...[token.createdAt, token.createdBy, token.expiresAt ?? 'never', token.usedAt ?? 'never'],
  ]);
  outside.out.write(rows.length === 0 ? 'No tokens.\n' : formatTable({ columns, rows }));
}

async function revoke(which: string, self: Command, outside: Outside): Promise<void> {
  const at = now();
  let name = which;
  await changeTokens(folderOf(self, outside), (tokens) => {
    const found = tokens.find((token) => (token.id === which || token.name === which) && holds(token, at));
    if (found === undefined)
      throw new CliError('bad-usage', `no token that holds has the name or id ${which}`);
    name = found.name;
    return tokens.map((token) =>
      token === found ? { ...token, revokedAt: at, revokedBy: actingUser() } : token,
    );
  });
  outside.out.write(`${printable(name)} is revoked; a running server refuses it within a second.\n`);
}

const ABOUT = `
Tokens are kept in the data folder, as SHA-256 hashes; a running server notices changes by itself.
Scopes: ingest sends evidence; read asks anything; operate acts on incidents, objectives, experiments and improvements,
and reads; admin may do everything.

Examples:
  genchi token create prometheus --scope ingest > prometheus.token
  genchi token create alice --scope operate --expires 12h
  genchi token list
  genchi token revoke prometheus
${EXIT_HELP}`;

/** `genchi token`: makes, lists and revokes API tokens of a data folder. */
export function tokenCommand(outside: Outside): Command {
  const span = new Option('--expires <SPAN>', 'how long it holds: 90d, 12h, 30m, or never');
  const creating = new Command('create')
    .description('make a token, and print it; it cannot be shown again')
    .argument('<NAME>', 'what it is for, or whose it is')
    .requiredOption('--scope <SCOPE>', `${scopes.join(', ')}; may be repeated`, parseScope)
    .addOption(span.default(90 * DAY_MS, '90d').argParser(parseSpan))
    .action((name: string, _, self: Command) => create(name, self, outside));
  const listing = new Command('list')
    .description('list the tokens, those that ended too')
    .action((_, self: Command) => list(self, outside));
  const revoking = new Command('revoke')
    .description('end a token')
    .argument('<NAME|ID>', 'which')
    .action((which: string, _, self: Command) => revoke(which, self, outside));
  const command = new Command('token').description('make, list and revoke API tokens of a data folder');
  for (const verb of [creating, listing, revoking]) {
    if (verb !== revoking) verb.option('--json', 'print JSON');
    command.addCommand(addSettings(verb, ['data']).addHelpText('after', EXIT_HELP));
  }
  return command.addHelpText('after', ABOUT);
}
