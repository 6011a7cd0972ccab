import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Labels } from '../../src/model/index.js';
import { type Analysis, analyse } from '../../src/rca/index.js';
import { NOW, openWorld, step, topologyOf, type World } from './world.js';

const shop = [
  ['web', 'orders'],
  ['orders', 'payments'],
  ['orders', 'stock'],
] as const;

let world: World;
beforeEach(async () => {
  world = await openWorld(5);
});
afterEach(async () => {
  await world.close();
});

const ask = (calls: readonly (readonly [string, string])[] = shop, alone: readonly string[] = []) =>
  analyse(world.store, topologyOf(calls, alone), { service: 'web', at: NOW, windowMs: 30 * 60_000 });

const slow = (labels: Labels, from: number, to: number): Promise<void> =>
  world.series({ __name__: 'http_server_latency_seconds', ...labels }, step(from, to, 8));

const sentences = ({ candidates }: Analysis): string =>
  candidates[0]?.supporting.map(({ sentence }) => sentence).join('\n') ?? '';

describe('what stands in for a service', () => {
  it('counts what a sidecar measures in the pods of a service as that of the service', async () => {
    await slow({ service: 'web' }, 0.1, 0.9);
    await slow({ service: 'orders', pod: 'orders-1' }, 0.08, 0.88);
    await world.series(
      { __name__: 'process_open_files', service: 'payments', pod: 'payments-1' },
      step(30, 30, 8),
    );
    for (const [pod, from, to] of [
      ['payments-1', 0.04, 0.84],
      ['orders-1', 0.08, 0.08],
    ] as const) {
      await world.series({ __name__: 'envoy_http_rq_time_seconds', service: 'mesh', pod }, step(from, to, 8));
    }
    const analysis = await ask(shop, ['mesh']);
    expect(analysis.candidates[0]).toMatchObject({ service: 'payments' });
    expect(sentences(analysis)).toMatch(/of payments \(payments-1\), measured at mesh before it/);
    expect(analysis.candidates.map(({ service }) => service)).not.toContain('mesh');
  });

  it('ascribes what a load balancer feels to the one service behind it, which tells nothing of how it serves', async () => {
    const calls = [...shop.slice(0, 1), ['orders', 'balancer'], ['balancer', 'payments']] as const;
    await slow({ service: 'web' }, 0.1, 0.9);
    await slow({ service: 'orders' }, 0.08, 0.88);
    await world.series(
      { __name__: 'haproxy_backend_response_time_seconds', service: 'balancer' },
      step(0.04, 0.84, 8),
    );
    await world.series({ __name__: 'process_open_files', service: 'payments' }, step(30, 30, 8));
    const analysis = await ask(calls);
    expect(analysis.candidates[0]).toMatchObject({ service: 'payments' });
    expect(sentences(analysis)).toContain('measured at balancer before it');
  });

  it('leaves it with the load balancer where the service behind it serves as ever', async () => {
    const calls = [...shop.slice(0, 1), ['orders', 'balancer'], ['balancer', 'payments']] as const;
    await slow({ service: 'web' }, 0.1, 0.9);
    await slow({ service: 'orders' }, 0.08, 0.88);
    await world.series(
      { __name__: 'haproxy_backend_response_time_seconds', service: 'balancer' },
      step(0.04, 0.84, 8),
    );
    await slow({ service: 'payments' }, 0.03, 0.03);
    expect((await ask(calls)).candidates[0]).toMatchObject({ service: 'balancer' });
  });

  it('leaves it with the load balancer where its own processor is busy', async () => {
    const calls = [...shop.slice(0, 1), ['orders', 'balancer'], ['balancer', 'payments']] as const;
    await slow({ service: 'web' }, 0.1, 0.9);
    await world.series(
      { __name__: 'haproxy_backend_response_time_seconds', service: 'balancer' },
      step(0.04, 0.84, 8),
    );
    await world.series({ __name__: 'process_cpu_percent', service: 'balancer' }, step(20, 98, 9));
    await world.series({ __name__: 'process_open_files', service: 'payments' }, step(30, 30, 8));
    expect((await ask(calls)).candidates[0]).toMatchObject({
      service: 'balancer',
      metric: 'process_cpu_percent',
    });
  });

  it.each([
    [
      'a span that names its peer',
      { service: 'orders', span_kind: 'SPAN_KIND_CLIENT', peer_service: 'payments' },
    ],
    [
      'a cluster of Envoy',
      { app: 'orders', envoy_cluster_name: 'outbound|8080||payments.shop.svc.cluster.local' },
    ],
    [
      'a deployment that Linkerd calls',
      { deployment: 'orders', dst_deployment: 'payments', direction: 'outbound' },
    ],
  ])('ascribes what a client measures of its calls to the service that it calls: %s', async (_, labels) => {
    await slow({ service: 'web' }, 0.1, 0.9);
    await slow({ service: 'orders' }, 0.08, 0.88);
    await slow({ service: 'stock' }, 0.02, 0.02);
    await world.series({ __name__: 'upstream_client_latency_seconds', ...labels }, step(0.04, 0.84, 8));
    const analysis = await ask();
    expect(analysis.candidates[0]).toMatchObject({ service: 'payments' });
    expect(sentences(analysis)).toContain('of payments, as orders measures it');
  });

  it('counts a request once that a mesh reports at both ends', async () => {
    const call = (
      reporter: string,
      caller: string,
      callee: string,
      from: number,
      to: number,
    ): Promise<void> =>
      world.series(
        {
          __name__: 'istio_latency_seconds',
          reporter,
          source_workload: caller,
          destination_workload: callee,
        },
        step(from, to, 8),
      );
    await call('destination', 'gateway', 'web', 0.2, 1.2);
    for (const reporter of ['source', 'destination']) {
      await call(reporter, 'web', 'orders', 0.1, 0.8);
      await call(reporter, 'orders', 'payments', 0.05, 0.25);
    }
    const origins = Object.fromEntries(
      (await ask()).candidates.map(({ service, terms }) => [
        service,
        terms.find(({ name }) => name === 'origin')?.value,
      ]),
    );
    expect(origins.orders).toBe(1);
    expect(origins.payments).toBeLessThan(0.7);
  });
});
