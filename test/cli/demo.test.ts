import { describe, expect, test } from 'vitest';
import { notifications } from '../../src/cli/demo/alerts.js';
import { nativeEvents, releaseEvents } from '../../src/cli/demo/events.js';
import { compose, poolUnder } from '../../src/cli/demo/physics.js';
import { planOutage, STEP_MS } from '../../src/cli/demo/plan.js';
import { doors } from '../../src/cli/demo/play.js';
import { encodeRemoteWrite } from '../../src/cli/demo/remote-write.js';
import { scrape } from '../../src/cli/demo/scrape.js';
import { shop } from '../../src/cli/demo/shop.js';
import { type ShopState, simulateShop } from '../../src/cli/demo/simulate.js';
import { timeline } from '../../src/cli/demo/timeline.js';
import { verdictOn } from '../../src/cli/demo/verdict.js';
import {
  AlertmanagerDecoder,
  CloudEventsDecoder,
  defaultLimits,
  EventsDecoder,
  RemoteWriteDecoder,
} from '../../src/ingest/index.js';
import {
  canonicalLabels,
  HOUR_MS,
  instantOf,
  type SeriesInterner,
  type SeriesRef,
  shift,
} from '../../src/model/index.js';

const NOW = instantOf(Date.UTC(2026, 0, 2, 3, 4, 5));
const SEEDS = [1, 2, 3, 17, 4_000_000_000];

function p99(state: ShopState | undefined, service: string): number {
  return state?.services.get(service)?.latency.p99Ms ?? Number.NaN;
}

describe('physics', () => {
  test('a pool with room lets nobody wait, and one without makes them wait until they give up', () => {
    const pool = { size: 20, holdMs: 100, acquireTimeoutMs: 1_000 };
    const calm = poolUnder(pool, 40);
    expect(calm).toMatchObject({ inUse: 4, timedOut: 0 });
    expect(calm.waitMs).toBeLessThan(1);
    const full = poolUnder({ ...pool, size: 2 }, 40);
    expect(full).toMatchObject({ inUse: 2, waitMs: 1_000, timedOut: 0.5 });
  });

  test('the wait for a pool never falls as the load grows', () => {
    const waits = Array.from({ length: 100 }, (_, rate) =>
      poolUnder({ size: 5, holdMs: 100, acquireTimeoutMs: 1_000 }, rate),
    ).map(({ waitMs }) => waitMs);
    expect(waits).toEqual([...waits].sort((one, other) => one - other));
  });

  test('a call that few requests make leaves the median alone and shows in the tail', () => {
    const own = { latency: { p50Ms: 10, p99Ms: 30 }, share: 1 };
    const rare = { latency: { p50Ms: 1_000, p99Ms: 2_000 }, share: 0.02 };
    const { p50Ms, p99Ms } = compose([own, rare]);
    expect(p50Ms).toBeLessThan(50);
    expect(p99Ms).toBeGreaterThan(1_000);
  });
});

describe('the simulated shop', () => {
  test('is a graph of calls in which callers stand before the services that they call', () => {
    const order = shop.map(({ name }) => name);
    expect(order).toHaveLength(12);
    for (const { name, calls } of shop) {
      for (const { callee } of calls) expect(order.indexOf(callee)).toBeGreaterThan(order.indexOf(name));
    }
  });

  test('is the same for the same seed and another for another', () => {
    const plan = planOutage(5, NOW);
    expect(scrape(simulateShop(5, plan))).toEqual(scrape(simulateShop(5, plan)));
    expect(scrape(simulateShop(6, plan))).not.toEqual(scrape(simulateShop(5, plan)));
  });

  test.each(SEEDS)(
    'is calm until the planted change takes effect and slow above it afterwards (seed %i)',
    (seed) => {
      const plan = planOutage(seed, NOW);
      const states = simulateShop(seed, plan);
      const [effect = NOW] = plan.cause.takesEffectAt;
      const before = states.filter(({ at }) => at < effect);
      const after = states.filter(({ at }) => at >= effect);
      for (const service of ['payments', 'checkout', 'frontend']) {
        const calm = Math.max(...before.map((state) => p99(state, service)));
        expect(Math.min(...after.map((state) => p99(state, service)))).toBeGreaterThan(1.5 * calm);
      }
      for (const service of ['recommendations', 'search', 'users', 'inventory']) {
        const calm = Math.max(...before.map((state) => p99(state, service)));
        expect(Math.max(...after.map((state) => p99(state, service)))).toBeLessThan(1.5 * calm);
      }
    },
  );

  test('has counters that only grow', () => {
    const { series } = scrape(simulateShop(1, planOutage(1, NOW)));
    const counters = series.filter(({ labels }) => labels.__name__?.endsWith('_total'));
    expect(counters.length).toBeGreaterThan(50);
    for (const { values } of counters) {
      expect(values.every((value, index) => index === 0 || value >= (values[index - 1] ?? 0))).toBe(true);
    }
  });
});

describe('the play', () => {
  test.each(SEEDS)(
    'plants its cause among decoys and fires the alert of the frontend after it (seed %i)',
    (seed) => {
      const plan = planOutage(seed, NOW);
      const states = simulateShop(seed, plan);
      const kinds = nativeEvents(plan, states).map(({ body }) => body.kind);
      expect(kinds.filter((kind) => kind === 'config_change')).toHaveLength(1);
      for (const kind of ['dependency', 'failure', 'circuit_opened', 'flag_change'])
        expect(kinds).toContain(kind);
      expect(plan.innocentFlag.at).toBeLessThan(plan.cause.at);
      expect(plan.innocentRelease.at).toBeGreaterThan(plan.cause.at);
      expect(plan.oldRelease.at).toBeLessThan(plan.cause.at - 3_600_000);
      expect(releaseEvents(plan).at(-1)?.at).toBe(plan.innocentRelease.at);
      const [first] = notifications(states);
      expect(first?.at).toBeGreaterThan(plan.cause.at);
      expect(first?.at).toBeLessThan(plan.to);
      expect(JSON.stringify(first?.body)).toContain('FrontendSlow');
    },
  );

  test('sends everything in the order of time and every sample once', async () => {
    const plan = planOutage(1, NOW);
    const deliveries = timeline(1, plan);
    const times = deliveries.map(({ at }) => at);
    expect(times).toEqual([...times].sort((one, other) => one - other));
    const { at, series } = scrape(simulateShop(1, plan));
    const sent = deliveries.filter(({ door }) => door === 'write').reduce((sum, { items }) => sum + items, 0);
    expect(sent).toBe(at.length * series.length);
    expect(at).toHaveLength(480);
  });

  test.each(SEEDS)(
    'goes on into the present: the change is taken back, the alerts end, the circuit closes (seed %i)',
    (seed) => {
      const until = shift(NOW, HOUR_MS);
      const plan = planOutage(seed, NOW, until);
      const states = simulateShop(seed, plan);
      expect(states.slice(0, 480)).toEqual(simulateShop(seed, planOutage(seed, NOW)));
      const told = nativeEvents(plan, states).filter(({ at }) => at > NOW);
      expect(told.find(({ body }) => body.kind === 'config_change')?.body).toMatchObject({
        from: '2',
        to: '20',
      });
      expect(told.map(({ body }) => body.kind)).toContain('circuit_closed');
      const last = notifications(states).at(-1);
      expect(last?.at).toBeGreaterThan(plan.mend.at);
      expect(last?.at).toBeLessThan(until);
      expect(last?.body).toMatchObject({ status: 'resolved' });
      expect(p99(states.at(-1), 'frontend')).toBeLessThan(1_500);
      const present = timeline(seed, plan).filter(({ at, door }) => at > NOW && door === 'write');
      expect(new Set(present.map(({ items }) => items)).size).toBe(1);
      expect(present).toHaveLength(HOUR_MS / STEP_MS);
    },
  );

  test('has nothing that a door would refuse', async () => {
    const plan = planOutage(1, NOW, shift(NOW, HOUR_MS));
    const series = new Map<string, SeriesRef>();
    const intern: SeriesInterner = (labels) => {
      const key = canonicalLabels(labels);
      const ref = series.get(key) ?? (series.size as SeriesRef);
      series.set(key, ref);
      return ref;
    };
    const options = { intern, limits: defaultLimits };
    const decoders = {
      write: new RemoteWriteDecoder(options),
      events: new EventsDecoder(options),
      cloudevents: new CloudEventsDecoder(options),
      alertmanager: new AlertmanagerDecoder(options),
    };
    for (const { door, items, body } of timeline(1, plan)) {
      const decoded = decoders[door].decode(
        { body: Buffer.from(await body()), headers: doors[door].headers },
        plan.until,
      );
      expect(decoded.faults).toEqual([]);
      expect(decoded.events.length + (decoded.samples?.length ?? 0)).toBe(items);
    }
    const { series: scraped } = scrape(simulateShop(1, plan));
    expect(series.size).toBe(scraped.length);
  });

  test('encodes remote write as the door reads it', async () => {
    const body = await encodeRemoteWrite([
      { labels: { service: 'cart', __name__: 'up' }, at: [1_700_000_000_000], values: [1.5] },
    ]);
    // snappy: 53 bytes, one literal; then the message of the remote-write 1.0 protocol, labels sorted by name.
    const name = '0a0e0a085f5f6e616d655f5f12027570';
    const service = '0a0f0a0773657276696365120463617274';
    const sample = '121009000000000000f83f1080d095ffbc31';
    expect(body.toString('hex')).toBe(`35d00a33${name}${service}${sample}`);
  });
});

describe('the verdict', () => {
  const plan = planOutage(1, NOW);
  const id = '0123456789abcdef0123456789abcdef';
  const candidate = (service: string, kind: string, at: string) => ({
    rank: 1,
    score: 0.5,
    causeKind: kind,
    title: '',
    service,
    cause: { iri: `http://127.0.0.1:4600/id/${kind}/${at}/${id}` },
    terms: [],
    supporting: [],
    opposing: [],
    rejected: null,
  });
  const planted = new Date(plan.cause.at).toISOString().replaceAll('-', '').replaceAll(':', '');
  const right = candidate('payments', 'config_change', planted);

  test('is good only when the first candidate blames the planted receipt', () => {
    const other = candidate('recommendations', 'deployment', planted);
    expect(verdictOn([right, other], plan).found).toBe(true);
    expect(verdictOn([other, right], plan)).toMatchObject({ found: false });
    expect(verdictOn([other, right], plan).text).toContain('ranked 2');
    expect(verdictOn([], plan).found).toBe(false);
  });

  test('is not good for another change of the same service', () => {
    expect(verdictOn([candidate('payments', 'config_change', '20260102T010000.000Z')], plan).found).toBe(
      false,
    );
    expect(verdictOn([candidate('payments', 'deployment', planted)], plan).found).toBe(false);
  });
});
