/** Changes of a named value: which way it went, and where that is known to lead. */
import { type Edit, type LeadsTo, partsOf } from './edit.js';

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
  /^(max|min|maximum|minimum|limit|limits|pool|size|conns|connections|workers|threads|replicas|capacity|quota|burst|concurrency|parallelism|memory|heap|cpu|buffer|instances|shards|partitions|rate|rps|qps|budget|ceiling)$/;
/** Words written as one: `ratelimit`, `minreplicas`, `poolsize`. */
const ROOM_COMPOUND = /.(limit|limits|pool|poolsize|replicas|workers|threads|connections|concurrency|quota)$/;
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
  if (any(ROOM) || any(ROOM_COMPOUND)) {
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
