import type { Labels } from '../model/index.js';

/**
 * What part a kind of metric plays: a `symptom` is felt by callers, `waiting` builds up behind something slow, a
 * `resource` is used up by the service itself, `load` is what is asked of it.
 */
export type Role = 'symptom' | 'waiting' | 'resource' | 'load' | 'other';

/** What metrics of this kind are about, which way is worse, and the words of the field that tell them. */
interface GroupSpec {
  readonly role: Role;
  readonly worse: 'rise' | 'fall' | 'either';
  readonly words: string;
}

// In the order of matching: what is more specific about the cause comes first ("pool wait p99" is about the pool).
const groups = {
  dependency: {
    role: 'waiting',
    worse: 'either',
    words:
      'upstream downstream external outbound client provider gateway remote dependency thirdparty vendor',
  },
  certificate: { role: 'resource', worse: 'fall', words: 'cert certificate certs tls ssl x509 expiry' },
  pool: {
    role: 'waiting',
    worse: 'rise',
    words:
      'pool pools connection connections conn conns lease leases semaphore locks lock deadlock deadlocks',
  },
  queue: {
    role: 'waiting',
    worse: 'rise',
    words: 'queue queues queued backlog depth pending lag inflight flight saturation buffered age',
  },
  threads: {
    role: 'waiting',
    worse: 'rise',
    words: 'thread threads goroutine goroutines worker workers executor fiber eventloop',
  },
  cpu: {
    role: 'resource',
    worse: 'rise',
    words: 'cpu cpus core cores throttled throttling load1 load5 load15 steal',
  },
  memory: {
    role: 'resource',
    worse: 'rise',
    words: 'memory mem heap rss oom oomkilled swap resident workingset malloc alloc',
  },
  disk: {
    role: 'resource',
    worse: 'rise',
    words: 'disk disks filesystem fs inode inodes io iops iowait storage volume wal fsync diskio',
  },
  runtime: {
    role: 'resource',
    worse: 'rise',
    words: 'gc garbage restart restarts fd fds handles descriptors compilation evictions evicted',
  },
  errors: {
    role: 'symptom',
    worse: 'rise',
    words:
      'error errors err failure failures failed fail fails exception exceptions panic panics timeout timeouts 5xx 4xx rejected refused denied dropped aborted crash crashes fault faults unhandled servfail unavailable',
  },
  availability: {
    role: 'symptom',
    worse: 'fall',
    words: 'success successes successful availability available up healthy apdex ready',
  },
  latency: {
    role: 'symptom',
    worse: 'rise',
    words:
      'latency latencies duration durations elapsed delay response lat rtt p50 p75 p90 p95 p99 p999 slow wait waiting',
  },
  cache: { role: 'resource', worse: 'either', words: 'cache caches cached hit hits miss misses ttl' },
  network: {
    role: 'resource',
    worse: 'rise',
    words:
      'network net packet packets bandwidth tcp udp socket sockets retransmit retransmits dns loss receive transmit',
  },
  traffic: {
    role: 'load',
    worse: 'rise',
    words:
      'request requests req reqs rps qps tps throughput calls invocations hits messages ops operations queries sessions users traffic rows processed',
  },
} as const satisfies Readonly<Record<string, GroupSpec>>;

/** The kind of thing that a metric measures. */
export type MetricGroup = keyof typeof groups | 'other';

/** How specific the role of a metric is as a cause, 0..1. */
export const roleSpecificity: Readonly<Record<Role, number>> = {
  resource: 1,
  waiting: 0.8,
  other: 0.5,
  load: 0.45,
  symptom: 0.3,
};

const groupOfWord = new Map<string, number>();
const names = Object.keys(groups) as readonly (keyof typeof groups)[];
names.forEach((name, order) => {
  for (const word of groups[name].words.split(' ')) {
    if (!groupOfWord.has(word)) groupOfWord.set(word, order);
  }
});

/** The words of a name: split at case changes, underscores, dots and the like, in lower case. */
export function wordsOfName(name: string): readonly string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '');
}

/** Which group a word of the field belongs to; undefined for any other word. */
export function groupOf(word: string): MetricGroup | undefined {
  const order = groupOfWord.get(word);
  return order === undefined ? undefined : names[order];
}

const STATUS_LABELS = [
  'code',
  'status',
  'status_code',
  'http_status_code',
  'response_code',
  'outcome',
  'result',
];

function countsFailures(labels: Labels): boolean {
  return STATUS_LABELS.some((name) => /^(5\d\d|5xx|error|fail(ed|ure)?)$/i.test(labels[name] ?? ''));
}

const CLIENT_SPAN = /client|producer/i;

function namesDependency(word: string): boolean {
  return groupOf(word) === 'dependency';
}

/**
 * The group of a metric, from the words of its name and from labels that hold a status or the kind of a span. Of a call
 * that is ascribed to its callee, that it was measured at a client says nothing.
 */
export function groupOfMetric(metric: string, labels: Labels, ofCall = false): MetricGroup {
  const words = wordsOfName(metric).filter((word) => !ofCall || !namesDependency(word));
  if (!ofCall && CLIENT_SPAN.test(labels.span_kind ?? '')) return 'dependency';
  const orders = words.flatMap((word) => groupOfWord.get(word) ?? []);
  const first = orders.length === 0 ? 'other' : (names[Math.min(...orders)] ?? 'other');
  return (first === 'traffic' || first === 'other') && countsFailures(labels) ? 'errors' : first;
}

/** The role of a group. */
export function roleOf(group: MetricGroup): Role {
  return group === 'other' ? 'other' : groups[group].role;
}

/** The sort of a symptom: a service fails or is slow; undefined for what is no symptom. */
export function sortOf(group: MetricGroup): 'failing' | 'slow' | undefined {
  if (group === 'errors' || group === 'availability') return 'failing';
  return group === 'latency' ? 'slow' : undefined;
}

/** Whether a change in this direction is for the worse. */
export function isWorse(group: MetricGroup, direction: number): boolean {
  const worse = group === 'other' ? 'either' : groups[group].worse;
  return worse === 'either' || (worse === 'rise') === direction > 0;
}
