import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { receiptFor } from '../../evidence/fixture.js';
import { ask, atMinute, openScene, type Scene } from './scene.js';

let scene: Scene;

/** An experiment that began at a minute, and one receipt more when it ended. */
function experiment(id: string, minute: number, outcome?: string) {
  const told = { service: 'web', experiment: id, metric: 'latency_seconds' } as const;
  const started = receiptFor({
    ...told,
    kind: 'experiment_started',
    at: atMinute(minute),
    action: `try ${id}`,
  });
  const ended = { ...told, kind: 'experiment_ended', at: atMinute(minute + 1) } as const;
  return outcome === undefined ? [started] : [started, receiptFor({ ...ended, outcome })];
}

beforeAll(async () => {
  scene = await openScene();
  const improvement = { kind: 'improvement', service: 'web', improvement: 'pool', title: 'A pool' } as const;
  await scene.record(
    ...experiment('a', 1, 'success'),
    ...experiment('b', 2),
    ...experiment('c', 3, 'negative'),
    receiptFor({ ...improvement, at: atMinute(2), state: 'proposed', owner: 'ann' }),
    receiptFor({ ...improvement, at: atMinute(9), state: 'done' }),
  );
});
afterAll(() => scene.close());

const answered = async (query: string, variables: Readonly<Record<string, unknown>> = {}) => {
  const { data, errors } = await ask(scene.server, query, variables);
  expect(errors).toBeUndefined();
  return data;
};

describe('experiments', () => {
  it('are paged through latest first, filtered, and as of any time', async () => {
    const first =
      '{ experiments(first: 2) { totalCount nodes { name } pageInfo { endCursor hasNextPage } } }';
    expect(await answered(first)).toMatchObject({
      experiments: { totalCount: 3, nodes: [{ name: 'c' }, { name: 'b' }], pageInfo: { hasNextPage: true } },
    });
    const running = '{ experiments(state: RUNNING) { nodes { name outcome } } }';
    expect(await answered(running)).toEqual({ experiments: { nodes: [{ name: 'b', outcome: null }] } });
    const before = `{ experiments(at: "${new Date(atMinute(1)).toISOString()}") { nodes { name state } } }`;
    expect(await answered(before)).toEqual({ experiments: { nodes: [{ name: 'a', state: 'RUNNING' }] } });
  });

  it('are found by their own id and by that of the node', async () => {
    const byId = 'query($id: ID!) { experiment(id: $id) { id name receipts { receipt { kind } } } }';
    const found = { id: 'Experiment:a', name: 'a' };
    expect(await answered(byId, { id: 'a' })).toMatchObject({ experiment: found });
    expect(await answered(byId, { id: 'Experiment:a' })).toMatchObject({
      experiment: {
        ...found,
        receipts: [{ receipt: { kind: 'experiment_started' } }, { receipt: { kind: 'experiment_ended' } }],
      },
    });
    expect(await answered('{ node(id: "Experiment:a") { ... on Experiment { name } } }')).toEqual({
      node: { name: 'a' },
    });
    expect(await answered(byId, { id: 'none' })).toEqual({ experiment: null });
  });

  it('say what is missing where nobody said what is expected', async () => {
    const status = '{ experiment(id: "b") { status { verdict minutes missing shift { value } } } }';
    expect(await answered(status)).toEqual({
      experiment: {
        status: {
          ...{ verdict: 'UNDECIDED', minutes: 0, shift: null },
          missing: 'Nobody said what change is expected, and latency_seconds has no good side of its own.',
        },
      },
    });
  });
});

describe('the Kaizen log', () => {
  it('has improvements and experiments that are over, what changed last first', async () => {
    const log = '{ kaizenLog { totalCount nodes { name source state title } } }';
    expect(await answered(log)).toEqual({
      kaizenLog: {
        totalCount: 3,
        nodes: [
          { name: 'pool', source: 'IMPROVEMENT', state: 'DONE', title: 'A pool' },
          { name: 'c', source: 'EXPERIMENT', state: 'NOT_HELD', title: 'try c' },
          { name: 'a', source: 'EXPERIMENT', state: 'VERIFIED', title: 'try a' },
        ],
      },
    });
    const filtered = 'query($filter: KaizenLogFilter) { kaizenLog(filter: $filter) { nodes { name } } }';
    const named = async (filter: object) => answered(filtered, { filter });
    expect(await named({ owner: 'ann' })).toEqual({ kaizenLog: { nodes: [{ name: 'pool' }] } });
    expect(await named({ states: ['VERIFIED'] })).toEqual({ kaizenLog: { nodes: [{ name: 'a' }] } });
  });

  it('pages through entries of the same moment, and refuses a cursor of another list', async () => {
    const page =
      'query($after: String) { kaizenLog(first: 1, after: $after) { nodes { name } pageInfo { endCursor } } }';
    const names: string[] = [];
    for (let after: string | null = null; ; ) {
      const { data } = await ask(scene.server, page, { after });
      const { nodes, pageInfo } = (data as { kaizenLog: Page }).kaizenLog;
      if (nodes.length === 0) break;
      names.push(...nodes.map(({ name }) => name));
      after = pageInfo.endCursor;
    }
    expect(names).toEqual(['pool', 'c', 'a']);
    const { errors } = await ask(scene.server, page, { after: 'bm90aGluZw' });
    expect(errors?.[0]?.message).toBe('expected a cursor of this list');
  });
});

interface Page {
  readonly nodes: readonly { readonly name: string }[];
  readonly pageInfo: { readonly endCursor: string | null };
}
