import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Analysis, analyse } from '../../src/rca/index.js';
import { ago, NOW, openWorld, step, topologyOf, type World } from './world.js';

let world: World;
beforeEach(async () => {
  world = await openWorld(41);
});
afterEach(async () => {
  await world.close();
});

const shop = topologyOf([
  ['web', 'checkout'],
  ['checkout', 'payment-gateway'],
  ['checkout', 'orders-db'],
]);

const ask = (service: string, metric: string, windowMs = 30 * 60_000): Promise<Analysis> =>
  analyse(world.store, shop, { service, metric, at: NOW, windowMs });

const metric = (service: string, name: string, from: number, to: number, minutesAgo: number): Promise<void> =>
  world.series({ __name__: name, service }, step(from, to, minutesAgo));

/** Latency up by 40 %, the queue by 60 %, the database by 80 %, the payment gateway by 120 %, as many workers as before. */
async function gatewaySlows(): Promise<void> {
  await metric('payment-gateway', 'request_latency_p99_ms', 200, 440, 12);
  await metric('orders-db', 'query_duration_p99_ms', 10, 18, 10.5);
  await metric('checkout', 'request_latency_p99_ms', 600, 840, 11.5);
  await metric('checkout', 'queue_depth', 100, 160, 11);
  await metric('checkout', 'workers_active', 8, 8, 5);
}

describe('the example of the slow payment gateway', () => {
  it('puts the gateway first, not the queue that grew behind it', async () => {
    await gatewaySlows();
    const { candidates, rejected } = await ask('checkout', 'request_latency_p99_ms');
    expect(candidates[0]).toMatchObject({ service: 'payment-gateway', causeKind: 'metric' });
    const still = rejected.find(({ metric: name }) => name === 'workers_active');
    expect(still?.rejected).toContain('No lasting change');
  });

  it('says that the gateway would have to be measured when its metrics are taken away', async () => {
    await metric('checkout', 'request_latency_p99_ms', 600, 840, 11.5);
    const { candidates, missing } = await ask('checkout', 'request_latency_p99_ms');
    expect(candidates.some(({ service }) => service === 'payment-gateway')).toBe(false);
    expect(missing.join('\n')).toMatch(/No series of .*payment-gateway.* Needed: their metrics/);
  });
});

const DIFF = `--- a/src/cache.rs
+++ b/src/cache.rs
@@ -340,5 +340,4 @@ impl Cache {
 fn insert(&mut self, key: Key) {
     self.entries.push(key);
-    self.evict_oldest();
+    self.memory_hint = self.entries.len();
 }
`;

async function cacheLeaks(told: Readonly<Record<string, string>>): Promise<void> {
  await metric('checkout', 'latency_p99_ms', 100, 260, 5);
  await metric('checkout', 'queue_depth', 40, 160, 7);
  await world.series(
    { __name__: 'heap_used_bytes', service: 'checkout', component: 'cache' },
    step(2e8, 9e8, 18, 6),
  );
  await world.events(
    ...[9, 8.9, 8.5, 8, 7.5, 7].map((minutes) => ({
      kind: 'failure' as const,
      at: ago(minutes),
      service: 'checkout',
      component: 'worker',
      reason: 'killed: out of memory',
    })),
    { kind: 'deployment', at: ago(25), service: 'checkout', version: '2.4.1', ...told },
    {
      kind: 'deployment',
      at: ago(20),
      service: 'checkout',
      version: '2.4.2',
      message: 'Reword the receipt\n\ndocs/receipt.md',
    },
  );
}

describe('the example of the cache that evicts no more', () => {
  it('puts the deployment that took the eviction away first, and rules the later one out', async () => {
    await cacheLeaks({ message: 'Keep entries of the cache longer', diff: DIFF });
    const { candidates, rejected } = await ask('checkout', 'latency_p99_ms');
    expect(candidates[0]).toMatchObject({ causeKind: 'deployment', remedy: 'rollback' });
    expect(candidates[0]?.title).toContain('2.4.1');
    const mechanism = candidates[0]?.terms.find(({ name }) => name === 'mechanism');
    expect(mechanism?.meaning).toMatch(/takes a release away/);
    expect(rejected.find(({ title }) => title.includes('2.4.2'))?.rejected).toBe(
      'It touches only documentation.',
    );
  });

  it('asks for the diff instead of blaming the deployment in full when it is taken away', async () => {
    await cacheLeaks({ message: 'Keep entries of the cache longer', diff: DIFF });
    const told = await ask('checkout', 'latency_p99_ms');
    await world.close();
    world = await openWorld(41);
    await cacheLeaks({});
    const { candidates, missing } = await ask('checkout', 'latency_p99_ms');
    const blamed = candidates.find(({ title }) => title.includes('2.4.1'));
    expect(blamed?.score ?? 0).toBeLessThan((told.candidates[0]?.score ?? 0) - 0.05);
    if (candidates[0] === blamed)
      expect(missing.join('\n')).toMatch(/Nothing is recorded of what .*2\.4\.1.* did/);
    else expect(candidates[0]).toMatchObject({ causeKind: 'metric', service: 'checkout' });
  });
});
