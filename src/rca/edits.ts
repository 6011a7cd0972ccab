/** All that a diff does to how a service runs: what it takes away, brings, changes and orders anew. */
import type { Edit, LeadsTo } from './edit.js';
import { partsOf } from './edit.js';
import { pairEdit } from './pair-edits.js';
import { codeWords, type Hunk, type Pair, type Patch } from './patch.js';

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

/** Whether a line only lost words: a call that was chained, an argument. */
function isShortened({ from, to }: Pair): boolean {
  const before = new Set(codeWords(from));
  return codeWords(to).every((word) => before.has(word));
}

function lossEdits({ netRemoved, netAdded, hunks }: Patch): readonly Edit[] {
  const come = new Set([...netAdded].flatMap(partsOf));
  const shortened = hunks.flatMap(({ pairs }) => pairs.filter(isShortened).map(({ from }) => from));
  const alone = new Set([...hunks.flatMap(({ removed }) => removed), ...shortened].flatMap(codeWords));
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
    lines: /\bdrop\s+index\b|\bremove_index\b|\bdropIndex\b/i,
    what: 'drops an index',
    leadsTo: { query: 1, cpu: 0.9, timeout: 0.8, load: 0.5, disk: 0.5 },
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

/** Where what is locked changes its order, that leads to deadlocks as surely as anything. */
function orderEdit({ around }: Patch): Edit {
  const locks = [...around].some((word) => /lock|acquire|mutex/i.test(word));
  return locks ? { ...REORDERED, sureness: 0.9 } : REORDERED;
}

/** All that a diff does, as far as it can be told. */
export function editsOf(patch: Patch): readonly Edit[] {
  return [
    ...patch.hunks.flatMap(({ pairs }) => pairs.flatMap((pair) => pairEdit(pair) ?? [])),
    ...lossEdits(patch),
    ...patch.hunks.flatMap((hunk) => callEdit(hunk, patch) ?? []),
    ...gainEdits(patch),
    ...loopEdit(patch),
    ...(patch.reordered ? [orderEdit(patch)] : []),
  ];
}
