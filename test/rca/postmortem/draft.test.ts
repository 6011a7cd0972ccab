import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Graph } from '../../../src/graph/index.js';
import { type EventReceipt, Iris, MINUTE_MS, pathOfEvent } from '../../../src/model/index.js';
import {
  type Claim,
  type IncidentBook,
  openIncidents,
  type Postmortem,
  PostmortemDesk,
  readTemplate,
} from '../../../src/rca/index.js';
import { places, viewOf } from '../../../src/rca/postmortem/view.js';
import { ago, NOW, openWorld, step, topologyOf, type World } from '../world.js';

const iris = new Iris('http://127.0.0.1:4600');
const shop = topologyOf([
  ['web', 'checkout'],
  ['checkout', 'payment'],
]);

let world: World;
let book: IncidentBook;
let desk: PostmortemDesk;
let slos: EventReceipt<'slo'>[];

beforeEach(async () => {
  world = await openWorld(7);
  slos = [];
  const { store, recorder } = world;
  const graph: Pick<Graph, 'query' | 'runbooks' | 'slos' | 'topology' | 'dependencies'> = {
    query: () => Promise.reject(new TypeError('nothing is to be asked')),
    runbooks: () => [],
    slos: () => slos,
    topology: () => shop,
    dependencies: () => [],
  };
  const clock = () => NOW;
  const logger = { info: () => undefined, error: (fields: object) => expect(fields).toBeUndefined() };
  book = await openIncidents({
    ...{ store, recorder, iris, clock, logger },
    topology: () => shop,
    schedule: () => () => undefined,
  });
  recorder.subscribe((recorded) => book.hear(recorded));
  const detection = { target: MINUTE_MS, alert: 5 * MINUTE_MS };
  const template = await readTemplate();
  desk = new PostmortemDesk({
    store,
    graph,
    iris,
    recorder,
    clock,
    template,
    windowMs: 30 * MINUTE_MS,
    detection,
  });
});
afterEach(async () => {
  await book.close();
  await world.close();
});

const alert = {
  kind: 'alert_fired',
  name: 'HighLatency',
  severity: 'critical',
  service: 'checkout',
  at: ago(4),
  startsAt: ago(4),
} as const;

async function slowCheckout(): Promise<void> {
  await world.series({ __name__: 'request_latency_p99_ms', service: 'checkout' }, step(100, 500, 6));
  await world.series({ __name__: 'request_latency_p99_ms', service: 'payment' }, step(50, 440, 7));
  await world.series({ __name__: 'request_latency_p99_ms', service: 'web' }, step(200, 700, 5));
  await world.events({
    kind: 'config_change',
    at: ago(8),
    service: 'payment',
    key: 'pool.size',
    fromValue: '20',
    toValue: '2',
  });
  await world.events(alert);
  await book.settled();
}

async function incident() {
  const [head] = await book.list({ limit: 1 });
  return (await book.get(head?.id ?? '')) ?? expect.unreachable('no incident');
}
const drafted = async (): Promise<Postmortem> => await desk.draft(await incident());
const told = (claims: readonly Claim[]): string => claims.map(({ sentence }) => sentence).join('\n');

describe('a draft', () => {
  it('takes a change and what may be its effects as one factor, in words that claim no more', async () => {
    await slowCheckout();
    const { factors, ruledOut } = await drafted();
    const changes = factors.filter(({ statement }) => statement.sentence.includes('pool.size'));
    expect(changes).toHaveLength(1);
    const [factor] = changes;
    expect(factor?.statement.sentence).toMatch(
      /^(The evidence (points to|is consistent with)|Not ruled out): /,
    );
    expect(told(factor?.effects ?? [])).toMatch(/request_latency_p99_ms of payment .* may be its effect/);
    expect(factors.some(({ statement }) => statement.sentence.includes('latency_p99_ms of payment'))).toBe(
      false,
    );
    expect(told(ruledOut)).not.toContain('pool.size');
  });

  it('is the same for the same evidence', async () => {
    await slowCheckout();
    expect(await drafted()).toEqual(await drafted());
  });

  it('has every place of its templates, and no other', async () => {
    await slowCheckout();
    const view = viewOf(await drafted(), iris);
    expect(Object.keys(view).sort()).toEqual(Object.keys(places).sort());
    for (const [name, value] of Object.entries(view)) {
      const [item] = Array.isArray(value) ? value : [];
      if (item !== undefined)
        expect(Object.keys(item).sort(), name).toEqual(Object.keys(places[name] ?? {}).sort());
    }
  });

  it('says who confirmed and who rejected, and rules out what was rejected', async () => {
    await slowCheckout();
    const [first] = (await incident()).candidates;
    const { id } = await incident();
    const judge = { incident: id, author: 'first-on-call', candidate: first?.receipt ?? '' };
    await book.judge({ ...judge, judgement: 'confirmed' });
    const confirmed = await drafted();
    expect(confirmed.factors[0]?.statement.sentence).toBe(`Confirmed by first-on-call: ${first?.title}.`);
    expect(confirmed.factors[0]?.statement.cites[0]).toMatch(/^verdict\//);
    await book.judge({ ...judge, judgement: 'rejected', message: 'it was off' });
    const rejected = await drafted();
    expect(told(rejected.factors.map(({ statement }) => statement))).not.toContain(`: ${first?.title}`);
    expect(told(rejected.ruledOut)).toContain(
      `${first?.title} was rejected by first-on-call. They said: "it was off."`,
    );
    await book.judge({
      incident: id,
      author: 'second-on-call',
      judgement: 'other',
      cause: { title: 'a cable was cut' },
    });
    const named = await drafted();
    expect(named.factors[0]?.statement.sentence).toBe('Named by second-on-call: a cable was cut.');
    expect(told(named.timeline)).toContain('Verdict: second-on-call named another cause: a cable was cut.');
  });

  it('tells how long it took to be detected, against the threshold, and who suffered', async () => {
    await slowCheckout();
    const { impact, wentPoorly } = await drafted();
    expect(told(impact)).toMatch(
      /It was detected (1\d\d|11\d|1\d) s after its onset|It was detected 2 min after its onset/,
    );
    expect(told(impact)).toMatch(/request_latency_p99_ms of web rose from a median/);
    expect(told(wentPoorly)).toContain('No runbook matches it.');
  });

  it('counts the bad minutes of a threshold, and says what it cannot tell', async () => {
    const objective = {
      kind: 'slo',
      at: ago(140),
      service: 'checkout',
      direction: 'at_most',
      windowMinutes: 1_440,
    } as const;
    const found = await world.events(
      { ...objective, slo: 'fast', metric: 'request_latency_p99_ms', target: 300 },
      { ...objective, slo: 'idle', metric: 'never_measured', target: 1 },
      { ...objective, slo: 'good', goodMetric: 'good_total', totalMetric: 'all_total' },
    );
    slos = found.flatMap((event) => (event.kind === 'slo' ? [event] : []));
    await world.series({ __name__: 'good_total', service: 'checkout' }, (minutes) => 1_000 - 9 * minutes);
    await world.series({ __name__: 'all_total', service: 'checkout' }, (minutes) => 1_000 - 10 * minutes);
    await slowCheckout();
    const { objectives } = await drafted();
    const [fast, idle, good] = objectives.map(({ sentence }) => sentence);
    const [, bad = '', known = ''] = /missed in (\d+) of the (\d+) minutes/.exec(fast ?? '') ?? [];
    expect(Number(known)).toBeGreaterThan(0);
    expect(Number(bad)).toBeGreaterThanOrEqual(Number(known) - 2);
    expect(fast).toMatch(/ % of its error budget of 14 min in 24 h\.$/);
    expect(idle).toBe(
      'The objective idle cannot be told: there is not enough data of never_measured while the incident went on.',
    );
    expect(good).toMatch(
      /^Of \d+ events of the objective good, \d+ were bad \(10\.\d %, where 1 % are allowed\)\.$/,
    );
    expect(objectives[0]?.cites[0]).toBe(pathOfEvent(slos[0] ?? expect.unreachable()));
  });

  it('names no factor without evidence, but what is missing', async () => {
    await world.events(alert);
    await book.settled();
    const { factors, factorNotes, actions, objectives, summary } = await drafted();
    expect(factors).toEqual([]);
    expect(told(factorNotes)).toContain('The evidence is not enough to name a contributing factor.');
    expect(told(factorNotes)).toContain('Needed:');
    expect(told(actions.map(({ claim }) => claim))).toContain('Record what was missing:');
    expect(told(objectives)).toMatch(/^No objective is defined for checkout, web\.$/);
    expect(told(summary)).not.toMatch(/points to|consistent with/);
  });

  it('leaves what matters least out of a long timeline, and says so', async () => {
    await slowCheckout();
    await world.events(
      ...Array.from(
        { length: 90 },
        (_, index) =>
          ({
            kind: 'flag_change',
            at: ago(60 - index / 2),
            service: 'payment',
            flag: `f${index}`,
            fromValue: 'a',
            toValue: 'b',
          }) as const,
      ),
    );
    const { timeline, timelineNote } = await drafted();
    expect(timeline).toHaveLength(60);
    expect(told(timeline)).toContain('Alert HighLatency of checkout fired');
    expect(told(timeline)).toContain('(contributing factor)');
    expect(timelineNote?.sentence).toMatch(/^\d+ further entries of less weight are left out here\.$/);
    expect(timeline.map(({ at }) => at)).toEqual(timeline.map(({ at }) => at).toSorted((a, b) => a - b));
  });

  it('is published as a receipt that cites all that it rests on', async () => {
    await slowCheckout();
    const draft = await drafted();
    const receipt = await desk.publish(await incident(), 'first-on-call');
    const [read] = await desk.published(draft.incident);
    expect(read).toEqual(receipt);
    expect(read?.cites).toEqual(draft.evidence.map(({ path }) => path));
    expect(read?.markdown).toBe(desk.markdown(draft));
  });
});
