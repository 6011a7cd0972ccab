/** Lines that stand in the place of others: another value, name, condition, address or type. */
import { type Edit, type LeadsTo, partsOf } from './edit.js';
import { codeWords, type Pair } from './patch.js';
import { valueEdit } from './value-edits.js';

/** The part of a line before its value: `MaxConns: 50` is about MaxConns. */
function nameIn(line: string): string {
  return codeWords(line.split(/[:=]|\d/)[0] ?? '').join(' ') || codeWords(line).join(' ');
}

/** Whether two lines differ in their numbers and units only. */
function onlyValueDiffers({ from, to }: Pair): boolean {
  const bare = (line: string): string =>
    line.replace(/(?<![\w.])-?\d[\d_]*(?:\.\d+)?\s*(\*\s*(\w+\.)?)?[A-Za-z]*/g, '#').replace(/\s+/g, '');
  return bare(from) === bare(to) && from !== to;
}

const VERSION = /\bv?\d+\.\d+\.\d+\b/;

/** What a line does that stands in the place of another; undefined when that cannot be told. */
export function pairEdit(pair: Pair): Edit | undefined {
  if (VERSION.test(pair.from) && VERSION.test(pair.to)) return undefined;
  if (onlyValueDiffers(pair)) return valueEdit(nameIn(pair.from), valueIn(pair.from), valueIn(pair.to));
  return keyEdit(pair) ?? fieldEdit(pair) ?? renameEdit(pair) ?? conditionEdit(pair) ?? replacementEdit(pair);
}

const FIELD = /^(?:readonly |private |public |optional |required )?([A-Za-z_]\w*)(\??: *[\w.<>[\]| ]+[;,]?)$/;

/** Two declarations that differ in the name of the field only. */
function fieldEdit({ from, to }: Pair): Edit | undefined {
  const [before, after] = [FIELD.exec(from), FIELD.exec(to)];
  if (before === null || after === null || before[1] === after[1] || before[2] !== after[2]) return undefined;
  const leadsTo: LeadsTo = { missing: 0.9, schema: 0.9, validation: 0.8, null: 0.6 };
  return { what: `renames the field ${before[1]} to ${after[1]}`, sureness: 0.9, leadsTo };
}

const MADE_KEY = /\bcache_?key\b|\bkey\w*\s*:?=.*(\$?\{\w|%[sdv]|\+|format|join)/i;

/** Two lines that put a key together: under another one, nothing is found that was kept before. */
function keyEdit({ from, to }: Pair): Edit | undefined {
  if (!MADE_KEY.test(from) || !MADE_KEY.test(to)) return undefined;
  return {
    what: `puts a key together anew (${to.slice(0, 60)})`,
    sureness: 0.9,
    leadsTo: { cache: 1, load: 0.8, query: 0.8, cpu: 0.6, missing: 0.5, memory: 0.5 },
  };
}

/** Two lines that differ in operators or in yes and no only: what was let through is refused, or the reverse. */
function conditionEdit({ from, to }: Pair): Edit | undefined {
  const bare = (line: string): string =>
    line.replace(/\b(true|false|not|and|or)\b|[!<>=&|+-]/g, '').replace(/\s+/g, '');
  if (bare(from) !== bare(to)) return undefined;
  return {
    what: `turns a condition (${to.slice(0, 60)})`,
    sureness: 0.9,
    leadsTo: {
      validation: 0.8,
      auth: 0.8,
      null: 0.6,
      missing: 0.6,
      load: 0.5,
      cache: 0.5,
      crash: 0.5,
      timeout: 0.3,
    },
  };
}

const ADDRESS =
  /^(host|hostname|url|uri|endpoint|addr|address|dsn|broker|brokers|server|port|domain|upstream)$/;
const STORE = /^(topic|queue|bucket|table|index|database|db|schema|stream|group|path|file|dir|column)$/;
const PROTOCOL = /^(tls|ssl|cipher|ciphers|protocol|protocols)$/;
const SCHEDULE = /^(cron|schedule|crontab)$/;
const SECRET =
  /^(scope|scopes|permission|permissions|roles|secret|token|key|password|credential|credentials|user|role|issuer|audience|cert)$/;
const ELSEWHERE: LeadsTo = { network: 1, timeout: 0.6, tls: 0.5, missing: 0.5, auth: 0.4 };
const OFTENER: LeadsTo = { load: 0.9, query: 0.9, cpu: 0.8, lock: 0.5, queue: 0.4 };
const REFUSED: LeadsTo = { auth: 1, tls: 0.5 };
const NUMBER_TYPE = /^(u?int(8|16|32|64)?|float(32|64)?|double|decimal|long|short|number|bigint|string)$/;
const LEVEL = /^(trace|debug|info|warn|error|verbose)$/i;

/** Two lines of which few words differ: another address, store, secret, type or level. */
function replacementEdit({ from, to }: Pair): Edit | undefined {
  const [before, after] = [codeWords(from), codeWords(to)];
  const gone = before.filter((word) => !after.includes(word));
  const come = after.filter((word) => !before.includes(word));
  if (gone.length === 0 || come.length === 0 || gone.length + come.length > 4) return undefined;
  const named = partsOf(nameIn(from));
  const any = (kind: RegExp): boolean => named.some((word) => kind.test(word));
  const what = `replaces ${gone[0]} by ${come[0]}`;
  const both = (kind: RegExp): boolean =>
    gone.some((word) => kind.test(word)) && come.some((word) => kind.test(word));
  if (both(NUMBER_TYPE))
    return { what, sureness: 0.9, leadsTo: { validation: 0.8, schema: 0.8, crash: 0.6, null: 0.3 } };
  if (both(LEVEL)) return { what, sureness: 0.9, leadsTo: { disk: 0.9, cpu: 0.6, timeout: 0.3 } };
  if (any(ADDRESS)) return { what, sureness: 0.9, leadsTo: ELSEWHERE };
  if (any(STORE))
    return { what, sureness: 0.9, leadsTo: { missing: 1, queue: 0.8, schema: 0.6, query: 0.4 } };
  if (any(PROTOCOL)) return { what, sureness: 0.9, leadsTo: { tls: 1, network: 0.6 } };
  if (any(SCHEDULE)) return { what, sureness: 0.9, leadsTo: OFTENER };
  if (any(SECRET)) return { what, sureness: 0.9, leadsTo: REFUSED };
  return {
    what,
    sureness: 0.4,
    leadsTo: { missing: 0.7, schema: 0.5, validation: 0.5, null: 0.5, crash: 0.4, timeout: 0.3 },
  };
}

/** What the change of a named setting does: its quantity goes up or down, or its text becomes another. */
export function settingEdit(name: string, from: string, to: string): Edit | undefined {
  const quantity = valueEdit(name, from, to);
  if (quantity !== undefined) return quantity;
  const any = (kind: RegExp): boolean => partsOf(name).some((word) => kind.test(word));
  const what = `changes ${name} from ${from} to ${to}`;
  if (any(SCHEDULE)) return { what, sureness: 0.9, leadsTo: OFTENER };
  if (any(SECRET)) return { what, sureness: 0.9, leadsTo: REFUSED };
  if (any(ADDRESS)) return { what, sureness: 0.9, leadsTo: ELSEWHERE };
  return replacementEdit({ from: `${name}: ${from}`, to: `${name}: ${to}` });
}

function valueIn(line: string): string {
  return /-?\d[\d_]*(?:\.\d+)?\s*(?:\*\s*(?:\w+\.)?)?[A-Za-z]*/.exec(line)?.[0] ?? line;
}

/** Keys, fields and names in quotes: what others know a thing by. */
function quoted(line: string): readonly string[] {
  return [...line.matchAll(/(["'`])([\w.$:/-]{2,60})\1/g)].flatMap((found) => found[2] ?? []);
}

function renameEdit({ from, to }: Pair): Edit | undefined {
  const [before, after] = [quoted(from), quoted(to)];
  const gone = before.filter((word) => !after.includes(word));
  const come = after.filter((word) => !before.includes(word));
  if (gone.length === 0 || come.length === 0) return undefined;
  const host = [...gone, ...come].some(
    (word) => /^\w+:\/\/|^[\w-]+(\.[\w-]+)+(:\d+)?$/.test(word) && !/\.(css|ts|go|js|py)$/.test(word),
  );
  return {
    what: `renames ${gone[0]} to ${come[0]}`,
    sureness: 1,
    leadsTo: host
      ? { network: 1, timeout: 0.5, tls: 0.5, auth: 0.5, missing: 0.5 }
      : { missing: 1, schema: 1, validation: 0.8, query: 0.4, auth: 0.3 },
  };
}
