import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ExperimentDesk,
  metricTableOf,
  readExperiment,
  readExperiments,
  readStatus,
} from '../../../src/analysis/index.js';
import { seededRandom } from '../../../src/cli/demo/random.js';
import { type EvidenceStore, Recorder } from '../../../src/evidence/index.js';
import { readOntologyTerms } from '../../../src/graph/index.js';
import { type Instant, type Labels, MINUTE_MS, shift } from '../../../src/model/index.js';
import { blockOf, freshFolder, openStore, receiptFor, type SampleRow, T0 } from '../../evidence/fixture.js';

const metrics = metricTableOf(await readOntologyTerms());
const atMinute = (minutes: number): Instant => shift(T0, minutes * MINUTE_MS);
const NOW = atMinute(300);

let remove: () => Promise<void>;
let store: EvidenceStore;
let desk: ExperimentDesk;

beforeEach(async () => {
  const fresh = await freshFolder();
  remove = fresh.remove;
  store = await openStore(fresh.folder, NOW);
  desk = new ExperimentDesk({ store, recorder: new Recorder(store), metrics });
});
afterEach(async () => {
  await store.close();
  await remove();
});

const latency = (track: string): Labels => ({ __name__: 'latency_ms', job: 'shop', track });

/** Minutes -70..120 of a metric; from minute 0 on it is at another level. */
function rowsOf(labels: Labels, before: number, since: number, noise = 8, seed = 1): readonly SampleRow[] {
  const random = seededRandom(seed);
  return Array.from({ length: 190 }, (_, item): SampleRow => {
    const minute = item - 70;
    return [labels, minute * MINUTE_MS + 7_000, (minute < 0 ? before : since) + noise * random.normal()];
  });
}

const record = (...rows: readonly (readonly SampleRow[])[]) =>
  store.append({ events: [], samples: blockOf(store, rows.flat()) });

const hypothesis = {
  id: 'cache-1',
  service: 'shop',
  metric: 'latency_ms',
  action: 'add caching to the payment API',
  reason: 'fewer queries reach the database',
  expectedChangePercent: -30,
  owner: 'payments team',
  plannedMinutes: 60,
};
const canary = {
  ...hypothesis,
  treated: [{ name: 'track', operator: '=', value: 'canary' }],
  control: [{ name: 'track', operator: '!=', value: 'canary' }],
};

describe('an experiment with a canary', () => {
  const start = async () => {
    await record(rowsOf(latency('canary'), 200, 120), rowsOf(latency('stable'), 200, 200, 8, 2));
    return desk.start(canary, atMinute(0));
  };

  it('is recorded with its hypothesis, its baseline and how its arms are told apart', async () => {
    const { started } = await start();
    expect(started).toMatchObject({
      experiment: 'cache-1',
      hypothesis:
        'If we add caching to the payment API, latency_ms will change by -30 %, because fewer queries reach the database',
      expectedChangePercent: -30,
      treatedSelector: '{track="canary"}',
      controlSelector: '{track!="canary"}',
      baselineFrom: atMinute(-60),
      owner: 'payments team',
    });
    expect(started.baselineMean).toBeCloseTo(200, -1);
    expect(started.baselineP95).toBeGreaterThan(started.baselineMean ?? Number.NaN);
    expect(started.baselineP99).toBeGreaterThan(started.baselineP95 ?? Number.NaN);
  });

  it('has a verdict at any time: not enough data at first, with how much is missing, then what it showed', async () => {
    const experiment = await start();
    const early = await readStatus({ store, metrics }, experiment, atMinute(4));
    expect(early).toMatchObject({ verdict: 'undecided', minutesToGo: 6 });
    expect(early.missing).toMatch(/about 6 more minutes/);
    const late = await readStatus({ store, metrics }, experiment, atMinute(60));
    expect(late).toMatchObject({ verdict: 'success', missing: undefined, minutesToGo: undefined });
    expect(late.outcome?.changePercent?.value).toBeCloseTo(-40, -0.5);
    expect(late.surprises).toEqual([expect.stringMatching(/^It did more than expected: -\d/)]);
  });

  it('is stopped with the verdict of then, which is recorded once and answers for all later times', async () => {
    await start();
    const { ended } = await desk.stop({ id: 'cache-1', surprise: 'memory doubled' }, atMinute(60));
    expect(ended).toMatchObject({ outcome: 'success', comparedMinutes: 60, at: atMinute(60) });
    expect(ended?.before).toBeCloseTo(200, -0.5);
    expect(ended?.after).toBeCloseTo(120, -0.5);
    expect(ended?.surprise).toMatch(/^memory doubled\nIt did more than expected/);
    expect((await desk.stop({ id: 'cache-1', surprise: 'again' }, NOW)).ended).toEqual(ended);
    const experiment = await readExperiment(store, 'cache-1', NOW);
    const status = await readStatus({ store, metrics }, experiment ?? (await start()), NOW);
    expect(status.judgedAt).toBe(atMinute(60));
    // Before its end it was running still.
    expect((await readExperiment(store, 'cache-1', atMinute(59)))?.ended).toBeUndefined();
  });

  it('is started once, however often it is sent, as it was sent first', async () => {
    const { started } = await start();
    const again = await desk.start({ ...canary, expectedChangePercent: -5 }, atMinute(1));
    expect(again.started).toEqual(started);
    const [, other] = await Promise.all([
      desk.start({ ...canary, id: 'twin' }, atMinute(2)),
      desk.start({ ...canary, id: 'twin' }, atMinute(2)),
    ]);
    expect(await readExperiments(store, NOW)).toHaveLength(2);
    expect(other.started.at).toBe(atMinute(2));
  });
});

describe('an experiment without a control', () => {
  it('is held against its baseline, and rolled back when it goes the wrong way', async () => {
    await record(rowsOf(latency('all'), 200, 250));
    await record(rowsOf({ __name__: 'kanban_throughput_per_min', service: 'shop' }, 40, 20, 1, 3));
    const experiment = await desk.start(hypothesis, atMinute(0));
    expect(experiment.started.baselineThroughputPerMin).toBeCloseTo(40, -0.5);
    const status = await readStatus({ store, metrics }, experiment, atMinute(60));
    expect(status.verdict).toBe('negative');
    expect(status.outcome?.controlMinutes).toBe(60);
    expect(status.surprises).toEqual([
      expect.stringMatching(/^It went the other way: \+2\d\.\d % .* where -30\.0 % was expected/),
      expect.stringMatching(
        /^Throughput went from [34]\d\.?\d* to [12]\d\.?\d* a minute \(-(5[01]|49)\.\d %\)/,
      ),
    ]);
  });

  it('is a surprise when its tail moves the other way', async () => {
    const spikes = rowsOf(latency('all'), 200, 100).map(
      ([labels, at, value], item): SampleRow => [labels, at, item > 70 && item % 20 === 0 ? 900 : value],
    );
    await record(spikes);
    const experiment = await desk.start(hypothesis, atMinute(0));
    const { surprises } = await readStatus({ store, metrics }, experiment, atMinute(60));
    expect(surprises).toContainEqual(
      expect.stringMatching(/^Its p99 went from 2\d+\.?\d* to 900 .* though its median fell/),
    );
  });
});

describe('the desk', () => {
  it.each<[string, object, string, RegExp]>([
    ['no id', { ...canary, id: '  ' }, 'bad-request', /^id: expected a text/],
    ['no change', { ...canary, expectedChangePercent: 0 }, 'bad-request', /^expectedChangePercent:/],
    ['a control alone', { ...canary, treated: undefined }, 'bad-request', /^treated/],
    [
      'a baseline of half an hour',
      { ...canary, baselineMinutes: 30 },
      'bad-window',
      /60 to 10080 minutes, not 30/,
    ],
    [
      'a start in the future',
      { ...canary, startedAt: atMinute(9) },
      'bad-request',
      /^startedAt: .*last 7 days/,
    ],
    [
      'a metric that nobody sends',
      { ...canary, metric: 'nothing' },
      'no-data',
      /^nothing of shop has no samples/,
    ],
    [
      'series of both arms',
      { ...canary, control: [{ name: 'track', operator: '!=', value: 'x' }] },
      'bad-request',
      /belong to the canary and to the control/,
    ],
  ])('refuses %s and records nothing', async (_, request, code, message) => {
    await record(rowsOf(latency('canary'), 200, 120));
    const refused = desk.start(request, atMinute(0));
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(await readExperiments(store, NOW)).toEqual([]);
  });

  it('knows no experiment that did not start, and no end before the start', async () => {
    await expect(desk.stop({ id: 'x' }, NOW)).rejects.toMatchObject({ code: 'unknown-experiment' });
    await record(rowsOf(latency('canary'), 200, 120));
    await desk.start(hypothesis, atMinute(0));
    const early = desk.stop({ id: 'cache-1', endedAt: atMinute(-1) }, NOW);
    await expect(early).rejects.toMatchObject({ code: 'bad-request' });
  });

  it('judges what other doors told of, by the good side of its metric where no change was expected', async () => {
    await record(rowsOf({ __name__: 'kanban_latency_p99_ms', service: 'shop' }, 200, 150));
    const told = {
      kind: 'experiment_started',
      at: atMinute(0),
      service: 'shop',
      experiment: 'told',
    } as const;
    await store.append({ events: [receiptFor({ ...told, metric: 'kanban_latency_p99_ms' })] });
    const [experiment] = await readExperiments(store, NOW, 'shop');
    expect(await readExperiments(store, NOW, 'other')).toEqual([]);
    const statusOf = (metric: string) =>
      readStatus(
        { store, metrics },
        { started: { ...receiptFor({ ...told, metric }), ...told, metric }, ended: undefined },
        atMinute(60),
      );
    expect(experiment?.id).toBe('told');
    expect((await statusOf('kanban_latency_p99_ms')).verdict).toBe('success');
    const unsided = await statusOf('latency_ms');
    expect([unsided.verdict, unsided.missing]).toEqual([
      'undecided',
      'Nobody said what change is expected, and latency_ms has no good side of its own.',
    ]);
  });
});
