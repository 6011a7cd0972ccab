import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MinuteCloser } from '../../src/analysis/index.js';
import { Recorder } from '../../src/evidence/index.js';
import { MINUTE_MS, SECOND_MS, shift } from '../../src/model/index.js';
import { blockOf, failure, freshFolder, openStore, T0 } from '../evidence/fixture.js';
import { run } from './outside.js';

let data: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  const fresh = await freshFolder();
  [data, remove] = [fresh.folder, fresh.remove];
  const store = await openStore(data, shift(T0, 5 * MINUTE_MS));
  const events = [10, 20, 70].map((second) => failure('cart', second * SECOND_MS));
  const sample = { __name__: 'kafka_consumergroup_lag', consumergroup: 'mail', topic: 'a', job: 'kafka' };
  await store.append({ events, samples: blockOf(store, [[sample, 5_000, 7]]) });
  const closer = new MinuteCloser({
    ...{ store, recorder: new Recorder(store), graceMs: 30 * SECOND_MS },
    signals: () => [],
  });
  await closer.closeNext(shift(T0, 4 * MINUTE_MS));
  await store.close();
});

afterAll(() => remove());

const minute = ['--from', '2026-01-05T10:00:00Z', '--to', '2026-01-05T10:01:00Z'];

describe('genchi pillars', () => {
  it('prints what the log gives for each minute, also of metrics that no event told', async () => {
    const { code, out } = await run(['pillars', 'recompute', '--data', data, '--service', 'cart', ...minute]);
    expect(code).toBe(0);
    expect(out).toMatch(/2026-01-05T10:01:00\.000Z {2}cart +jidoka_failure_rate +2\n/);
    const lines = await run(['pillars', 'recompute', '--data', data, '--json', ...minute]);
    expect(
      lines.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).service),
    ).toEqual([undefined, 'cart', 'mail']);
  });

  it('says how many kept minutes agree, and ends with 1 and the first that does not', async () => {
    const cart = await run(['pillars', 'check', '--data', data, '--service', 'cart']);
    expect(cart).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^3 minutes, \d+ samples, 0 differences\n/),
    });
    // The minutes were closed without signals, so the queue of mail was not seen.
    const all = await run(['pillars', 'check', '--data', data]);
    expect(all.code).toBe(1);
    expect(all.err).toContain('kanban_queue_depth of ');
    expect(all.err).toContain('nothing is kept, 7 comes out of the log');
    const told = await run(['pillars', 'check', '--data', data, '--json']);
    expect(JSON.parse(told.out)).toMatchObject({ minutes: 3, differences: 2 });
  });

  it('refuses a span that ends before it begins', async () => {
    const { code, err } = await run([
      ...['pillars', 'check', '--data', data],
      ...['--from', '2026-01-05T10:05:00Z', '--to', '2026-01-05T10:01:00Z'],
    ]);
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('--to: expected a time') });
  });
});

describe('genchi signals', () => {
  it('lists which series match which source, and which sources have none', async () => {
    const { code, out } = await run(['signals', '--data', data]);
    expect(code).toBe(0);
    expect(out).toMatch(/kafka-lag +depth +kafka_consumergroup_lag +1 +1 +mail/);
    expect(out).toMatch(/no series: .*opentelemetry-http-server/);
    expect(JSON.parse((await run(['signals', '--data', data, '--json'])).out).matched).toMatchObject([
      { source: 'kafka-lag', tells: 'depth', series: 1, services: ['mail'] },
    ]);
  });

  it('checks a file and tells every fault with its line', async () => {
    const [sound, broken] = [join(data, 'sound.yaml'), join(data, 'broken.yaml')];
    await writeFile(sound, 'signals:\n  - { name: ours, queues: { depth: our_queue } }\n');
    await writeFile(broken, 'signals:\n  - name: ours\n  - { name: two, queues: { deep: our_queue } }\n');
    expect(await run(['signals', 'check', sound])).toMatchObject({
      code: 0,
      out: '1 sources are sound, 0 faults\n',
    });
    const { code, err } = await run(['signals', 'check', broken]);
    expect(code).toBe(1);
    expect(err).toContain(`${broken}:2: expected tasks, queues, circuits, workers or alerts`);
    expect(err).toContain(`${broken}:3: queues`);
    expect((await run(['signals', 'check', join(data, 'none.yaml')])).code).toBe(1);
  });
});
