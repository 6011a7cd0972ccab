/** A small store with something of every shape that queries tell apart, and a plain engine with all of it. */
import type { EvidenceStore } from '../../src/evidence/index.js';
import { anyStar } from '../../src/graph/bounds.js';
import { Deadline } from '../../src/graph/deadline.js';
import { Knowledge } from '../../src/graph/knowledge.js';
import { mappingOf } from '../../src/graph/mapping.js';
import { QueryParser } from '../../src/graph/parse.js';
import { Slicer } from '../../src/graph/slice.js';
import { EVERY_PREDICATE } from '../../src/graph/stars.js';
import { suppliedPrefixes } from '../../src/graph/vocabulary.js';
import { WorkerPool } from '../../src/graph/workers.js';
import { type EventReceipt, formatInstant, type Instant, pathOfEvent } from '../../src/model/index.js';
import { eventOf, freshStore, iris, START, samplesOf } from './fixture.js';
import type { Constants } from './queries.js';

export const rules = mappingOf(iris);
export const parser = new QueryParser(suppliedPrefixes(iris.prefix));
const minute = (n: number) => START + n * 60_000;

// Numbers are multiples of 1/8, so that their sums are the same in whatever order they are added.
function scene(): readonly EventReceipt[] {
  const deployment = eventOf('deployment', minute(1), {
    service: 'db',
    version: 'v2',
    labels: { env: 'prod' },
  });
  const failure = eventOf('failure', minute(3) + 250, {
    service: 'shop',
    component: 'cart',
    reason: 'timeout',
    correlatedMetric: 'latency',
  });
  const alert = eventOf('alert_fired', minute(4), { service: 'shop', name: 'Slow', severity: 'critical' });
  const cites = [alert, failure].map(pathOfEvent);
  const incident = {
    service: 'shop',
    incident: 'i1',
    state: 'open',
    title: 'Slow shop',
    severity: 'critical',
  };
  const candidate = {
    incident: 'i1',
    rejected: false,
    causeKind: 'deployment',
    title: 'v2',
    reasoning: '{}',
  };
  const opened = eventOf('incident', minute(4), {
    ...incident,
    analysis: 0,
    startsAt: minute(4) as Instant,
    cites,
  });
  return [
    deployment,
    failure,
    alert,
    eventOf('failure', minute(8), { service: 'db', component: 'disk', reason: 'full "\\u0041\\" é\n' }),
    eventOf('alert_fired', minute(9), {
      service: 'db',
      name: 'shop',
      severity: 'warning',
      startsAt: minute(8) as Instant,
    }),
    eventOf('alert_cleared', minute(10), { service: 'shop', name: 'Slow', severity: 'critical' }),
    eventOf('queue_depth', minute(2), { service: 'shop', queue: 'orders', depth: 7 }),
    eventOf('queue_depth', minute(5), { queue: 'orders', depth: 70, labels: { pod: 'p1' } }),
    eventOf('queue_depth', minute(5) + 1, { service: 'shop', queue: 'orders', depth: 1e300 }),
    eventOf('task_completed', minute(2), { service: 'shop', latencyMs: 12.5 }),
    eventOf('alert_cleared', minute(7), {
      service: 'a b/ü%',
      name: 'shop',
      severity: '',
      startsAt: -86_399_999 as Instant,
    }),
    eventOf('config_change', minute(6), { service: 'cache', key: 'ttl' }),
    eventOf('dependency', minute(0), { service: 'shop', callee: 'db' }),
    eventOf('dependency', minute(0) + 1, { service: 'db', callee: 'disk' }),
    opened,
    eventOf('candidate', minute(5), {
      ...candidate,
      service: 'db',
      analysis: 1,
      rank: 1,
      score: 0.875,
      cause: pathOfEvent(deployment),
      cites: [pathOfEvent(deployment), pathOfEvent(opened)],
    }),
    eventOf('candidate', minute(5), {
      ...candidate,
      service: 'shop',
      analysis: 0,
      rank: 1,
      score: 0.25,
      cites: [pathOfEvent(failure)],
    }),
    eventOf('incident', minute(5), { ...incident, analysis: 1, startsAt: minute(4) as Instant, cites }),
  ];
}

/** Runs some work until its time is over. */
export async function within<T>(timeoutMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = new Deadline(timeoutMs, undefined);
  try {
    return await work(deadline.signal);
  } finally {
    deadline.end();
  }
}

/** The scene in a store, and the engine that has all of it as triples. */
export interface Scene {
  readonly store: EvidenceStore;
  readonly knowledge: Knowledge;
  readonly slicer: Slicer;
  readonly pool: WorkerPool;
  readonly constants: Constants;
  /** Everything as triples. */
  readonly all: { readonly chunks: readonly Uint8Array[]; readonly bytes: number };
  /** What an engine with some triples answers, line by line, sorted. */
  readonly plain: (
    text: string,
    chunks: readonly Uint8Array[],
    format?: string,
  ) => Promise<readonly string[]>;
  readonly remove: () => Promise<void>;
}

/** The lines of an answer, sorted. */
export function linesOf(body: Uint8Array): readonly string[] {
  return Buffer.from(body).toString().split('\n').sort();
}

/** The format in which answers are compared. */
export function formatOf(text: string): string {
  return parser.parse(text).answers === 'graph' ? 'application/n-triples' : 'text/tab-separated-values';
}

/** Sets the scene. */
export async function openScene(): Promise<Scene> {
  const events = scene();
  const { store, remove } = await freshStore();
  const series = [
    { __name__: 'latency', service: 'shop', pod: 'p1' },
    { __name__: 'latency', service: 'db', component: 'disk' },
    { __name__: 'up', env: 'prod' },
  ];
  const rows = series.flatMap((labels, index) =>
    [1, 4, 9].map((n) => ({
      labels,
      at: minute(n),
      value: index === 2 && n === 9 ? undefined : n + index / 2,
    })),
  );
  const odd = [Number.NaN, Number.POSITIVE_INFINITY, -0, Number.NEGATIVE_INFINITY].map((value, n) => ({
    labels: { __name__: 'latency', service: n < 2 ? "odd'$1\\u0041" : 'cache', component: `c"${n}` },
    at: minute(n + 2) + 7,
    value,
  }));
  await store.append({ events, samples: samplesOf(store, [...rows, ...odd]) });
  const knowledge = await Knowledge.open({ store, iris, rules, ontology: [] });
  const slicer = new Slicer(rules, iris, 100_000);
  const pool = new WorkerPool(2);
  const sample = (n: number) => {
    const [first] = store.findSeries({ metrics: ['latency'] });
    return iris.of({ type: 'sample', at: minute(n) as Instant, series: first?.key ?? ('' as never) });
  };
  const constants: Constants = {
    times: [1, 3, 4, 6, 9]
      .flatMap((n) => {
        const text = formatInstant(minute(n) as Instant);
        return [text, text.replace('Z', '+00:00'), text.replace('T10:', 'T12:').replace('Z', '+02:00')];
      })
      .concat(
        '2024-01-25T10:03:00.2501Z',
        '2024-01-25T10:04:00',
        '2024-01-24T12:00:00',
        '2024-01-25T10:04:00Z',
      ),
    services: ['shop', 'db', 'cache', 'nowhere'],
    texts: ['cart', 'disk', 'Slow', 'shop', 'latency', 'critical', 'v2', 'events', 'p1'],
    receipts: [
      ...events.map((event) => iris.ofPath(pathOfEvent(event))),
      sample(1),
      sample(2),
      ...store.findSeries({}).map(({ key }) => iris.of({ type: 'series', series: key })),
    ],
    incidents: ['i1', 'i2'],
  };
  const cut = await slicer.cut(store, {
    demands: [{ star: anyStar, predicates: new Set([EVERY_PREDICATE]), pattern: '' }],
  });
  const incidents = Buffer.from(knowledge.snapshot().triples.incidents());
  const all = { chunks: [incidents, ...cut.chunks], bytes: incidents.byteLength + cut.bytes };
  const plain: Scene['plain'] = async (text, chunks, format = formatOf(text)) => {
    const job = {
      query: parser.parse(text).text,
      chunks,
      format,
      knowledge: knowledge.snapshot().core,
      maxResultBytes: 4e6,
    };
    return linesOf(await within(3_000, (signal) => pool.run(job, signal)));
  };
  return {
    store,
    knowledge,
    slicer,
    pool,
    constants,
    all,
    plain,
    remove: async () => {
      await pool.close();
      await remove();
    },
  };
}
