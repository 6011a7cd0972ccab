<<<<<<< HEAD
/** All that a diff does to how a service runs: what it takes away, brings, changes and orders anew. */
import type { Edit, LeadsTo } from './edit.js';
import { partsOf } from './edit.js';
import { pairEdit } from './pair-edits.js';
import { codeWords, type Hunk, type Patch } from './patch.js';
=======
/** What an edit of code or configuration does to how a service runs, and which faults that is known to lead to. */
import type { Family } from './fault-families.js';
import { codeWords, type Hunk, type Pair, type Patch } from './patch.js';

/** One thing that a change does. */
export interface Edit {
  /** For people: `lowers MaxConns`, `takes a lock away`. */
  readonly what: string;
  /** 0..1: how surely the diff says so. */
  readonly sureness: number;
  /** How likely faults of a family follow from it, 0..1. */
  readonly leadsTo: Readonly<Partial<Record<Family, number>>>;
}

type LeadsTo = Edit['leadsTo'];

/** Lower-case parts of a word of code: `defaultMaxConns` is default, max, conns. */
export function partsOf(word: string): readonly string[] {
  return word
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((part) => part !== '');
}

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  millisecond: 1,
  milliseconds: 1,
  millis: 1,
  s: 1e3,
  sec: 1e3,
  second: 1e3,
  seconds: 1e3,
  m: 6e4,
  min: 6e4,
  minute: 6e4,
  minutes: 6e4,
  h: 3.6e6,
  hour: 3.6e6,
  hours: 3.6e6,
  d: 8.64e7,
  day: 8.64e7,
  days: 8.64e7,
  k: 1e3,
  kb: 1e3,
  ki: 1024,
  kib: 1024,
  mb: 1e6,
  mi: 2 ** 20,
  mib: 2 ** 20,
  g: 1e9,
  gb: 1e9,
  gi: 2 ** 30,
  gib: 2 ** 30,
};

/** The quantity that a value says, with its unit; undefined when it is none: `15 * time.Minute`, `30s`, `512Mi`, `true`. */
export function quantityOf(value: string): number | undefined {
  const found = /(?<![\w.])(-?\d[\d_]*(?:\.\d+)?)\s*(?:\*\s*(?:\w+\.)?)?([A-Za-z]+)?/.exec(value);
  if (found === null) return undefined;
  const number = Number(found[1]?.replaceAll('_', ''));
  return number * (UNITS[found[2]?.toLowerCase() ?? ''] ?? 1);
}

const TTL = /^(ttl|expiry|expire|expires|expiration|lifetime|retention|maxage|freshness|cache)$/;
const WAIT = /^(timeout|timeouts|deadline|wait|grace)$/;
const AGAIN = /^(retry|retries|attempts|attempt|backoff|hedge)$/;
const EVERY = /^(interval|period|every|cron|poll|polling|refresh|frequency)$/;
const ROOM =
  /^(max|maximum|limit|limits|pool|size|conns|connections|workers|threads|replicas|capacity|quota|burst|concurrency|parallelism|memory|heap|cpu|buffer|instances|shards|partitions|rate|rps|qps|budget|ceiling)$/;
const IDLE = /^(idle|keepalive|health|check)$/;

function valueLeadsTo(words: readonly string[], raised: boolean): LeadsTo {
  const any = (kind: RegExp): boolean => words.some((word) => kind.test(word));
  if (any(IDLE)) return raised ? { pool: 0.3 } : { pool: 0.4, network: 0.4, timeout: 0.3 };
  if (any(TTL)) {
    return raised
      ? { cache: 0.6, memory: 0.6, auth: 0.4 }
      : { cache: 1, load: 0.7, query: 0.7, cpu: 0.6, timeout: 0.4 };
  }
  if (any(AGAIN))
    return raised ? { load: 0.8, timeout: 0.5, limit: 0.7, queue: 0.5 } : { timeout: 0.6, network: 0.4 };
  if (any(WAIT))
    return raised ? { threads: 0.7, pool: 0.7, queue: 0.6, timeout: 0.5 } : { timeout: 1, limit: 0.3 };
  if (any(EVERY))
    return raised ? { cache: 0.5, queue: 0.4 } : { load: 0.8, cpu: 0.7, query: 0.7, limit: 0.6 };
  if (any(ROOM)) {
    return raised
      ? { memory: 0.6, pool: 0.4, load: 0.5, cpu: 0.5, queue: 0.3 }
      : { pool: 1, queue: 0.8, limit: 0.9, memory: 0.8, threads: 0.9, cpu: 0.7, timeout: 0.5, disk: 0.6 };
  }
  return { validation: 0.3, timeout: 0.2, load: 0.2, memory: 0.2 };
}

/** What the change of a named value from one to another does; undefined when it stays the same. */
export function valueEdit(name: string, from: string, to: string, sureness = 1): Edit | undefined {
  const [before, after] = [quantityOf(from), quantityOf(to)];
  if (before === undefined || after === undefined || before === after) return undefined;
  const raised = after > before;
  return {
    what: `${raised ? 'raises' : 'lowers'} ${name} from ${from.trim()} to ${to.trim()}`,
    sureness,
    leadsTo: valueLeadsTo(partsOf(name), raised),
  };
}

/** The part of a line before its value: `MaxConns: 50` is about MaxConns. */
function nameIn(line: string): string {
  return codeWords(line.split(/[:=]|\d/)[0] ?? '').join(' ') || codeWords(line).join(' ');
}

/** Whether two lines differ in their numbers and units only. */
function onlyValueDiffers({ from, to }: Pair): boolean {
  const bare = (line: string): string =>
    line.replace(/-?\d[\d_]*(?:\.\d+)?\s*(\*\s*(\w+\.)?)?[A-Za-z]*/g, '#').replace(/\s+/g, '');
  return bare(from) === bare(to) && from !== to;
}

const VERSION = /\bv?\d+\.\d+\.\d+\b/;

function pairEdit(pair: Pair): Edit | undefined {
  if (VERSION.test(pair.from) && VERSION.test(pair.to)) return undefined;
  if (onlyValueDiffers(pair)) return valueEdit(nameIn(pair.from), valueIn(pair.from), valueIn(pair.to));
  return renameEdit(pair) ?? conditionEdit(pair) ?? replacementEdit(pair);
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
const SECRET = /^(secret|token|key|password|credential|credentials|user|role|issuer|audience|cert)$/;
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
  if (any(ADDRESS))
    return { what, sureness: 0.9, leadsTo: { network: 1, timeout: 0.6, tls: 0.5, missing: 0.5, auth: 0.4 } };
  if (any(STORE))
    return { what, sureness: 0.9, leadsTo: { missing: 1, queue: 0.8, schema: 0.6, query: 0.4 } };
  if (any(SECRET)) return { what, sureness: 0.9, leadsTo: { auth: 1, tls: 0.5 } };
  return {
    what,
    sureness: 0.4,
    leadsTo: { missing: 0.7, schema: 0.5, validation: 0.5, null: 0.5, crash: 0.4, timeout: 0.3 },
  };
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
>>>>>>> 82391f39ee35ed9e0f1244856cadabd87aaeca42

interface Loss {
  readonly words: RegExp;
  readonly what: string;
  readonly leadsTo: LeadsTo;
}

/** What is lost when words of a kind go and do not come back. */
const losses: readonly Loss[] = [
  {
    words: /^(lock|unlock|rlock|runlock|mutex|rwmutex|synchronized|atomic|semaphore|volatile)$/,
    what: 'takes a lock away',
    leadsTo: { race: 1, crash: 0.7, validation: 0.3, lock: 0.4 },
  },
  {
    words: /^(nil|null|none|undefined|optional|isnull|nonnull|isempty)$/,
    what: 'takes a check for absence away',
    leadsTo: { null: 1, crash: 0.8, validation: 0.3 },
  },
  {
    words: /^(limit|maxsize|truncate|paginate|pagesize|throttle|debounce|ratelimit)$/,
    what: 'takes a bound away',
    leadsTo: { query: 1, memory: 0.8, cpu: 0.6, load: 0.7, timeout: 0.6, limit: 0.7, disk: 0.4 },
  },
  {
    words: /^(timeout|deadline|withtimeout|canceltoken)$/,
    what: 'takes a time limit away',
    leadsTo: { timeout: 0.8, threads: 0.9, pool: 0.8, queue: 0.7 },
  },
  {
    words:
      /^(close|release|free|dispose|unsubscribe|cancel|evict|eviction|cleanup|finally|unregister|expire|ttl)$/,
    what: 'takes a release away',
    leadsTo: { memory: 1, pool: 1, threads: 1, disk: 0.6, cache: 0.7, timeout: 0.3 },
  },
  {
    words: /^(cache|cached|memoize|memo)$/,
    what: 'takes a cache away',
    leadsTo: { cache: 1, load: 0.8, query: 0.8, cpu: 0.6, timeout: 0.5 },
  },
  {
    words: /^(index|indexes)$/,
    what: 'takes an index away',
    leadsTo: { query: 1, cpu: 0.8, timeout: 0.7, disk: 0.5 },
  },
  {
    words: /^(backoff|jitter|sleep|delay)$/,
    what: 'takes a pause between attempts away',
    leadsTo: { load: 1, limit: 0.9, timeout: 0.6, cpu: 0.6, queue: 0.5 },
  },
  {
    words: /^(batch|bulk|preload|prefetch|include|joined|dataloader)$/,
    what: 'takes batching away',
    leadsTo: { query: 1, load: 0.8, timeout: 0.7, pool: 0.6, cpu: 0.5 },
  },
  {
    words: /^(retry|retries|fallback|circuitbreaker|catch|recover|rescue|except)$/,
    what: 'takes a safety net away',
    leadsTo: { crash: 0.9, network: 0.5, timeout: 0.4, null: 0.4, limit: 0.4 },
  },
  {
    words: /^(auth|authenticate|authorize|authorization|permission|token|secret|scope|role|credentials)$/,
    what: 'takes a part of authorization away',
    leadsTo: { auth: 1 },
  },
];

function lossEdits({ netRemoved, netAdded, hunks }: Patch): readonly Edit[] {
  const come = new Set([...netAdded].flatMap(partsOf));
  const alone = new Set(hunks.flatMap(({ removed }) => removed.flatMap(codeWords)));
  const gone = [...netRemoved]
    .filter((word) => alone.has(word))
    .flatMap((word) => [word.toLowerCase(), ...partsOf(word)]);
  return losses.flatMap(({ words, what, leadsTo }) => {
    const found = gone.find((word) => words.test(word));
    return found === undefined || come.has(found)
      ? []
      : [{ what: `${what} (${found})`, sureness: 1, leadsTo }];
  });
}

const CALL = /([A-Za-z_$][\w$]*)\s*\(/g;
const KEYWORDS =
  /^(if|for|while|switch|return|func|function|catch|def|class|new|await|else|print|println|printf|log|info|debug|warn|error|errorf|sprintf|string|int|len|make|map|append)$/i;

function callsIn(lines: readonly string[]): readonly string[] {
  return lines
    .flatMap((line) => [...line.matchAll(CALL)].flatMap((found) => found[1] ?? []))
    .filter((name) => !KEYWORDS.test(name));
}

/** Calls that are made no more, in a hunk that puts nothing in their place. */
function callEdit(hunk: Hunk, { netRemoved }: Patch): Edit | undefined {
  const gone = callsIn(hunk.removed).filter(
    (name) => netRemoved.has(name) || !callsIn(hunk.added).includes(name),
  );
  const name = gone[0];
  if (name === undefined) return undefined;
  return {
    what: `calls ${name} no more`,
    sureness: hunk.rewritten || hunk.pairs.length > 1 ? 0.3 : 0.9,
    leadsTo: { missing: 1, null: 0.5, auth: 0.4, memory: 0.3, schema: 0.3, validation: 0.4, crash: 0.4 },
  };
}

interface Gain {
  readonly lines: RegExp;
  readonly what: string;
  readonly leadsTo: LeadsTo;
}

/** What lines that are new bring with them. */
const gains: readonly Gain[] = [
  {
    lines: /\b(select\s.+\sfrom|insert\s+into|update\s+\w+\s+set|delete\s+from|join\s+\w+\s+on)\b/i,
    what: 'adds a query',
    leadsTo: { missing: 0.9, schema: 0.8, query: 0.9, pool: 0.5, cpu: 0.5, timeout: 0.5, lock: 0.4 },
  },
  {
    lines:
      /\b(alter\s+table|drop\s+(table|column|index)|rename\s+(column|to)|not\s+null|add\s+constraint)\b/i,
    what: 'changes the schema',
    leadsTo: { lock: 0.9, schema: 1, missing: 0.9, query: 0.7, timeout: 0.6 },
  },
  {
    lines: /\b(regexp?\.|RegExp|re\.(compile|match|search)|Pattern\.compile)\b/,
    what: 'adds a regular expression',
    leadsTo: { cpu: 0.9, timeout: 0.7 },
  },
  {
    lines: /\b(sleep|time\.Sleep|Thread\.sleep|await\s|\.wait\(|\.join\(|blocking|synchronous)\b/,
    what: 'adds waiting',
    leadsTo: { timeout: 0.9, threads: 0.7, queue: 0.6, pool: 0.5 },
  },
  {
    lines: /\b(go func|goroutine|Thread\(|setInterval|spawn|executor\.submit|new Worker|Ticker)\b/,
    what: 'starts more at the same time',
    leadsTo: { threads: 1, memory: 0.8, race: 0.7, pool: 0.6, load: 0.6 },
  },
  {
    lines:
      /\b(cache|history|buffer|listeners?|registry|seen|entries)\b.*(\[.+\]\s*=|\.(push|append|add|put|set)\()|\bappend\(/i,
    what: 'keeps more than before',
    leadsTo: { memory: 0.9, cpu: 0.3 },
  },
  {
    lines: /\b(Lock\(|lock\(|FOR UPDATE|LOCK TABLE|synchronized|acquire\()/,
    what: 'adds a lock',
    leadsTo: { lock: 1, timeout: 0.7, threads: 0.5, queue: 0.5 },
  },
  {
    lines: /\b(required|mustHave|strict\w*|assert|panic\(|throw |raise )/,
    what: 'refuses more than before',
    leadsTo: { validation: 0.9, schema: 0.7, missing: 0.6, crash: 0.7 },
  },
  {
    lines: /\b(http\.|fetch\(|axios|requests\.|client\.(get|post|call|do)|grpc|rpc\.)/i,
    what: 'adds a call',
    leadsTo: { timeout: 0.8, network: 0.7, load: 0.5, pool: 0.5, limit: 0.5 },
  },
];

function gainEdits({ hunks }: Patch): readonly Edit[] {
  const lines = hunks.flatMap(({ added }) => added);
  const rewritten = hunks.some((hunk) => hunk.rewritten);
  return gains.flatMap(({ lines: kind, what, leadsTo }) => {
    const before = hunks.some(({ removed, pairs }) =>
      [...removed, ...pairs.map(({ from }) => from)].some((line) => kind.test(line)),
    );
    return before || !lines.some((line) => kind.test(line))
      ? []
      : [{ what, sureness: rewritten ? 0.5 : 0.8, leadsTo }];
  });
}

const LOOP = /\b(for|foreach|while|range|each|map)\b/i;
const ASKS =
  /\b(db|repo|repository|store|client|dao|session|conn|rpc|http|redis|cache)\w*\.\w+\(|\.(query|find|get|fetch|load|select|exec|execute)\w*\(/i;

/** A loop that is new and asks something else in each round. */
function loopEdit({ hunks }: Patch): readonly Edit[] {
  const looping = hunks.some(({ added }) => {
    const start = added.findIndex((line) => LOOP.test(line));
    return start >= 0 && added.slice(start).some((line) => ASKS.test(line));
  });
  const leadsTo = { query: 1, load: 0.9, timeout: 0.8, pool: 0.7, cpu: 0.6, limit: 0.6 };
  return looping ? [{ what: 'asks another once in each round of a loop', sureness: 0.9, leadsTo }] : [];
}

const REORDERED: Edit = {
  what: 'changes the order of what is done',
  sureness: 0.6,
  leadsTo: { lock: 0.8, race: 0.8, null: 0.5, auth: 0.6, missing: 0.5, crash: 0.4 },
};

/** All that a diff does, as far as it can be told. */
export function editsOf(patch: Patch): readonly Edit[] {
  return [
    ...patch.hunks.flatMap(({ pairs }) => pairs.flatMap((pair) => pairEdit(pair) ?? [])),
    ...lossEdits(patch),
    ...patch.hunks.flatMap((hunk) => callEdit(hunk, patch) ?? []),
    ...gainEdits(patch),
    ...loopEdit(patch),
    ...(patch.reordered ? [REORDERED] : []),
  ];
}
