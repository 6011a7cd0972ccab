import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ExperimentDesk,
  ImprovementBook,
  improvementsBefore,
  improvementsOfWindow,
  measureImprovement,
  metricTableOf,
  readImprovement,
  readKaizenLog,
} from '../../../src/analysis/index.js';
import { seededRandom, wanderer } from '../../../src/cli/demo/random.js';
import { type EvidenceStore, Recorder } from '../../../src/evidence/index.js';
import { readOntologyTerms } from '../../../src/graph/index.js';
import { DAY_MS, HOUR_MS, type Instant, shift } from '../../../src/model/index.js';
import { blockOf, freshFolder, openStore, receiptFor, type SampleRow, T0 } from '../../evidence/fixture.js';

const metrics = metricTableOf(await readOntologyTerms());
const atDay = (days: number): Instant => shift(T0, days * DAY_MS);
const NOW = atDay(40);
const METRIC = 'kanban_latency_p99_ms';

let remove: () => Promise<void>;
let store: EvidenceStore;
let book: ImprovementBook;

beforeEach(async () => {
  const fresh = await freshFolder();
  remove = fresh.remove;
  store = await openStore(fresh.folder, NOW);
  book = new ImprovementBook({ store, recorder: new Recorder(store), metrics });
});
afterEach(async () => {
  await store.close();
  await remove();
});

const measured = async (id: string, at: Instant) => {
  const improvement = await readImprovement(store, id, at);
  if (improvement === undefined) throw new Error(`${id} was not logged`);
  return measureImprovement({ store, metrics }, improvement, at);
};

/** Days of a metric that swings by the day and is quiet on weekends, and a level of each day on top. */
async function recordDays(levelOf: (day: number) => number | undefined, days: number): Promise<void> {
  const noise = wanderer(seededRandom(4), 6, 0.5);
  const rows: SampleRow[] = [];
  for (let hour = -14 * 24; hour < days * 24; hour++) {
    const day = Math.floor(hour / 24);
    const level = levelOf(day);
    const season = 30 * Math.sin((2 * Math.PI * hour) / 24) - (((day % 7) + 7) % 7 >= 5 ? 40 : 0);
    if (level === undefined) continue;
    rows.push([{ __name__: METRIC, service: 'shop' }, hour * HOUR_MS + 1_000, level + season + noise()]);
  }
  await store.append({ events: [], samples: blockOf(store, rows) });
}

const pool = { id: 'pool', title: 'A pool of 20 connections', service: 'shop', metric: METRIC };

describe('an improvement', () => {
  it('goes from proposed to done, keeps what it does not say again, and is read as it stood', async () => {
    const effort = { owner: 'payments team', effort: 'small', expectedChangePercent: -20 };
    expect(await book.log({ ...pool, ...effort }, atDay(0))).toMatchObject({
      state: 'proposed',
      at: atDay(0),
    });
    await book.update({ id: 'pool', state: 'started', message: 'trying it on one pod' }, atDay(1));
    await book.update({ id: 'pool', state: 'done' }, atDay(2));
    await book.update({ id: 'pool', message: 'all pods have it' }, atDay(3));
    expect(await readImprovement(store, 'pool', NOW)).toMatchObject({
      ...{ title: pool.title, state: 'done', owner: 'payments team', effort: 'small' },
      ...{ expectedChangePercent: -20, startedAt: atDay(1), doneAt: atDay(2), message: 'all pods have it' },
    });
    expect(await readImprovement(store, 'pool', atDay(1))).toMatchObject({
      state: 'started',
      doneAt: undefined,
    });
    expect(await readImprovement(store, 'pool', atDay(-1))).toBeUndefined();
  });

  it('is recorded once, however often it is sent', async () => {
    await book.log(pool, atDay(0));
    await book.log({ ...pool, title: 'Another' }, atDay(1));
    await Promise.all([book.log({ ...pool, id: 'x' }, atDay(1)), book.log({ ...pool, id: 'x' }, atDay(1))]);
    const done = { id: 'pool', state: 'done', clientMutationId: 'k' };
    await book.update(done, atDay(2));
    await book.update({ id: 'pool', state: 'started' }, atDay(3));
    expect(await book.update(done, atDay(4))).toMatchObject({ state: 'started' });
    await book.update({ id: 'pool', state: 'started' }, atDay(5));
    const receipts = await store.events({ kinds: ['improvement'], order: 'oldest-first', limit: 10 });
    expect(receipts).toHaveLength(4);
    expect(await readImprovement(store, 'pool', NOW)).toMatchObject({ title: pool.title, at: atDay(3) });
  });

  it('is taken from other doors too', async () => {
    const told = { kind: 'improvement', service: 'shop', improvement: 'told', title: 'Told' } as const;
    await store.append({
      events: [
        receiptFor({ ...told, at: atDay(1), state: 'proposed', metric: METRIC }),
        receiptFor({ ...told, at: atDay(2), state: 'done' }),
      ],
    });
    expect(await readImprovement(store, 'told', NOW)).toMatchObject({ state: 'done', metric: METRIC });
  });

  it.each<[string, object, string, RegExp]>([
    ['an unknown one', { id: 'none', state: 'done' }, 'unknown-improvement', /no improvement none/],
    ['another state', { id: 'pool', state: 'open' }, 'bad-request', /^state: expected one of proposed/],
    [
      'the future',
      { id: 'pool', state: 'done', at: atDay(9) },
      'bad-request',
      /^at: expected a time that is not/,
    ],
    [
      'a time before its state',
      { id: 'pool', state: 'done', at: atDay(-1) },
      'bad-request',
      /^at: it is proposed/,
    ],
    ['no words', { id: 'pool', title: ' ' }, 'bad-request', /^title: expected a text/],
  ])('refuses %s', async (_, update, code, message) => {
    await book.log(pool, atDay(0));
    const refused = book.update(update, atDay(1));
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

describe('whether it held', () => {
  const done = () => book.log({ ...pool, state: 'done', expectedChangePercent: -20, at: atDay(0) }, NOW);

  it('is measured hour by hour of the week, so that a day or a weekend is no improvement', async () => {
    await recordDays((day) => (day < 0 ? 200 : 150), 9);
    await done();
    const early = await measured('pool', shift(T0, 20 * HOUR_MS));
    expect(early).toMatchObject({
      holding: 'not-enough-data',
      missing: expect.stringMatching(/^20 hours .* 24/),
    });
    const later = await measured('pool', atDay(3));
    expect(later).toMatchObject({ holding: 'held', isAsExpected: true, missing: undefined });
    expect(later.comparison?.shift?.value).toBeCloseTo(-50, -1);
    expect(later.before).toEqual({ from: atDay(-7), to: atDay(0) });
  });

  it('is judged again: what is as before a month later was not held', async () => {
    await recordDays((day) => (day < 0 || day >= 14 ? 200 : 150), 30);
    await done();
    const holdings = [];
    for (const day of [7, 14, 29]) holdings.push((await measured('pool', atDay(day))).holding);
    expect(holdings).toEqual(['held', 'held', 'not-held']);
    expect((await measured('pool', atDay(29))).after).toEqual({ from: atDay(22), to: atDay(29) });
  });

  it('looks at the week before the work began, not at that of the work', async () => {
    await recordDays((day) => (day < -4 ? 200 : day < 0 ? 400 : 195), 8);
    await book.log({ ...pool, state: 'started', at: atDay(-4) }, NOW);
    await book.update({ id: 'pool', state: 'done', at: atDay(0) }, NOW);
    const measure = await measured('pool', atDay(8));
    expect(measure.before).toEqual({ from: atDay(-14), to: atDay(-7) });
    expect(Math.abs(measure.comparison?.shift?.value ?? 99)).toBeLessThan(15);
  });

  it('is recorded with the medians when somebody says so', async () => {
    await recordDays((day) => (day < 0 ? 200 : 150), 9);
    await done();
    const verified = await book.update({ id: 'pool', state: 'verified', at: atDay(8) }, NOW);
    expect(verified.before).toBeGreaterThan(170);
    expect((verified.after ?? 0) - (verified.before ?? 0)).toBeCloseTo(-50, -1);
  });

  it('is not known without a metric, or without a good side of it', async () => {
    await book.log(
      { id: 'words', title: 'Fewer meetings', service: 'shop', state: 'done', at: atDay(0) },
      NOW,
    );
    expect((await measured('words', NOW)).missing).toBe('It names no metric of a service.');
    await book.log({ ...pool, id: 'odd', metric: 'oddness', state: 'done', at: atDay(0) }, NOW);
    expect((await measured('odd', NOW)).missing).toMatch(/oddness has no good side of its own/);
    await book.log({ ...pool, id: 'new', state: 'started' }, NOW);
    expect((await measured('new', NOW)).missing).toBe('It was not done an hour before.');
  });
});

describe('the log', () => {
  it('has experiments that are over among its improvements, newest first, and is filtered', async () => {
    await recordDays((day) => (day < 0 ? 200 : 150), 2);
    const desk = new ExperimentDesk({ store, recorder: new Recorder(store), metrics });
    const hypothesis = { service: 'shop', metric: METRIC, action: 'add caching', reason: 'fewer queries' };
    const cache = { ...hypothesis, id: 'cache', expectedChangePercent: -20, baselineMinutes: 2_880 };
    await desk.start(cache, atDay(0));
    expect(await readKaizenLog(store, atDay(1))).toEqual([]);
    await desk.stop({ id: 'cache', surprise: 'memory doubled' }, atDay(1));
    await book.log({ ...pool, owner: 'payments team' }, atDay(2));
    const log = await readKaizenLog(store, NOW);
    expect(log.map(({ source, id }) => `${source} ${id}`)).toEqual(['improvement pool', 'experiment cache']);
    expect(log[1]).toMatchObject({
      title: 'add caching',
      surprise: expect.stringMatching(/^memory doubled/),
    });
    const found = async (query: object) => (await readKaizenLog(store, NOW, query)).map(({ id }) => id);
    expect(await found({ owner: 'payments team' })).toEqual(['pool']);
    expect(await found({ source: 'experiment' })).toEqual(['cache']);
    expect(await found({ states: ['proposed'], metric: METRIC })).toEqual(['pool']);
    expect(await found({ service: 'other' })).toEqual([]);
  });

  it('tells a review what was done in its week, and whether what was done before it holds', async () => {
    await recordDays((day) => (day < 0 ? 200 : 150), 20);
    await book.log({ ...pool, state: 'done', at: atDay(0) }, NOW);
    await book.log({ ...pool, id: 'later', state: 'done', at: atDay(9) }, NOW);
    const week = { from: atDay(7), to: atDay(14) };
    const [only, ...others] = await improvementsOfWindow({ store, metrics }, week, week.to);
    expect([only?.improvement.id, others.length]).toEqual(['later', 0]);
    const before = await improvementsBefore({ store, metrics }, week, 4);
    expect(before.map(({ improvement, measure }) => [improvement.id, measure.holding])).toEqual([
      ['pool', 'held'],
    ]);
  });
});
