import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  burnRulesFor,
  type Findings,
  type MetricTable,
  metricTableOf,
  type Recommendation,
  readFindings,
  recommend,
  type SloRevision,
  type SloStatus,
} from '../../../src/analysis/index.js';
import type { EvidenceStore } from '../../../src/evidence/index.js';
import { readOntologyTerms } from '../../../src/graph/index.js';
import { readPacks } from '../../../src/graph/packs.js';
import {
  DAY_MS,
  type EventContent,
  HOUR_MS,
  type Labels,
  MINUTE_MS,
  SECOND_MS,
  shift,
} from '../../../src/model/index.js';
import { blockOf, freshFolder, openStore, receiptFor, T0 } from '../../evidence/fixture.js';

/** An hour after {@link T0}: the time of the findings. */
const AT = shift(T0, HOUR_MS);
let remove: () => Promise<void>;
let store: EvidenceStore;
let metrics: MetricTable;
let findings: Findings;

/** 2 tasks of 185 ms a minute, of which the queue holds 30: the P99 misses 100 ms, the throughput 10 a minute. */
const tasks = Array.from(
  { length: 120 },
  (_, i): EventContent => ({
    ...{ kind: 'task_completed', at: shift(T0, i * 30 * SECOND_MS), service: 'checkout', latencyMs: 185 },
  }),
);

/** 60 alerts in the day, 12 of them in one minute, one of which flaps. */
const alerts = [
  ...Array.from(
    { length: 12 },
    (_, i): EventContent => ({
      ...{ kind: 'alert_fired', at: shift(T0, i * SECOND_MS), name: `Burst${i}`, service: 'checkout' },
      severity: 'warning',
    }),
  ),
  ...Array.from(
    { length: 38 },
    (_, i): EventContent => ({
      ...{ kind: 'alert_fired', at: shift(T0, -(i + 1) * 30 * MINUTE_MS), name: 'Loud', service: 'checkout' },
      severity: 'warning',
    }),
  ),
  ...Array.from({ length: 10 }, (_, i): EventContent[] => [
    {
      ...{ kind: 'alert_fired', at: shift(T0, i * 5 * MINUTE_MS), name: 'Flaps', service: 'checkout' },
      severity: 'info',
    },
    {
      ...{
        kind: 'alert_cleared',
        at: shift(T0, (i * 5 + 2) * MINUTE_MS),
        name: 'Flaps',
        service: 'checkout',
      },
      severity: 'info',
    },
  ]).flat(),
];

const waiting: EventContent = {
  ...{ kind: 'incident', at: T0, incident: '20260105-checkout-1', state: 'open', title: 'Loud on checkout' },
  ...{ severity: 'critical', service: 'checkout', startsAt: T0, analysis: 1, cites: [] },
};

const silent: Labels = { __name__: 'jvm_heap_bytes', service: 'checkout', instance: 'a:1' };
const spoken: Labels = { __name__: 'jvm_threads', service: 'checkout', instance: 'a:1' };

beforeAll(async () => {
  const fresh = await freshFolder();
  remove = fresh.remove;
  store = await openStore(fresh.folder, shift(T0, DAY_MS));
  metrics = metricTableOf(await readOntologyTerms());
  const events = [...tasks, ...alerts, waiting].map((content) => receiptFor(content));
  const samples = blockOf(store, [
    [silent, 0, 1],
    [silent, MINUTE_MS, 1],
    [spoken, 59 * MINUTE_MS, 1],
  ]);
  await store.append({ events, samples });
  findings = await readFindings({ store, metrics }, { at: AT });
});
afterAll(async () => {
  await store.close();
  await remove();
});

const bySource = (all: readonly Recommendation[], source: Recommendation['source']) =>
  all.filter((one) => one.source === source);

describe('recommendations from evidence', () => {
  it('hold metrics of the pillars against their targets, with the gain worked out', () => {
    const found = bySource(recommend(findings), 'pillar').filter(({ metric }) =>
      metric?.startsWith('kanban'),
    );
    // (185 - 100) / 185 and (10 - 2) / 10, for a day's work each.
    expect(found.map((one) => [one.id, one.priority, one.expectedGainPercent, one.rank])).toEqual([
      ['pillar/checkout/kanban_throughput_per_min', 3, 80, 10],
      ['pillar/checkout/kanban_latency_p99_ms', 3, 45.9, 5.74],
    ]);
    expect(found[1]?.title).toBe('kanban_latency_p99_ms of checkout is 185 ms, its target is at most 100 ms');
    expect(found[1]?.evidence).toContainEqual({ type: 'thing', path: 'service/checkout' });
  });

  it('tell of alert fatigue by its own figures', () => {
    const all = recommend(findings);
    const [volume] = bySource(all, 'alert-volume');
    // 60 a day, 50 of which may be.
    expect(volume).toMatchObject({ priority: 2, expectedGainPercent: 16.7, rank: 4.17 });
    expect(volume?.title).toMatch(
      /^60 alerts fired a day, over 50; 81\.67 % of them were Loud of checkout, /,
    );
    const [storm] = bySource(all, 'alert-storm');
    // 13 in the minute: the burst and the first of those that flap; 3 of 60 too many.
    expect(storm).toMatchObject({ expectedGainPercent: 5, rank: 1.25 });
    const [flaps] = bySource(all, 'alert-flapping');
    expect(flaps).toMatchObject({ id: 'alert-flapping/checkout/Flaps', effort: 'small' });
    // It came back 9 times of 60 alerts.
    expect(flaps).toMatchObject({ expectedGainPercent: 15, rank: 10 });
  });

  it('put a critical incident that nobody takes on first', () => {
    const [first] = recommend(findings);
    expect(first).toMatchObject({
      ...{ source: 'alert-unacknowledged', priority: 1, expectedGainPercent: 50 },
      id: 'alert-unacknowledged/checkout/20260105-checkout-1',
    });
    expect(first?.evidence[0]).toEqual({ type: 'thing', path: 'incident/20260105-checkout-1' });
  });

  it('tell of a metric that fell silent, with its series and the question that finds it', () => {
    const [stalled] = bySource(recommend(findings), 'metric-stalled');
    expect(stalled).toMatchObject({
      id: 'metric-stalled/checkout/silent',
      priority: 3,
      expectedGainPercent: 50,
    });
    expect(stalled?.title).toBe(
      '1 metric of checkout fell silent, jvm_heap_bytes: up to 59 min without a sample',
    );
    expect(stalled?.evidence.map(({ type }) => type)).toEqual(['thing', 'thing', 'query']);
  });

  it('ask for one objective where a service has none', () => {
    const [unheld] = bySource(recommend(findings), 'metric-without-slo');
    expect(unheld).toMatchObject({ id: 'metric-without-slo/checkout/metrics', priority: 4, effort: 'small' });
    const slo = receiptFor({ kind: 'slo', at: T0, slo: 'any', service: 'checkout', metric: 'up', target: 1 });
    const slos = slo.kind === 'slo' ? [slo] : [];
    expect(bySource(recommend({ ...findings, slos }), 'metric-without-slo')).toEqual([]);
  });

  it('are the same for the same evidence, and rank within their urgency', async () => {
    const again = await readFindings({ store, metrics }, { at: AT });
    const all = recommend(again);
    expect(all).toEqual(recommend(findings));
    for (const [place, one] of all.slice(1).entries()) {
      const before = all[place];
      const [priority, rank] = [before?.priority ?? 0, before?.rank ?? 0];
      expect(priority < one.priority || (priority === one.priority && rank >= one.rank)).toBe(true);
    }
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  });

  it('name only things that there are, and questions that can be asked', async () => {
    const packs = await readPacks();
    const questions = recommend(findings).flatMap(({ evidence }) =>
      evidence.flatMap((one) => (one.type === 'query' ? [one] : [])),
    );
    expect(questions.length).toBeGreaterThan(3);
    for (const { pack, parameters } of questions) {
      const known = packs.find(({ name }) => name === pack);
      const names = known?.parameters.map(({ name }) => name) ?? [];
      expect(names).toEqual(expect.arrayContaining(Object.keys(parameters)));
      const needed = known?.parameters.filter(({ default: usual }) => usual === undefined) ?? [];
      expect(Object.keys(parameters)).toEqual(expect.arrayContaining(needed.map(({ name }) => name)));
    }
  });
});

/** An objective on the P99 that was attained for 97 % of its window. */
function statusOf(more: Partial<SloStatus>): SloStatus {
  const revision = receiptFor({
    ...{ kind: 'slo', at: T0, slo: 'fast', service: 'checkout', metric: 'kanban_latency_p99_ms' },
    ...{ target: 100, direction: 'at_most', windowMinutes: 43_200 },
  }) as SloRevision;
  return {
    ...{ slo: revision, at: AT, window: { from: T0, to: AT }, state: 'missed', unit: 'minutes' },
    ...{ objectivePercent: 99, attainmentPercent: 97, coverage: 0.9, good: 97, total: 100 },
    ...{ budget: { allowed: 1, spent: 3, leftPercent: -200 }, burns: [], current: 185 },
    ...{ headroomPercent: -85, parts: [], missing: [], outliersLeftOut: undefined },
    ...more,
  };
}

describe('recommendations from objectives', () => {
  const of = (status: SloStatus) => recommend({ ...findings, slos: [status.slo], statuses: [status] });
  const [page, , , ticket] = burnRulesFor(30 * DAY_MS);
  const burn = (rule: typeof page, rate: number, firing: boolean) => {
    if (rule === undefined) return expect.unreachable('there are four rules');
    const found = { lengthMs: rule.longMs, badShare: rate / 100, rate };
    return { rule, long: found, short: found, firing };
  };

  it('say by how much failing must fall, in the place of what the pillar says of the same metric', () => {
    const all = of(statusOf({}));
    // 3 % failed, 1 % may.
    expect(bySource(all, 'slo-missed')).toMatchObject([
      { id: 'slo-missed/checkout/fast', priority: 2, expectedGainPercent: 66.7, rank: 8.34 },
    ]);
    expect(bySource(all, 'pillar').map(({ metric }) => metric)).not.toContain('kanban_latency_p99_ms');
    expect(bySource(all, 'slo-missed')[0]?.evidence[0]).toEqual({ type: 'thing', path: 'slo/fast' });
  });

  it('are urgent by the rule that fires, of the most urgent one', () => {
    const paged = of(statusOf({ burns: [burn(page, 20, true), burn(ticket, 4, true)] }));
    expect(bySource(paged, 'slo-burning')).toMatchObject([{ priority: 1, expectedGainPercent: 95 }]);
    expect(bySource(paged, 'slo-missed')).toEqual([]);
    const ticketed = of(statusOf({ burns: [burn(page, 2, false), burn(ticket, 2, true)], state: 'met' }));
    expect(bySource(ticketed, 'slo-burning')).toMatchObject([{ priority: 2, expectedGainPercent: 50 }]);
  });

  it('ask for data where there is too little to judge', () => {
    const all = of(statusOf({ state: 'unknown', coverage: 0.25 }));
    expect(bySource(all, 'slo-unknown')).toMatchObject([{ priority: 3, expectedGainPercent: 75 }]);
    expect(bySource(of(statusOf({ state: 'met' })), 'slo-unknown')).toEqual([]);
  });
});
