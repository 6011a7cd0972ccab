import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, openScene, type Scene } from './scene.js';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.close());

interface Registered {
  readonly isNew: boolean;
  readonly revision: { readonly target: number | null; readonly retired: boolean; readonly at: string };
}

async function mutate(field: string, input: Readonly<Record<string, unknown>>): Promise<Registered> {
  const type = field === 'registerSlo' ? 'RegisterSloInput' : 'RetireSloInput';
  const { data, errors } = await ask(
    scene.server,
    `mutation ($input: ${type}!) { done: ${field}(input: $input) { isNew revision { target retired at } } }`,
    { input },
  );
  expect(errors).toBeUndefined();
  return (data as { done: Registered }).done;
}

const register = (slo: string, target: number, clientMutationId?: string) =>
  mutate('registerSlo', {
    ...{ slo, service: 'web', metric: 'latency_seconds', direction: 'AT_MOST', target, windowMinutes: 60 },
    clientMutationId,
  });
const retire = (slo: string, clientMutationId?: string) =>
  mutate('retireSlo', { slo, reason: 'replaced', clientMutationId });

async function revisionsOf(name: string): Promise<readonly unknown[]> {
  const events = await scene.store.events({
    ...{ kinds: ['slo'], where: { slo: [name] }, order: 'oldest-first', limit: 100 },
  });
  return events.map((event) => (event.kind === 'slo' ? (event.retired ?? event.target) : undefined));
}

describe('a registration of an objective', () => {
  it('that is sent twice with one id is recorded once, though it was changed in between', async () => {
    const first = await register('twice', 1, 'a');
    expect(first).toMatchObject({ isNew: true, revision: { target: 1 } });
    expect((await register('twice', 2, 'b')).isNew).toBe(true);
    expect(await register('twice', 1, 'a')).toEqual({ ...first, isNew: false });
    expect(await revisionsOf('twice')).toEqual([1, 2]);
  });

  it('without an id is recorded each time that it changes something', async () => {
    for (const [target, isNew] of [
      [1, true],
      [1, false],
      [2, true],
      [1, true],
    ] as const) {
      expect((await register('changing', target)).isNew).toBe(isNew);
    }
    expect(await revisionsOf('changing')).toEqual([1, 2, 1]);
  });

  it('sent many times at once is recorded once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => register('at-once', 3, 'c')));
    expect(all.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(await revisionsOf('at-once')).toEqual([3]);
  });

  it('with the id of another objective is its own', async () => {
    expect((await register('one', 1, 'shared')).isNew).toBe(true);
    expect((await register('other', 1, 'shared')).isNew).toBe(true);
  });
});

describe('the end of an objective', () => {
  it('that is sent twice with one id is recorded once, though it was registered again in between', async () => {
    await register('ended', 1, 'begin');
    const first = await retire('ended', 'end');
    expect(first).toMatchObject({ isNew: true, revision: { retired: true } });
    expect((await register('ended', 2, 'again')).isNew).toBe(true);
    expect(await retire('ended', 'end')).toEqual({ ...first, isNew: false });
    expect(await revisionsOf('ended')).toEqual([1, true, 2]);
  });
});
