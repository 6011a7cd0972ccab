import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Iris } from '../../src/model/index.js';
import { analyse, sparqlOf, stepsOf, type Why } from '../../src/rca/index.js';
import { ago, NOW, openWorld, step, topologyOf, type World } from './world.js';

let world: World;
beforeEach(async () => {
  world = await openWorld(23);
});
afterEach(async () => {
  await world.close();
});

const shop = topologyOf([
  ['web', 'checkout'],
  ['checkout', 'payment'],
  ['checkout', 'stock'],
]);

async function why(service: string, metric?: string): Promise<Why> {
  const question = { service, at: NOW, windowMs: 30 * 60_000, ...(metric === undefined ? {} : { metric }) };
  return (await analyse(world.store, shop, question)).why;
}

/** The kinds of the steps from the problem down, always by the first answer. */
function kindsDown(one: Why): readonly string[] {
  const first = one.causes[0];
  return [one.kind, ...(first === undefined ? [] : kindsDown(first))];
}

const DIFF = `--- a/src/cache.rs
+++ b/src/cache.rs
@@ -340,5 +340,4 @@ impl Cache {
 fn insert(&mut self, key: Key) {
     self.entries.push(key);
-    self.evict_oldest();
+    self.memory_hint = self.entries.len();
 }
`;

/** The guide's example: latency, queue depth, workers, an out-of-memory crash, a leak, the eviction of a cache. */
async function cacheLeak(): Promise<void> {
  await world.series({ __name__: 'latency_p99_ms', service: 'payment' }, step(100, 260, 5));
  await world.series({ __name__: 'queue_depth', service: 'payment' }, step(40, 160, 7));
  await world.series(
    { __name__: 'heap_used_bytes', service: 'payment', component: 'cache' },
    step(2e8, 9e8, 18, 6),
  );
  await world.events(
    { kind: 'worker_activated', at: ago(120), service: 'payment', worker: 'w1' },
    { kind: 'worker_activated', at: ago(120), service: 'payment', worker: 'w2' },
    { kind: 'worker_activated', at: ago(120), service: 'payment', worker: 'w3' },
    { kind: 'worker_deactivated', at: ago(8), service: 'payment', worker: 'w1' },
    { kind: 'worker_deactivated', at: ago(7.5), service: 'payment', worker: 'w2' },
    ...[9, 8.9, 8.5, 8, 7.5, 7].map((m) => ({
      kind: 'failure' as const,
      at: ago(m),
      service: 'payment',
      component: 'worker',
      reason: 'killed: out of memory',
    })),
    {
      kind: 'deployment',
      at: ago(25),
      service: 'payment',
      version: '2.4.1',
      message: 'Keep entries of the payment cache longer',
      diff: DIFF,
    },
  );
}

describe('the five whys', () => {
  it('goes from the latency over queue, workers, crash and leak to the line of the deployment, as in the guide', async () => {
    await cacheLeak();
    const chain = await why('payment', 'latency_p99_ms');
    expect(kindsDown(chain)).toEqual(['felt', 'waiting', 'workers', 'failing', 'resource', 'change', 'diff']);
    const steps = stepsOf(chain);
    const last = steps.at(-1);
    expect(last?.sentence).toMatch(/line 342 of src\/cache\.rs/);
    expect(last?.end).toBeDefined();
    expect(steps.every(({ cites }) => cites.length > 0)).toBe(true);
  });

  it('never answers with what began later than what it answers for', async () => {
    await cacheLeak();
    const check = (one: Why): void => {
      for (const cause of one.causes) {
        expect((cause.onsetAt ?? 0) - (one.onsetAt ?? 0)).toBeLessThanOrEqual(90_000);
        check(cause);
      }
    };
    check(await why('payment', 'latency_p99_ms'));
  });

  it('is the same for the same evidence', async () => {
    await cacheLeak();
    expect(await why('payment')).toEqual(await why('payment'));
  });

  it('stops at the leak, and says what is needed, when no change is recorded', async () => {
    await world.series({ __name__: 'latency_p99_ms', service: 'payment' }, step(100, 260, 5));
    await world.series({ __name__: 'heap_used_bytes', service: 'payment' }, step(2e8, 9e8, 8));
    const chain = await why('payment', 'latency_p99_ms');
    expect(kindsDown(chain)).toEqual(['felt', 'resource']);
    const end = chain.causes[0]?.end;
    expect(end?.reason).toMatch(/no change of payment/);
    expect(end?.needed).toMatch(/profile/);
  });

  it('goes on in the service that is waited for', async () => {
    await world.series({ __name__: 'latency_p99_ms', service: 'checkout' }, step(100, 300, 6));
    await world.series({ __name__: 'latency_p99_ms', service: 'payment' }, step(50, 240, 7));
    await world.series({ __name__: 'cpu_usage_percent', service: 'payment' }, step(20, 95, 8));
    await world.series({ __name__: 'cpu_usage_percent', service: 'stock' }, step(20, 20, 8));
    const steps = stepsOf(await why('checkout', 'latency_p99_ms'));
    expect(steps.map(({ service, kind }) => `${service} ${kind}`)).toEqual([
      'checkout felt',
      'payment felt',
      'payment resource',
    ]);
  });

  it('branches where two explanations stand', async () => {
    await world.series({ __name__: 'latency_p99_ms', service: 'checkout' }, step(100, 400, 6));
    await world.series({ __name__: 'latency_p99_ms', service: 'payment' }, step(50, 220, 7));
    await world.series({ __name__: 'latency_p99_ms', service: 'stock' }, step(50, 220, 7));
    const chain = await why('checkout', 'latency_p99_ms');
    expect(chain.causes.map(({ place }) => place)).toEqual(['1', '2']);
    expect(chain.causes.map(({ service }) => service).sort()).toEqual(['payment', 'stock']);
  });

  it('asks nothing where nothing was seen, and says what is missing', async () => {
    await world.series({ __name__: 'latency_p99_ms', service: 'checkout' }, step(100, 100, 6));
    const chain = await why('checkout');
    expect(chain.causes).toEqual([]);
    expect(chain.end?.needed).not.toBe('');
  });

  it('writes each query as SPARQL with the IRIs of the server', async () => {
    await cacheLeak();
    const iris = new Iris('https://genchi.example');
    const queries = stepsOf(await why('payment', 'latency_p99_ms')).flatMap(({ query }) =>
      query === undefined ? [] : [sparqlOf(query, iris)],
    );
    expect(queries).toHaveLength(7);
    expect(queries[0]).toContain('tps:series <https://genchi.example/id/series/');
    expect(queries[2]).toContain('tps:service <https://genchi.example/id/service/payment>');
  });
});
