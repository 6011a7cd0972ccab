import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type Evaluation,
  LiveLoop,
  metricTableOf,
  type Standing,
  StandingBoard,
  TrendBoard,
} from '../../../src/analysis/index.js';
import { type EvidenceStore, Recorder } from '../../../src/evidence/index.js';
import { readOntologyTerms } from '../../../src/graph/index.js';
import { type EventReceipt, type Instant, SECOND_MS, shift } from '../../../src/model/index.js';
import { freshFolder, openStore, receiptFor, T0 } from '../../evidence/fixture.js';

const metrics = metricTableOf(await readOntologyTerms());
const atSecond = (second: number): Instant => shift(T0, second * SECOND_MS);

let remove: () => Promise<void>;
let store: EvidenceStore;
let recorder: Recorder;
let board: StandingBoard;
let now: Instant;
const failures: unknown[] = [];
const evaluations: Evaluation[] = [];
const steps: ('looks' | 'ends')[] = [];

beforeEach(async () => {
  const fresh = await freshFolder();
  remove = fresh.remove;
  store = await openStore(fresh.folder, atSecond(600));
  recorder = new Recorder(store);
  board = new StandingBoard();
  failures.length = 0;
  evaluations.length = 0;
  steps.length = 0;
});

afterEach(async () => {
  await store.close();
  await remove();
});

const openLoop = (): LiveLoop =>
  new LiveLoop({
    ...{ store, recorder, board, metrics, stopwatch: () => 0 },
    trends: new TrendBoard({ store, metrics }),
    ...{ graceMs: 30 * SECOND_MS, everyMs: 30 * SECOND_MS },
    clock: () => {
      steps.push('looks');
      return now;
    },
    signals: () => [],
    onEvaluated: (evaluation) => {
      evaluations.push(evaluation);
      steps.push('ends');
    },
    onFailure: (error) => failures.push(error),
  });

const failure = (second: number, receivedSecond = second): EventReceipt => ({
  ...receiptFor({ kind: 'failure', at: atSecond(second), service: 'cart', component: 'db', reason: 'x' }),
  receivedAt: atSecond(receivedSecond),
});

describe('LiveLoop', () => {
  it('closes what is due, judges the last minutes up to now, and tells the board', async () => {
    const loop = openLoop();
    recorder.subscribe(loop.hear);
    await recorder.record({ events: [failure(10), failure(20), failure(290)] }, 'events');
    now = atSecond(300);
    await loop.evaluate();
    expect(failures).toEqual([]);
    expect(
      board.current()?.scopes.map(({ service, readings }) => [service, readings.get('jidoka_failure_rate')]),
    ).toEqual([
      [undefined, 0.6],
      ['cart', 0.6],
    ]);
    now = atSecond(330);
    await recorder.record({ events: [failure(15, 320), failure(-9_000, 321)] }, 'events');
    await loop.evaluate();
    expect(board.current()?.scopes[1]?.readings.get('jidoka_failure_rate')).toBe(0.2);
    expect(evaluations.map(({ minutesClosed }) => minutesClosed)).toEqual([4, 1]);
    expect(loop.late).toEqual({ counted: 1, leftOut: 1 });
    await loop.close();
  });

  it('evaluates one at a time, however often it is asked', async () => {
    const loop = openLoop();
    await store.append({ events: [failure(10)] });
    now = atSecond(300);
    await Promise.all([loop.evaluate(), loop.evaluate(), loop.evaluate()]);
    const changes = steps.filter((step, index) => step !== steps[index - 1]);
    expect(changes).toEqual(['looks', 'ends', 'looks', 'ends', 'looks', 'ends']);
    await loop.close();
  });

  it('tells what changed first, and recommends anew after that, every five minutes', async () => {
    const loop = openLoop();
    await store.append({ events: [failure(10)] });
    const posted: Standing[] = [];
    board.subscribe((standing) => posted.push(standing));
    for (const second of [300, 330, 600]) {
      now = atSecond(second);
      await loop.evaluate();
    }
    expect(posted.map(({ at }) => (at - T0) / SECOND_MS)).toEqual([300, 330, 600, 600]);
    const [first, again, before, after] = posted.map(({ recommendations }) => recommendations);
    expect(again).toBe(first);
    expect(before).toBe(first);
    expect(after).not.toBe(first);
    await loop.close();
  });

  it('goes on after an evaluation that failed, and says why it did', async () => {
    const broken = vi.spyOn(store, 'steps').mockRejectedValue(new Error('broken'));
    const loop = openLoop();
    await store.append({ events: [failure(10)] });
    now = atSecond(300);
    await loop.evaluate();
    expect(failures).toHaveLength(1);
    expect(board.current()).toBeUndefined();
    broken.mockRestore();
    await loop.evaluate();
    expect(board.current()?.at).toBe(now);
    await loop.close();
  });

  it('looks at the first evidence soon, however much more comes, and not when its turn has come', async () => {
    const loop = openLoop();
    recorder.subscribe(loop.hear);
    now = atSecond(300);
    const posted: Standing[] = [];
    let told = () => {};
    board.subscribe((standing) => {
      posted.push(standing);
      told();
    });
    const first = new Promise<void>((resolve) => {
      told = resolve;
    });
    loop.start();
    await first;
    await vi.waitFor(() => expect(evaluations).toHaveLength(1));
    const second = new Promise<void>((resolve) => {
      told = resolve;
    });
    for (const second of [290, 291, 292, 293, 294]) {
      await recorder.record({ events: [failure(second)] }, 'events');
    }
    await second;
    expect(posted.map(({ scopes }) => scopes[0]?.score !== undefined)).toEqual([false, true]);
    await loop.close();
  }, 8_000);

  it('evaluates by itself once it is started, and no more after it is closed', async () => {
    const loop = openLoop();
    await store.append({ events: [failure(10)] });
    now = atSecond(300);
    const posted = new Promise<Standing>((resolve) => board.subscribe(resolve));
    loop.start();
    expect((await posted).at).toBe(now);
    await loop.close();
    await loop.evaluate();
    expect(evaluations).toHaveLength(1);
  });
});
