import { spawnSync } from 'node:child_process';
import { fastify } from 'fastify';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Appended, Batch, EvidenceStore } from '../../../src/evidence/index.js';
import type { Graph, QueryAnswer } from '../../../src/graph/index.js';
import { GraphError } from '../../../src/graph/index.js';
import { type EventReceipt, identityOf, instantOf } from '../../../src/model/index.js';
import { MeasuredRecorder, measuredGraph } from '../../../src/serve/measured.js';
import { Metrics, registerMetrics } from '../../../src/serve/metrics/index.js';
import {
  burning,
  everyReading,
  healthWith,
  pillarMetrics,
  at as standingAt,
  standingOf,
  trendTo,
} from './standing-scene.js';

const at = instantOf(Date.UTC(2026, 0, 2));

function failure(text: string): EventReceipt {
  return {
    kind: 'failure',
    id: identityOf(text),
    at,
    receivedAt: at,
    door: 'events',
    component: 'db',
    reason: text,
  };
}

const nothing: Appended = {
  commit: undefined,
  events: 0,
  samples: 0,
  repeatedEvents: [],
  repeatedSamples: 0,
  refusedSamples: [],
};

let metrics: Metrics;

beforeEach(() => {
  metrics = new Metrics({ version: '1.2.3', services: 100 });
});

async function exposed(): Promise<string> {
  return (await metrics.expose('classic')).text;
}

/** The lines of one metric, without the comments. */
async function linesOf(name: string): Promise<readonly string[]> {
  const lines = (await exposed()).split('\n');
  return lines.filter((line) => line.startsWith(name)).sort();
}

function hear(appended: Partial<Appended>, events: readonly EventReceipt[] = [], door = 'events'): void {
  metrics.hear({ appended: { ...nothing, ...appended }, events, repeated: [], door });
}

describe('Metrics', () => {
  it('counts receipts by kind and door, samples, repeats and refusals by reason', async () => {
    hear({ events: 2 }, [failure('a'), failure('b')]);
    hear({ events: 1 }, [failure('c')], 'cloudevents');
    hear({ samples: 40, repeatedSamples: 3, refusedSamples: [{ item: 0, why: 'too-old' }] }, [], 'write');
    hear({ repeatedEvents: [{ item: 0, at }] });
    metrics.refused('events', 'bad-item', 5);
    metrics.refused('events', 'bad-item', 0);
    expect(await linesOf('genchi_receipts_total')).toEqual([
      'genchi_receipts_total{kind="failure",door="cloudevents"} 1',
      'genchi_receipts_total{kind="failure",door="events"} 2',
    ]);
    expect(await linesOf('genchi_samples_total')).toEqual(['genchi_samples_total{door="write"} 40']);
    expect(await linesOf('genchi_repeated_total')).toEqual([
      'genchi_repeated_total{type="event",door="events"} 1',
      'genchi_repeated_total{type="sample",door="write"} 3',
    ]);
    expect(await linesOf('genchi_refused_total')).toEqual([
      'genchi_refused_total{reason="bad-item",door="events"} 5',
      'genchi_refused_total{reason="too-old",door="write"} 1',
    ]);
  });

  it('reads incidents and workers when it is scraped, and a counter stays one', async () => {
    let [restarts, open] = [2, 1];
    const graph = () => ({ queries: 9, workerRestarts: restarts, busyWorkers: 1, knowledgeTriples: 77 });
    expect(await linesOf('genchi_sparql_worker_restarts_total')).toEqual([
      'genchi_sparql_worker_restarts_total 0',
    ]);
    metrics.attach({
      graph,
      openIncidents: () => [],
      standing: () => undefined,
      pillarMetrics,
      late: () => ({ counted: 2, leftOut: 1 }),
      series: () => ({ count: 7, limit: 9 }),
      clock: () => at,
      incidents: () => ({ all: 9, open, openBySeverity: new Map([['critical', open]]) }),
      webhooks: () => [{ name: 'pager', pending: 1, sent: open, failed: 2, dropped: 0 }],
    });
    await exposed();
    [restarts, open] = [3, 4];
    expect(await linesOf('genchi_sparql_worker_restarts_total')).toEqual([
      'genchi_sparql_worker_restarts_total 3',
    ]);
    expect(await linesOf('genchi_incidents_open')).toEqual([
      'genchi_incidents_open 4',
      'genchi_incidents_open_by_severity{severity="critical"} 4',
    ]);
    expect(await linesOf('genchi_webhook')).toEqual([
      'genchi_webhook_notifications_total{webhook="pager",outcome="dropped"} 0',
      'genchi_webhook_notifications_total{webhook="pager",outcome="failed"} 2',
      'genchi_webhook_notifications_total{webhook="pager",outcome="sent"} 4',
      'genchi_webhook_pending{webhook="pager"} 1',
    ]);
    expect(await linesOf('genchi_knowledge_triples')).toEqual(['genchi_knowledge_triples 77']);
  });

  it('counts the parts that old samples are sorted into', async () => {
    metrics.sorted(40);
    metrics.sorted(2);
    expect(await linesOf('genchi_sorted_samples_total')).toEqual(['genchi_sorted_samples_total 42']);
    expect(await linesOf('genchi_sorted_parts_total')).toEqual(['genchi_sorted_parts_total 2']);
  });

  it('keeps two servers of one process apart', async () => {
    hear({ events: 1 }, [failure('a')]);
    const other = new Metrics({ version: '1.2.3', services: 100 });
    expect((await other.expose('classic')).text).not.toContain('genchi_receipts_total{');
  });

  it('says which build it is', async () => {
    expect(await linesOf('genchi_build_info')).toEqual([
      `genchi_build_info{version="1.2.3",node="${process.versions.node}"} 1`,
    ]);
  });

  it('is served at /metrics in the format that is asked for, whatever was asked for before', async () => {
    const server = fastify();
    registerMetrics(server, metrics, () => instantOf(0));
    const answer = await server.inject('/metrics');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.body).toContain('# TYPE genchi_commit_duration_seconds histogram');
    const open = await server.inject({
      ...{ url: '/metrics', headers: { accept: 'application/openmetrics-text; version=1.0.0' } },
    });
    expect(open.headers['content-type']).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(open.body).toContain('# TYPE process_cpu_seconds counter\n');
    expect(open.body.endsWith('\n# EOF\n')).toBe(true);
    const classic = await server.inject('/metrics');
    expect(classic.body, 'as before').toContain('# TYPE process_cpu_seconds_total counter');
    await server.close();
  });
});

/** A store that takes everything after the stopwatch has moved on. */
class TickingStore {
  nowMs = 0;

  async append(batch: Batch): Promise<Appended> {
    this.nowMs += 30;
    return { ...nothing, commit: 1, events: batch.events.length };
  }
}

describe('MeasuredRecorder', () => {
  it('times each commit and counts what was new', async () => {
    const store = new TickingStore();
    const recorder = new MeasuredRecorder(store as unknown as EvidenceStore, metrics, () => store.nowMs);
    await recorder.record({ events: [failure('a')] }, 'events');
    expect(await linesOf('genchi_commit_duration_seconds_sum')).toEqual([
      'genchi_commit_duration_seconds_sum 0.03',
    ]);
    expect(await linesOf('genchi_commit_duration_seconds_bucket{le="0.025"}')).toEqual([
      'genchi_commit_duration_seconds_bucket{le="0.025"} 0',
    ]);
    expect(await linesOf('genchi_commit_duration_seconds_count')).toEqual([
      'genchi_commit_duration_seconds_count 1',
    ]);
    expect(await linesOf('genchi_receipts_total')).toEqual([
      'genchi_receipts_total{kind="failure",door="events"} 1',
    ]);
  });
});

describe('measuredGraph', () => {
  it('times queries by their outcome and keeps the size of their slices', async () => {
    const cost = { receipts: 50, sliceBytes: 1, sliceMs: 1, queryMs: 1 };
    const answer: QueryAnswer = { contentType: 'text/csv', body: new Uint8Array(), cost };
    const graph: Pick<Graph, 'query'> = {
      query: async ({ text }) => {
        if (text === 'slow') throw new GraphError('query-timeout', 'too slow');
        return answer;
      },
    };
    const measured = measuredGraph(graph as Graph, metrics, () => 0);
    expect(await measured.query({ text: 'fast' })).toBe(answer);
    await expect(measured.query({ text: 'slow' })).rejects.toThrow('too slow');
    expect(await linesOf('genchi_sparql_query_duration_seconds_count')).toEqual([
      'genchi_sparql_query_duration_seconds_count{outcome="answered"} 1',
      'genchi_sparql_query_duration_seconds_count{outcome="query-timeout"} 1',
    ]);
    expect(await linesOf('genchi_sparql_slice_receipts_sum')).toEqual([
      'genchi_sparql_slice_receipts_sum 50',
    ]);
  });
});

const promtoolMissing = spawnSync('promtool', ['--version']).error !== undefined;
const required = process.env.GENCHI_REQUIRE_PROMETHEUS === '1';

describe.skipIf(promtoolMissing && !required)(
  'promtool check metrics (skipped where promtool is not installed)',
  () => {
    it('finds nothing but units that settled names abbreviate, with every metric in use', async () => {
      const task = { ...failure('b'), kind: 'task_completed', latencyMs: 40 } as const;
      hear({ events: 1, samples: 1, repeatedSamples: 1 }, [failure('a'), task]);
      metrics.attach({
        ...{ graph: () => ({ queries: 9, workerRestarts: 0, busyWorkers: 1, knowledgeTriples: 77 }) },
        incidents: () => ({ all: 9, open: 1, openBySeverity: new Map([['critical', 1]]) }),
        openIncidents: () => [],
        webhooks: () => [{ name: 'pager', pending: 1, sent: 1, failed: 2, dropped: 0 }],
        standing: () =>
          standingOf(
            [undefined, 'checkout'].map((service) => healthWith(service, everyReading)),
            {
              slos: [burning],
              trends: [trendTo('degrading', 'kanban_latency_p99_ms')],
            },
          ),
        pillarMetrics,
        late: () => ({ counted: 2, leftOut: 1 }),
        series: () => ({ count: 7, limit: 9 }),
        clock: () => standingAt,
      });
      metrics.refused('events', 'bad-item', 1);
      metrics.committed(0.01);
      metrics.queried('answered', 0.1, { receipts: 5, sliceBytes: 1, sliceMs: 1, queryMs: 1 });
      metrics.requested({ method: 'GET', route: '/', status: 200, seconds: 0.01 });
      const checked = spawnSync('promtool', ['check', 'metrics'], {
        input: await exposed(),
        encoding: 'utf8',
      });
      const abbreviated = ['p50', 'p95', 'p99'].flatMap((quantile) =>
        ['', 'genchi_system_'].map(
          (prefix) =>
            `${prefix}kanban_latency_${quantile}_ms metric names should not contain abbreviated units`,
        ),
      );
      expect(checked.stdout, 'found by promtool').toBe('');
      expect(checked.stderr.trim().split('\n').sort()).toEqual(
        [...abbreviated, "kanban_latency_histogram metric name should not include type 'histogram'"].sort(),
      );
    });
  },
);
