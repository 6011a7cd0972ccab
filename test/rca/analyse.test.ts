import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePath } from '../../src/model/index.js';
import { type Analysis, analyse, type Candidate } from '../../src/rca/index.js';
import { ago, NOW, openWorld, step, topologyOf, type World } from './world.js';

const WINDOW = 30 * 60_000;
const shop = topologyOf(
  [
    ['web', 'checkout'],
    ['checkout', 'payment'],
    ['checkout', 'cart'],
    ['payment', 'ledger'],
  ],
  ['warehouse'],
);

let world: World;
beforeEach(async () => {
  world = await openWorld(7);
});
afterEach(async () => {
  await world.close();
});

const ask = (topology = shop, service = 'checkout', metric?: string): Promise<Analysis> =>
  analyse(world.store, topology, {
    service,
    at: NOW,
    windowMs: WINDOW,
    ...(metric === undefined ? {} : { metric }),
  });

const latency = (service: string, value: (minutesAgo: number, noise: number) => number): Promise<void> =>
  world.series({ __name__: 'request_latency_p99_ms', service }, value);

/** Ledger grows slow, payment and checkout with it, each a little later; cart stays as it is. */
async function ledgerSlows(): Promise<void> {
  await latency('ledger', step(20, 400, 10));
  await latency('payment', step(60, 440, 9.5));
  await latency('checkout', step(120, 500, 9));
  await latency('cart', step(30, 30, 9));
}

function deploymentOf(service: string, minutesAgo: number, message: string, version = '2.0.0') {
  return { kind: 'deployment', at: ago(minutesAgo), service, version, message } as const;
}

const of = (list: readonly Candidate[], service: string): Candidate | undefined =>
  list.find((candidate) => candidate.service === service && candidate.causeKind === 'deployment');

describe('analyse', () => {
  it('takes what Genchi computed of the evidence neither for a symptom nor for a cause', async () => {
    await ledgerSlows();
    for (const service of ['checkout', 'ledger']) {
      await world.series(
        { __name__: 'jidoka_failure_rate', service, computed_by: 'genchi' },
        step(0.001, 0.9, 12),
      );
    }
    const { symptomMetric, candidates, rejected } = await ask();
    expect(symptomMetric).toBe('request_latency_p99_ms');
    expect(candidates[0]?.service).toBe('ledger');
    expect(JSON.stringify([candidates, rejected])).not.toContain('jidoka_failure_rate');
  });

  it('blames the leaf whose memory leaks, not the services that suffer from it', async () => {
    await ledgerSlows();
    await world.series(
      { __name__: 'process_resident_memory_bytes', service: 'ledger' },
      step(3e8, 2e9, 14, 14),
    );
    await world.series({ __name__: 'process_resident_memory_bytes', service: 'checkout' }, step(2e8, 2e8, 5));
    const analysis = await ask();
    const [first] = analysis.candidates;
    expect(first).toMatchObject({
      rank: 1,
      causeKind: 'metric',
      service: 'ledger',
      metric: 'process_resident_memory_bytes',
    });
    expect(analysis.symptomMetric).toBe('request_latency_p99_ms');
    expect(analysis.missing).toEqual([]);
    const origin = (service: string): number | undefined =>
      analysis.candidates
        .find((candidate) => candidate.service === service)
        ?.terms.find(({ name }) => name === 'origin')?.value;
    expect(origin('ledger')).toBe(1);
    expect(origin('checkout')).toBeLessThan(0.2);
  });

  it('finds the onset of the symptom within two samples of when it began', async () => {
    await ledgerSlows();
    const { onsetAt } = await ask();
    expect(Math.abs((onsetAt ?? 0) - ago(9))).toBeLessThanOrEqual(30_000);
  });

  it('blames the deployment where it begins rather than a later one on a service that suffers', async () => {
    await ledgerSlows();
    await world.events(
      deploymentOf('ledger', 12, 'Write entries one by one instead of in batches'),
      deploymentOf('checkout', 9.5, 'Reword the receipt mail'),
    );
    const { candidates } = await ask();
    expect(candidates[0]).toMatchObject({ causeKind: 'deployment', service: 'ledger' });
    const decoy = of(candidates, 'checkout');
    expect(decoy?.score ?? 0).toBeLessThan((candidates[0]?.score ?? 0) - 0.2);
  });

  it('prefers the change whose own words meet what went wrong over one of the same release', async () => {
    await ledgerSlows();
    await world.series({ __name__: 'db_pool_in_use', service: 'ledger' }, step(5, 40, 10));
    await world.events(
      {
        kind: 'config_change',
        at: ago(12),
        service: 'ledger',
        key: 'database.pool.size',
        fromValue: '40',
        toValue: '4',
      },
      {
        kind: 'config_change',
        at: ago(12),
        service: 'ledger',
        key: 'banner.colour',
        fromValue: 'red',
        toValue: 'blue',
      },
    );
    const { candidates } = await ask();
    expect(candidates[0]?.title).toContain('database.pool.size');
    const words = candidates[0]?.terms.find(({ name }) => name === 'words');
    expect(words?.meaning).toContain('pool');
  });

  it('rejects a deployment after the onset, and says so', async () => {
    await ledgerSlows();
    await world.events(deploymentOf('ledger', 3, 'Write latency of requests'));
    const { candidates, rejected } = await ask();
    expect(of(candidates, 'ledger')).toBeUndefined();
    expect(of(rejected, 'ledger')?.rejected).toMatch(/after the symptom began/);
  });

  it('rejects deployments out of reach, those of callers too', async () => {
    await ledgerSlows();
    await world.events(
      deploymentOf('warehouse', 10.5, 'Change request latency'),
      deploymentOf('web', 10.5, 'Change request latency'),
    );
    const { candidates, rejected } = await ask();
    expect(candidates.some(({ causeKind }) => causeKind === 'deployment')).toBe(false);
    expect(of(rejected, 'warehouse')?.rejected).toContain('checkout does not depend on warehouse');
    expect(of(rejected, 'web')?.rejected).toContain('web calls checkout');
  });

  it('rejects a deployment on a service that was abnormal before it', async () => {
    await ledgerSlows();
    await latency('checkout', step(120, 500, 9));
    await world.series(
      { __name__: 'request_latency_p99_ms', service: 'cart', route: 'add' },
      step(30, 300, 20),
    );
    await world.events(deploymentOf('cart', 12, 'Tune'));
    const { rejected } = await ask();
    expect(of(rejected, 'cart')?.rejected).toMatch(/abnormal .* before it/);
  });

  it('lets no change be the cause when none has anything to do with it', async () => {
    await ledgerSlows();
    await world.series({ __name__: 'node_disk_io_utilisation', service: 'ledger' }, step(0.1, 0.95, 10.5));
    await world.events(deploymentOf('cart', 11, 'Restyle the basket'));
    const { candidates } = await ask();
    expect(candidates[0]).toMatchObject({ causeKind: 'metric', service: 'ledger' });
  });

  it('takes failures with their reasons as causes, and a circuit that opens because of them as less', async () => {
    await latency('checkout', step(120, 500, 9));
    await world.events(
      ...[10, 9.8, 9.5, 9, 8, 7].map(
        (minutes) =>
          ({
            kind: 'failure',
            at: ago(minutes),
            service: 'payment',
            component: 'card-gateway',
            reason: 'unexpected reply of the card scheme',
          }) as const,
      ),
      { kind: 'circuit_opened', at: ago(9.2), service: 'checkout', component: 'payment' },
    );
    const { candidates } = await ask();
    expect(candidates[0]).toMatchObject({
      causeKind: 'failure',
      service: 'payment',
      component: 'card-gateway',
    });
    const circuit = candidates.findIndex(({ causeKind }) => causeKind === 'circuit');
    expect(circuit).toBeGreaterThan(0);
  });

  it('takes no notice of failures that are as frequent as ever', async () => {
    await ledgerSlows();
    await world.events(
      ...Array.from({ length: 60 }, (_, i) => ({
        kind: 'failure' as const,
        at: ago(2 * i + 1),
        service: 'cart',
        component: 'cache',
        reason: `miss ${i}`,
      })),
    );
    const { candidates } = await ask();
    expect(candidates.some(({ causeKind }) => causeKind === 'failure')).toBe(false);
  });

  it('counts how often such changes went by without an alert', async () => {
    await ledgerSlows();
    await world.events(
      deploymentOf('ledger', 12, 'Rework', '9.0.0'),
      ...Array.from({ length: 8 }, (_, i) => deploymentOf('ledger', 60 * (i + 24), 'Rework', `8.${i}.0`)),
    );
    const { candidates } = await ask();
    const history = of(candidates, 'ledger')?.terms.find(({ name }) => name === 'history');
    expect(history?.value).toBe(0.1);
    expect(
      of(candidates, 'ledger')
        ?.opposing.map(({ sentence }) => sentence)
        .join(),
    ).toContain('8 changes like it');
  });

  it('says what is missing instead of guessing when there is no evidence', async () => {
    const analysis = await ask();
    expect(analysis.candidates).toEqual([]);
    expect(analysis.onsetAt).toBeUndefined();
    expect(analysis.missing.join('\n')).toMatch(/No series of checkout .* Needed:/);
  });

  it('names the asked metric when that shows no change', async () => {
    await ledgerSlows();
    await world.series({ __name__: 'queue_depth', service: 'checkout' }, step(10, 10, 5));
    const { missing } = await ask(shop, 'checkout', 'queue_depth');
    expect(missing.join('\n')).toMatch(/queue_depth of checkout shows no lasting change/);
  });

  it('works without any dependency and says that this is weaker', async () => {
    await ledgerSlows();
    const analysis = await ask(topologyOf([], ['cart', 'checkout', 'ledger', 'payment']));
    expect(analysis.missing.join('\n')).toContain('No dependency between services is recorded');
    expect(analysis.reach).toContain('ledger');
    expect(analysis.candidates.length).toBeGreaterThan(0);
  });

  it('cites receipts that exist, for every supporting shift and change', async () => {
    await ledgerSlows();
    await world.events(deploymentOf('ledger', 12, 'Rework the request queue'));
    const { candidates } = await ask();
    const cites = candidates.flatMap(({ supporting }) => supporting.flatMap((argument) => argument.cites));
    expect(cites.length).toBeGreaterThan(4);
    for (const path of cites) {
      const named = parsePath(path);
      if (named?.type === 'event') {
        expect(await world.store.event(named.kind, named.at, named.id)).toBeDefined();
      } else if (named?.type === 'sample') {
        const [series] = world.store.findSeries({ keys: [named.series] });
        const window = { from: named.at, to: (named.at + 1) as typeof named.at };
        const samples = await world.store.samples(series === undefined ? [] : [series.ref], window, 2);
        expect(samples.at).toEqual([named.at]);
      } else {
        expect.unreachable(`not a receipt: ${path}`);
      }
    }
  });

  it('gives the same answer to the same question', async () => {
    await ledgerSlows();
    await world.events(
      deploymentOf('ledger', 12, 'a'),
      deploymentOf('payment', 12, 'a'),
      deploymentOf('cart', 12, 'a'),
    );
    expect(await ask()).toEqual(await ask());
  });

  it('adds each score up from its terms', async () => {
    await ledgerSlows();
    await world.events(deploymentOf('ledger', 12, 'Rework the request queue'));
    const { candidates } = await ask();
    for (const { score, terms } of candidates) {
      const sum = terms.reduce((total, { contribution }) => total + contribution, 0);
      expect(score).toBeCloseTo(Math.max(0, sum), 6);
      for (const { value, weight, contribution } of terms)
        expect(contribution).toBeCloseTo(value * weight, 2);
    }
  });

  it('finds the cause in the first minutes of a new installation', async () => {
    const fresh = (from: number, to: number, at: number) => (minutesAgo: number, noise: number) =>
      minutesAgo > 20 ? Number.NaN : step(from, to, at)(minutesAgo, noise);
    await latency('ledger', fresh(20, 400, 5));
    await latency('checkout', fresh(120, 500, 4.5));
    await world.events(deploymentOf('ledger', 6, 'Write entries one by one'));
    const { candidates, recent, baseline } = await ask();
    expect(candidates[0]).toMatchObject({ causeKind: 'deployment', service: 'ledger' });
    expect(recent.from).toBe(baseline.to);
    expect(Math.abs(recent.from - ago(10))).toBeLessThanOrEqual(15_000);
  });

  it('refuses a window of no length', async () => {
    await expect(
      analyse(world.store, shop, { service: 'checkout', at: NOW, windowMs: 0 }),
    ).rejects.toMatchObject({
      code: 'bad-window',
    });
  });
});
