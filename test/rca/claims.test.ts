import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePath } from '../../src/model/index.js';
import { type Analysis, type Argument, analyse, type Candidate } from '../../src/rca/index.js';
import { ago, NOW, openWorld, step, topologyOf, type World } from './world.js';

const shop = topologyOf(
  [
    ['web', 'checkout'],
    ['checkout', 'payment'],
    ['checkout', 'mailer'],
  ],
  [],
  [['checkout', 'mailer']],
);

let world: World;
beforeEach(async () => {
  world = await openWorld(11);
});
afterEach(async () => {
  await world.close();
});

const ask = (): Promise<Analysis> =>
  analyse(world.store, shop, { service: 'checkout', at: NOW, windowMs: 30 * 60_000 });

const latency = (service: string, value: (minutesAgo: number, noise: number) => number): Promise<void> =>
  world.series({ __name__: 'request_latency_p99_ms', service }, value);

/** The values of the samples that an argument cites, those of one series beside each other, by time. */
async function cited({ cites }: Argument): Promise<readonly { metric: string; at: number; value: number }[]> {
  const found = await Promise.all(
    cites.map(async (path) => {
      const named = parsePath(path);
      if (named?.type !== 'sample') return expect.unreachable(`no sample: ${path}`);
      const [series] = world.store.findSeries({ keys: [named.series] });
      if (series === undefined) return expect.unreachable('no series');
      const window = { from: named.at, to: (named.at + 1) as typeof named.at };
      const { value } = await world.store.samples([series.ref], window, 2);
      return { metric: series.metric, at: named.at, value: value[0] ?? Number.NaN };
    }),
  );
  return found.sort((a, b) => a.at - b.at);
}

function blaming(list: readonly Candidate[], metric: string): Candidate {
  return list.find((one) => one.metric === metric) ?? expect.unreachable(`no candidate of ${metric}`);
}

const shiftOf = ({ supporting }: Candidate): Argument => supporting[0] ?? expect.unreachable('no argument');

/** The peak that a sentence tells, as a number without its unit. */
const peakIn = (sentence: string): number => Number(/at its peak of ([\d.]+)/.exec(sentence)?.[1]);

const failure = (minutesAgo: number, service = 'payment') =>
  ({ kind: 'failure', at: ago(minutesAgo), service, component: 'db', reason: 'refused' }) as const;

describe('the claims of an analysis', () => {
  it('cites the very sample that has the peak it tells', async () => {
    await latency('checkout', (m, noise) => (m <= 6 ? 500 + 120 * noise : 100 + 3 * noise));
    const argument = shiftOf(blaming((await ask()).candidates, 'request_latency_p99_ms'));
    const values = (await cited(argument)).map(({ value }) => Number(value.toPrecision(3)));
    expect(values).toContain(peakIn(argument.sentence));
  });

  it('cites both samples between which the rate at the peak was counted', async () => {
    await latency('checkout', step(100, 500, 6));
    let count = 0;
    await world.series({ __name__: 'jobs_failed_total', service: 'checkout' }, (m, noise) => {
      count += m <= 6.5 ? Math.round(90 + 20 * noise) : 0;
      return count;
    });
    const { candidates } = await ask();
    const argument = candidates
      .flatMap(({ supporting }) => supporting)
      .find(({ sentence }) => sentence.startsWith('jobs_failed_total'));
    if (argument === undefined) return expect.unreachable('no argument');
    const samples = await cited(argument);
    const rates = samples.slice(1).flatMap((sample, i) => {
      const before = samples[i];
      return before === undefined ? [] : [(sample.value - before.value) / ((sample.at - before.at) / 1000)];
    });
    expect(rates.map((rate) => Number(rate.toPrecision(3)))).toContain(peakIn(argument.sentence));
  });

  it('does not tell a capped deviation as if it were measured', async () => {
    await world.series({ __name__: 'error_ratio', service: 'checkout' }, (m) => (m <= 6 ? 0.9 : 0.001));
    const { sentence } = shiftOf(blaming((await ask()).candidates, 'error_ratio'));
    expect(sentence).toContain('over 1000 times its usual spread');
  });

  it('says when a change was over, and does not let it precede what began long after', async () => {
    await latency('checkout', step(100, 500, 5));
    await world.series({ __name__: 'cpu_usage', service: 'payment' }, (m, noise) =>
      m <= 27 && m > 24 ? 0.9 : 0.2 + 0.01 * noise,
    );
    const candidate = blaming((await ask()).candidates, 'cpu_usage');
    expect(shiftOf(candidate).sentence).toMatch(/between 11:33:.* and 11:3[56]:/);
    const precedence = candidate.terms.find(({ name }) => name === 'precedence');
    expect(precedence?.value).toBeLessThan(0.1);
    expect(precedence?.meaning).toContain('It was over at');
  });

  it('dates failures from where they became more, not from a usual one before', async () => {
    await latency('checkout', step(100, 500, 5));
    const usual = [8, 18, 28, 38, 48, 58, 68, 78, 88, 98, 108, 118, 128, 138].map((m) => failure(m));
    const burst = Array.from({ length: 20 }, (_, i) => failure(5.5 - i * 0.2));
    const deployment = {
      kind: 'deployment',
      at: ago(7),
      service: 'payment',
      version: '2',
      message: 'db',
    } as const;
    await world.events(...usual, ...burst, deployment);
    const { candidates } = await ask();
    expect(candidates.find(({ causeKind }) => causeKind === 'failure')).toMatchObject({ onsetAt: ago(5.5) });
    expect(candidates[0]).toMatchObject({ causeKind: 'deployment', service: 'payment' });
  });

  it('calls nothing new that is as frequent as ever, where there is more than it reads', async () => {
    await latency('checkout', step(100, 500, 5));
    const many = Array.from({ length: 24_000 }, (_, i) => failure((i + 1) * 0.00625));
    await world.events(...many);
    const { candidates } = await ask();
    expect(candidates.filter(({ causeKind }) => causeKind === 'failure')).toEqual([]);
  });

  it('rules out what began after the symptom, failures and latencies too', async () => {
    await latency('checkout', step(100, 500, 12));
    await latency('payment', step(50, 400, 4));
    await world.events(...[4, 3.8, 3.6, 3.4, 3.2, 3].map((m) => failure(m)));
    const { candidates, rejected } = await ask();
    expect(candidates.filter(({ service }) => service === 'payment')).toEqual([]);
    expect(rejected.filter(({ service }) => service === 'payment')).toHaveLength(2);
    for (const { rejected: why } of rejected) expect(why).toMatch(/after the symptom/);
  });

  it('makes little of three errors of a counter that never counted one', async () => {
    await latency('checkout', step(100, 500, 5));
    await world.series({ __name__: 'payment_errors_total', service: 'payment' }, (m) =>
      Math.min(3, Math.max(0, Math.round((5.25 - m) * 4))),
    );
    const { candidates } = await ask();
    const found = blaming(candidates, 'payment_errors_total');
    expect(found.terms.find(({ name }) => name === 'strength')?.value).toBeLessThan(0.35);
  });

  it('does not blame a consumer of messages that nobody waits for', async () => {
    await latency('checkout', step(100, 500, 5));
    await latency('payment', step(50, 300, 5.5));
    await world.series({ __name__: 'cpu_usage', service: 'mailer' }, step(0.2, 0.9, 7));
    await latency('mailer', step(40, 90, 7));
    const { candidates } = await ask();
    expect(candidates[0]?.service).toBe('payment');
    const mailer = blaming(candidates, 'cpu_usage');
    expect(mailer.score).toBeLessThan((candidates[0]?.score ?? 0) - 0.1);
    expect(mailer.opposing.map(({ sentence }) => sentence).join()).toContain('by messages only');
    expect(mailer.supporting.map(({ sentence }) => sentence).join()).not.toContain('depends on');
  });

  it('counts a busy processor little where its callers feel nothing', async () => {
    await latency('checkout', step(100, 500, 5));
    await latency('payment', step(50, 50, 5));
    await world.series({ __name__: 'cpu_usage', service: 'payment' }, step(0.2, 0.9, 7));
    const { candidates } = await ask();
    const origin = blaming(candidates, 'cpu_usage').terms.find(({ name }) => name === 'origin');
    expect(origin?.value).toBeLessThan(0.6);
  });

  it('does not say that no resource stands out where one does', async () => {
    await latency('checkout', step(100, 500, 5));
    await world.series({ __name__: 'cpu_usage', service: 'checkout' }, step(0.2, 0.9, 5.5));
    const told = (await ask()).candidates.flatMap(({ opposing }) => opposing.map(({ sentence }) => sentence));
    expect(told.join()).not.toMatch(/none of its resources|no resource/);
  });
});
