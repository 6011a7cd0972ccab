import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Analysis, analyse } from '../../src/rca/index.js';
import { ago, NOW, openWorld, step, topologyOf, type World } from './world.js';

let world: World;
beforeEach(async () => {
  world = await openWorld(5);
});
afterEach(async () => {
  await world.close();
});

const shop = topologyOf([
  ['web', 'orders'],
  ['orders', 'pay'],
]);

const ask = (): Promise<Analysis> =>
  analyse(world.store, shop, { service: 'orders', metric: 'error_ratio', at: NOW, windowMs: 30 * 60_000 });

async function failing(reason: (place: number) => string): Promise<void> {
  await world.series({ __name__: 'error_ratio', service: 'orders' }, step(0.01, 0.9, 8));
  await world.events(
    ...Array.from({ length: 12 }, (_, place) => ({
      kind: 'failure' as const,
      at: ago(8 - place * 0.5),
      service: 'orders',
      component: 'client',
      reason: reason(place),
    })),
  );
}

const release = (message: string, diff: string) =>
  ({ kind: 'deployment', at: ago(9), service: 'orders', version: '1.1', message, diff }) as const;

const TIDY = '-\tclient := http.Client{TLS: cfg.TLS}\n+\tclient := newClient(cfg.TLS)';

describe('causes that nobody changed', () => {
  it('are an expired certificate, though the latest deployment touched the client that complains', async () => {
    await failing(() => 'x509: certificate has expired or is not yet valid');
    await world.series(
      { __name__: 'tls_cert_seconds_until_expiry', service: 'orders' },
      (minutesAgo) => (minutesAgo - 8) * 60,
    );
    await world.events(release('refactor: tidy the TLS client', TIDY));
    const { candidates } = await ask();
    expect(candidates[0]).toMatchObject({
      causeKind: 'outside',
      component: 'certificate',
      remedy: 'renew-certificate',
    });
  });

  it('are one record that comes again and again, not many that fail alike', async () => {
    await failing(() => 'validation error: lat out of range; record_id=r-81 offset=4711; redelivering');
    await world.events(release('Tidy the parser', '-\treturn parse(b, &r)\n+\treturn parseRecord(b)'));
    expect((await ask()).candidates[0]).toMatchObject({ component: 'data', remedy: 'quarantine-data' });
  });

  it('are no such thing when every failure names another record', async () => {
    await failing((place) => `validation error: record_id=r-${place} lacks the field total`);
    const { candidates } = await ask();
    expect(candidates.some(({ component }) => component === 'data')).toBe(false);
  });

  it('are a provider whose host answers with failures', async () => {
    await failing(() => 'POST https://api.cards.example.com/v1/charge returned 503');
    await world.events(release('Tidy the handler', TIDY));
    const [first] = (await ask()).candidates;
    expect(first).toMatchObject({ causeKind: 'outside', component: 'provider', remedy: 'fail-over' });
    expect(first?.title).toContain('api.cards.example.com');
  });

  it('yield to a change that does just such a thing: the name that is not found is the one it set', async () => {
    await failing(() => 'dial tcp: lookup "pay-legacy.internal": no such host');
    await world.events(release('Tidy the settings', '-host: "pay.internal"\n+host: "pay-legacy.internal"'));
    expect((await ask()).candidates[0]).toMatchObject({ causeKind: 'deployment', service: 'orders' });
  });
});

describe('traps among changes', () => {
  it('blames the merged commit that renames what the failures miss, not the deployment that took it along', async () => {
    await failing(() => "failed to read the envelope: missing required field 'meta'");
    await world.events(
      {
        ...release('Tidy field names', '-\tMeta map `json:"meta"`\n+\tMetadata map `json:"metadata"`'),
        at: ago(14),
        action: 'merged',
        service: 'repository',
        version: 'abc',
        commit: 'abc',
      },
      release('Tidy the decoder', '-\td := &Decoder{}\n-\td.strict = true\n+\td := &Decoder{strict: true}'),
    );
    expect((await ask()).candidates[0]).toMatchObject({ causeKind: 'deployment', commit: 'abc' });
  });

  it('rules a merged commit out that no deployment took along before the onset', async () => {
    await failing(() => "missing required field 'meta'");
    await world.events({
      ...release('Rename meta', '-"meta"\n+"metadata"'),
      action: 'merged',
      service: 'repository',
    });
    const [rejected] = (await ask()).rejected.filter(({ causeKind }) => causeKind === 'deployment');
    expect(rejected?.rejected).toBe('No deployment between it and the onset took it along.');
  });

  it('takes a caller that asks for more as a cause only when more is asked', async () => {
    await world.series({ __name__: 'error_ratio', service: 'orders' }, step(0.01, 0.9, 8));
    const change = {
      kind: 'config_change',
      at: ago(12),
      service: 'web',
      key: 'cache.ttl',
      fromValue: '15m',
      toValue: '15s',
    } as const;
    await world.events(change);
    const quiet = await ask();
    expect(quiet.candidates.some(({ causeKind }) => causeKind === 'config_change')).toBe(false);
    await world.series({ __name__: 'requests_per_second', service: 'orders' }, step(100, 700, 11));
    const loud = await ask();
    expect(loud.candidates.find(({ causeKind }) => causeKind === 'config_change')).toMatchObject({
      service: 'web',
      actsOn: ['orders'],
    });
  });

  it('begin when they were first told of, where no metric tells it', async () => {
    await failing(() => 'x509: certificate has expired or is not yet valid');
    const { candidates } = await ask();
    expect(candidates[0]).toMatchObject({ component: 'certificate', onsetAt: ago(8) });
  });

  it('are a node on which several services degrade together, and not elsewhere', async () => {
    await world.series({ __name__: 'error_ratio', service: 'orders' }, step(0.01, 0.9, 8));
    for (const [service, pod, node, to] of [
      ['orders', 'orders-1', 'n1', 0.9],
      ['orders', 'orders-2', 'n2', 0.1],
      ['pay', 'pay-1', 'n1', 0.8],
      ['pay', 'pay-2', 'n2', 0.1],
      ['web', 'web-2', 'n3', 0.1],
    ] as const) {
      await world.series({ __name__: 'latency_seconds', service, pod, node }, step(0.1, to, 8.5));
    }
    const { candidates } = await ask();
    expect(candidates[0]).toMatchObject({ causeKind: 'outside', component: 'node', remedy: 'replace-node' });
    expect(candidates[0]?.onsetAt).toBeLessThan(ago(7));
    expect(candidates[0]?.supporting[0]?.sentence).toBe(
      '2 of 2 services measured on n1 are degraded there (orders, pay), of 3 measured on other nodes 0.',
    );
    expect(candidates[0]?.supporting[0]?.cites.length).toBeGreaterThan(3);
    expect(candidates[0]?.terms.map(({ name }) => name)).toEqual([
      'origin',
      'clearness',
      'share',
      'corroboration',
    ]);
  });

  const instances = async (): Promise<void> => {
    await world.series({ __name__: 'error_ratio', service: 'orders' }, step(0.01, 0.9, 8));
    const alive = (pod: string, from: number, to: number): Promise<void> =>
      world.series({ __name__: 'open_files', service: 'orders', pod }, (minutes, noise) =>
        minutes <= from && minutes >= to ? 40 + noise : Number.NaN,
      );
    await alive('orders-a', 1_000, 0);
    await alive('orders-b', 1_000, 8);
    await alive('orders-c', 7, 0);
  };
  const gone = ({ candidates }: Analysis) => candidates.find(({ component }) => component === 'instance');

  it('are an instance that is gone, with the samples by which that is known', async () => {
    await instances();
    const found = gone(await ask());
    expect(found).toMatchObject({ title: 'An instance was replaced (orders)', onsetAt: ago(8) });
    expect(found?.supporting.map(({ sentence }) => sentence)).toEqual([
      'The series of orders-b of orders end at 11:52:00 UTC.',
      'orders-c of orders appears at 11:53:00 UTC.',
    ]);
    expect(found?.supporting.every(({ cites }) => cites.length === 1)).toBe(true);
  });

  it('are no instance that a deployment replaced', async () => {
    await instances();
    await world.events(release('Tidy', '-a\n+b'));
    expect(gone(await ask())).toBeUndefined();
  });
});

describe('who suffers', () => {
  it('names the callers that fail since, and not the service where failing begins', async () => {
    await failing(() => 'panic: nil pointer dereference');
    await world.series({ __name__: 'error_ratio', service: 'web' }, step(0.01, 0.6, 7));
    expect(await ask()).toMatchObject({ firstFailing: 'orders', affected: ['web'] });
  });
});
