/**
 * The families of what goes wrong, by the words that operators, run-times and libraries use for it. General knowledge
 * of the field, collected from the messages of common run-times, databases and brokers; nothing is fitted.
 */

const families = {
  race: /\b(concurrent (map|modification|access|write|read)\w*|data race|race condition|corrupt\w*|duplicate key|inconsistent state)/,
  null: /\b(nil|null|undefined is not|nonetype|npe|nullpointer\w*|null ?reference|dereference\w*|segfault|segmentation|invalid memory|attributeerror|typeerror|cannot read propert\w*|index out of (range|bounds))\b/,
  missing:
    /(not found|does ?n[o']t exist|missing|no such (table|column|relation|file|method|key|field|index|topic|bucket)|unknown (field|column|table|key|method|type|property|argument|topic|flag)|no mapping|not registered|unregistered|undefined (symbol|method|variable)|no handler|unresolved|\b404\b|noclassdef|modulenotfound|importerror|keyerror)/,
  schema:
    /\b(deseriali[sz]\w*|seriali[sz]\w*|unmarshal\w*|decod\w*|pars(e|ing|er)\w*|schema\w*|mapping|field|column|relation|type mismatch|malformed|incompatible|unexpected (type|field|token)|protobuf|avro)\b/,
  validation:
    /\b(validation|invalid|rejected|required|out of range|constraint|bad request|400|422|unprocessable)\b/,
  query:
    /\b(slow quer\w*|full (table )?scan|rows? (examined|scanned|read)|quer(y|ies)|sql|statement|seq scan|n\+1|select)\b/,
  pool: /\b(pools?|too many (connections|clients)|connections? (exhausted|limit|leak\w*)|acquir\w* (a )?connection|max_?conns?|lease\w*)\b/,
  memory: /\b(memory|heap|oom\w*|out of memory|gc|garbage|rss|leak\w*|allocation|evicted)\b/,
  cpu: /\b(cpu|throttl\w*|load average|spin\w*|hot loop)\b/,
  cache: /\b(cache\w*|hit (ratio|rate)|miss(es)?|read through|stampede|stale|ttl)\b/,
  timeout: /\b(time[ds]?[ -]?outs?|deadline|slow|latency|duration|p9\d+|wait\w*)\b/,
  queue: /\b(queue\w*|backlog|lag|consumer|oldest ?message|pending|unacked|redeliver\w*|dead letter|dlq)\b/,
  load: /\b(requests? per sec\w*|rps|qps|queries per sec\w*|throughput|overload\w*|traffic|surge)\b/,
  limit: /\b(429|rate ?limit\w*|too many requests|quota|throttl\w*|circuit)\b/,
  auth: /\b(401|403|unauthori[sz]ed|forbidden|permission|access denied|denied|token|credential\w*|jwt|signature|csrf)\b/,
  tls: /\b(tls|x509|certificate|handshake|cipher|ssl)\b/,
  network:
    /\b(connection (refused|reset)|no such host|enotfound|lookup|name resolution|unreachable|dial|dns|servfail|econn\w*|host)\b/,
  disk: /\b(disk|no space|inode|fsync|wal|read-only file|i\/o error|volume)\b/,
  threads:
    /\b(threads?|goroutines?|workers?|executor|too many open files|file descriptors?|fds?|semaphore)\b/,
  lock: /\b(deadlock\w*|lock wait|lock timeout|contention|blocked|serialization failure)\b/,
  crash: /\b(panic\w*|crash\w*|restart\w*|fatal|unhandled|uncaught|exited|killed|core dump|assertion)\b/,
} as const satisfies Readonly<Record<string, RegExp>>;

/** A family of what goes wrong. */
export type Family = keyof typeof families;

const names = Object.keys(families) as readonly Family[];

/** The families that a text speaks of; the names of metrics count as words. */
export function familiesOf(text: string): readonly Family[] {
  const plain = text
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[_.]+/g, ' ');
  return names.filter((name) => families[name].test(plain));
}
