import MarkdownIt from 'markdown-it';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metricTableOf } from '../../../src/analysis/index.js';
import type { EvidenceStore } from '../../../src/evidence/index.js';
import { readOntologyTerms } from '../../../src/graph/index.js';
import {
  DAY_MS,
  type EventContent,
  HOUR_MS,
  type Instant,
  Iris,
  instantOf,
  MINUTE_MS,
  pathOfEvent,
  shift,
} from '../../../src/model/index.js';
import {
  type Incident,
  parseReviewTemplate,
  type RecordedCandidate,
  type Review,
  ReviewDesk,
  readReviewTemplate,
} from '../../../src/rca/index.js';
import { freshFolder, openStore, receiptFor } from '../../evidence/fixture.js';

const HOSTILE = '<img src=x onerror=alert(1)> | [x](javascript:alert(1))';
/** Monday of 2026-W04. */
const MONDAY = instantOf(Date.parse('2026-01-19T00:00:00Z'));
const END = shift(MONDAY, 7 * DAY_MS);
const iris = new Iris('http://127.0.0.1:4600');

let remove: () => Promise<void>;
let store: EvidenceStore;
let desk: ReviewDesk;
let review: Review;
let now = shift(END, HOUR_MS);

const hour = (hours: number): Instant => shift(MONDAY, hours * HOUR_MS);

/** A task each hour of two weeks: 100 ms, and 200 ms in the second one; none for five hours of its Wednesday. */
const tasks = Array.from({ length: 336 }, (_, i): EventContent[] => {
  const at = shift(hour(i - 168), 30 * MINUTE_MS);
  if (i - 168 >= 50 && i - 168 < 55) return [];
  const latencyMs = (i < 168 ? 100 : 200) + (i % 7);
  return [{ kind: 'task_completed', at, service: 'checkout', latencyMs }];
}).flat();

const incident = (
  id: string,
  severity: string,
  startsAt: Instant,
  endsAt: Instant,
  title = id,
): EventContent => ({
  ...{ kind: 'incident', at: endsAt, incident: id, state: 'resolved', title, severity, service: 'checkout' },
  ...{ startsAt, endsAt, analysis: 1, cites: [] },
});

const events: readonly EventContent[] = [
  ...tasks,
  ...[1, 2, 30].map(
    (at): EventContent => ({
      ...{ kind: 'alert_fired', at: hour(at), name: 'Slow', service: 'checkout', severity: 'warning' },
    }),
  ),
  ...[-100, -90].map(
    (at): EventContent => ({
      ...{ kind: 'alert_fired', at: hour(at), name: 'Slow', service: 'checkout', severity: 'warning' },
    }),
  ),
  incident('confirmed', 'warning', hour(1), hour(3), HOSTILE),
  incident('ranked', 'critical', hour(30), hour(31)),
  incident('unknown', 'info', hour(60), hour(61)),
  incident('before', 'critical', hour(-20), hour(-19)),
  {
    ...{ kind: 'slo', at: hour(-168), slo: 'steady', service: 'checkout', metric: 'kanban_latency_p99_ms' },
    ...{ target: 150, direction: 'at_most', windowMinutes: 10_080 },
  },
  {
    ...{ kind: 'improvement', at: hour(70), improvement: 'cache', state: 'done', title: 'Cache the prices' },
    ...{ service: 'checkout', metric: 'kanban_latency_p99_ms', owner: 'kim', before: 240, after: 200 },
  },
];

const one: RecordedCandidate = {
  ...{
    rank: 1,
    score: 0.9,
    causeKind: 'deployment',
    title: 'Deployment 2.4.1 of checkout',
    service: 'checkout',
  },
  ...{ terms: [], supporting: [], opposing: [] },
  receipt: 'candidate/20260119T010000.000Z/0123456789abcdef0123456789abcdef',
};

/** The incidents as the book has them. */
function incidentOf(id: string): Incident | undefined {
  const found = events.find((event) => event.kind === 'incident' && event.incident === id);
  if (found?.kind !== 'incident') return undefined;
  const base: Incident = {
    ...{ id, state: 'resolved', title: found.title, severity: found.severity, service: 'checkout' },
    ...{ metric: undefined, startsAt: found.startsAt, onsetAt: undefined, endsAt: found.endsAt },
    ...{ runbookUrl: undefined, alerts: [], evidenceUntil: undefined, analysis: 1, rejected: [] },
    ...{ candidates: [], why: undefined, missing: [], closed: undefined, acknowledgements: [], verdicts: [] },
  };
  if (id === 'confirmed') {
    const receipt = 'verdict/20260119T040000.000Z/0123456789abcdef0123456789abcdef';
    const verdict = {
      receipt,
      at: hour(4),
      author: 'kim',
      message: undefined,
      judgement: 'confirmed',
    } as const;
    return { ...base, candidates: [one], verdicts: [{ ...verdict, candidate: one }] };
  }
  if (id === 'ranked') return { ...base, candidates: [one] };
  return { ...base, missing: ['there are no deployments on record.'] };
}

beforeAll(async () => {
  const fresh = await freshFolder();
  remove = fresh.remove;
  store = await openStore(fresh.folder, shift(END, DAY_MS));
  await store.append({ events: events.map((content) => receiptFor(content)) });
  desk = new ReviewDesk({
    ...{ store, iris, clock: () => now, metrics: metricTableOf(await readOntologyTerms()) },
    template: await readReviewTemplate(),
    incident: async (id) => incidentOf(id),
  });
  review = await desk.draft(desk.week('2026-W04'));
});
afterAll(async () => {
  await store.close();
  await remove();
});

const sentences = (claims: Review['summary']): readonly string[] => claims.map(({ sentence }) => sentence);

describe('the review of a week', () => {
  it('scores the week and the one before by the rules', () => {
    const row = review.health.find(({ service }) => service === 'checkout');
    // kanban: (100 - p99 / 5) x throughput / 10: 163 tasks in 10,080 minutes, the P99 of 200..206 ms is 206.
    const kanban = (100 - 206 / 5) * (163 / 10_080 / 10);
    const of = (name: string) => row?.pillars.find(({ pillar }) => pillar === name)?.score;
    expect(of('kanban')).toBeCloseTo(kanban, 6);
    // No failure in 163 tasks: 100. Three alerts in 10,080 minutes: 100 - 10 x 3 / 10,080.
    expect(of('jidoka')).toBe(100);
    expect(of('andon')).toBeCloseTo(100 - 30 / 10_080, 6);
    expect(row?.score).toBeCloseTo((kanban + 100 + 100 - 30 / 10_080) / 3, 6);
    const kanbanBefore = (100 - 106 / 5) * (168 / 10_080 / 10);
    expect(row?.before).toBeCloseTo((kanbanBefore + 100 + 100 - 20 / 10_080) / 3, 6);
  });

  it('tells what moved against the week before, hour by hour', () => {
    const told = sentences(review.trends).join('\n');
    // 163 hours in common; every hour moved by 100 ms: 168 is a whole number of sevens.
    expect(told).toContain(
      'kanban_latency_p99_ms of checkout got worse: the median went from 103 to 203 ms, +97.1 % (163 hours in common, p < 0.001).',
    );
    expect(told).toMatch(/metrics were compared hour by hour with the week before: \d+ moved/);
  });

  it('puts the worst incidents first, with confirmed causes apart from ranked ones and none', () => {
    expect(review.incidentCount).toBe(3);
    expect(
      review.incidents.map(({ id, certainty, lastedMs }) => [id, certainty, lastedMs / HOUR_MS]),
    ).toEqual([
      ['ranked', 'ranked', 1],
      ['confirmed', 'confirmed', 2],
      ['unknown', 'unknown', 1],
    ]);
    const causes = review.incidents.map(({ cause }) => cause.sentence);
    expect(causes[0]).toMatch(
      /^Nobody has confirmed a cause\. Ranked first: Deployment 2\.4\.1 of checkout \(.*: of first candidates with such a score \d+ % were right\)$/,
    );
    expect(causes[1]).toBe('Confirmed by kim: Deployment 2.4.1 of checkout');
    expect(causes[2]).toBe('No cause was found: there are no deployments on record.');
  });

  it('counts alerts against the week before, and says what was improved and whether that is known to hold', () => {
    expect(sentences(review.alerting)[0]).toMatch(/^3 alerts fired, 2 in the same part of the week before;/);
    expect(sentences(review.improvements)[0]).toBe(
      '“Cache the prices” (done by kim, 2026-01-21): whether it holds is not known yet. kanban_latency_p99_ms went from 240 to 200. 0 hours of the week are known before and after; 24 are needed.',
    );
  });

  it('says what is missing', () => {
    const told = sentences(review.missing);
    expect(told).toContain('checkout has tasks, failures or queue readings in 163 of 168 hours.');
    expect(told.some((sentence) => /^steady has data for 0 % of its window/.test(sentence))).toBe(true);
  });

  it('proposes up to five improvements, the most gain for effort first, not more than two of one source', () => {
    const { proposals } = review;
    expect(proposals.length).toBeGreaterThanOrEqual(1);
    expect(proposals.length).toBeLessThanOrEqual(5);
    expect(proposals.map(({ rank }) => rank)).toEqual(
      proposals.map(({ rank }) => rank).toSorted((a, b) => b - a),
    );
    expect(proposals[0]).toMatchObject({ source: 'slo-unknown', expectedGainPercent: 100, rank: 66.67 });
  });

  it('is the same text for the same evidence, whenever it is written after the week', async () => {
    const text = desk.write(review, 'markdown');
    now = shift(END, DAY_MS);
    const again = await desk.draft(desk.week('2026-W04'));
    expect(desk.write(again, 'markdown')).toBe(text);
    now = shift(END, HOUR_MS);
  });
});

/** A review as a reader of Markdown sees it: its links, and whether any HTML is in it. */
function read(markdown: string) {
  const tokens = new MarkdownIt({ html: true })
    .parse(markdown, {})
    .flatMap((one) => [one, ...(one.children ?? [])]);
  return {
    links: tokens.flatMap((one) => one.attrGet('href') ?? []),
    html: tokens.filter(({ type }) => type === 'html_inline' || type === 'html_block'),
    images: tokens.filter(({ type }) => type === 'image'),
  };
}

describe('a written review', () => {
  it('links every claim to things or to the questions that show it', () => {
    const claims = [
      ...[review.summary, review.trends, review.sloClaims, review.alerting, review.improvements].flat(),
      ...review.missing,
      ...review.incidents.map(({ cause }) => cause),
    ];
    expect(claims.filter(({ cites, questions }) => cites.length + questions.length === 0)).toEqual([]);
    const { links } = read(desk.write(review, 'markdown'));
    expect(links.every((link) => String(link).startsWith(iris.base))).toBe(true);
    const [, , latest] = events.filter((event) => event.kind === 'alert_fired');
    if (latest === undefined) return expect.unreachable('three alerts fired');
    const alert = receiptFor(latest);
    expect(links).toContain(iris.ofPath(pathOfEvent(alert)));
  });

  it('is safe whatever evidence says', () => {
    const { html, images } = read(desk.write(review, 'markdown'));
    expect([...html, ...images]).toEqual([]);
    expect(desk.write(review, 'html')).not.toContain('<img');
  });

  it('has JSON with the same figures and IRIs for paths', () => {
    const json = JSON.parse(desk.write(review, 'json'));
    expect(json).toMatchObject({ week: '2026-W04', window: { from: '2026-01-19T00:00:00.000Z' } });
    expect(json.evidence[0].iri).toMatch(/^http:\/\/127\.0\.0\.1:4600\/id\//);
    expect(JSON.stringify(json)).not.toMatch(/"cites":\["(?!http)/);
  });

  it('can be written from a template of one’s own, whose names are checked', () => {
    const template = parseReviewTemplate('{{week}}: {{#summary}}{{sentence}};{{/summary}}', 'ours');
    expect(desk.write(review, 'markdown', template)).toMatch(/^2026-W04: The system scored /);
    expect(() => parseReviewTemplate('{{#summary}}{{nothing}}{{/summary}}', 'ours')).toThrow(
      /^ours:1: there is no place nothing here; expected one of .*sentence/,
    );
  });
});

describe('a week that is not over', () => {
  it('is reviewed as far as it is, in whole hours', async () => {
    now = shift(hour(40), 20 * MINUTE_MS);
    const part = await desk.draft(desk.week('2026-W04'));
    expect(part).toMatchObject({ isOver: false, window: { from: MONDAY, to: hour(40) }, incidentCount: 2 });
    expect(desk.write(part, 'markdown')).toContain('the week is not over, so far');
    expect(desk.week().name).toBe('2026-W04');
    now = shift(END, HOUR_MS);
  });

  it('is refused before it has begun', async () => {
    await expect(desk.draft(desk.week('2026-W06'))).rejects.toThrow(/2026-W06 has not begun/);
  });
});
