import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Leave, Turnstile } from '../../src/graph/turnstile.js';

let over: AbortController;
beforeEach(() => {
  over = new AbortController();
});
// Those who still wait are sent away.
afterEach(() => over.abort(new TypeError('the test is over')));

function turnstile(
  limits: Partial<ConstructorParameters<typeof Turnstile>[0]> = {},
  now: () => number = () => 0,
): Turnstile {
  return new Turnstile({ places: 4, mostWaiting: 3, mostClients: 3, waitMs: 60_000, ...limits }, now);
}

/** Who got in, in the order in which they did, with how each lets go. */
function entrance(stile: Turnstile) {
  const got: string[] = [];
  const leaves: Leave[] = [];
  const enter = async (name: string): Promise<void> => {
    const { signal } = over;
    const leave = await stile.enter(name, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    if (leave === undefined) return;
    got.push(name);
    leaves.push(leave);
  };
  return { got, leaves, enter };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Turnstile', () => {
  it('leaves half of the places to others, however much one client asks', async () => {
    const { got, enter } = entrance(turnstile());
    for (let index = 0; index < 5; index += 1) void enter('a');
    void enter('b');
    void enter('b');
    await settled();
    expect(got).toEqual(['a', 'a', 'b', 'b']);
  });

  it('leaves one place to a client that keeps its places busy without a pause, and all of them after one', async () => {
    let nowMs = 0;
    const { got, leaves, enter } = entrance(turnstile({ mostWaiting: 9 }, () => nowMs));
    for (let index = 0; index < 4; index += 1) void enter('a');
    await settled();
    nowMs = 6_000;
    leaves[0]?.();
    await settled();
    expect(got).toEqual(['a', 'a']);
    leaves[1]?.();
    await settled();
    expect(got).toEqual(['a', 'a', 'a']);
    void enter('b');
    void enter('b');
    await settled();
    expect(got.slice(3)).toEqual(['b', 'b']);
    leaves[2]?.();
    await settled();
    leaves[5]?.();
    nowMs = 60_000;
    void enter('a');
    void enter('a');
    await settled();
    expect(got.slice(5)).toEqual(['a', 'a', 'a']);
  });

  it('lets those who wait in client by client, in the order in which each asked', async () => {
    const { got, leaves, enter } = entrance(turnstile({ places: 1 }));
    for (const name of ['a', 'a', 'a', 'b', 'c', 'b']) void enter(name);
    for (let index = 0; index < 6; index += 1) {
      await settled();
      leaves[index]?.();
    }
    expect(got).toEqual(['a', 'a', 'b', 'c', 'a', 'b']);
  });

  it('refuses a client of which too many wait, and a client too many, and takes others again when it is empty', async () => {
    const stile = turnstile({ places: 1, mostWaiting: 1, mostClients: 2 });
    const { leaves, enter } = entrance(stile);
    await enter('a');
    const second = enter('a');
    expect(() => stile.enter('a', over.signal)).toThrow('1 queries of yours');
    const other = enter('b');
    expect(() => stile.enter('c', over.signal)).toThrow('Too many wait');
    leaves[0]?.();
    await settled();
    leaves[1]?.();
    await Promise.all([second, other]);
    leaves[2]?.();
    expect(stile.working).toBe(0);
    await enter('c');
    expect(stile.working).toBe(1);
  });

  it('gives up who waited too long, or went away, and its place goes to the next', async () => {
    const stile = turnstile({ places: 1, waitMs: 20 });
    const { got, leaves, enter } = entrance(stile);
    await enter('a');
    await expect(stile.enter('b', over.signal)).rejects.toMatchObject({ code: 'query-overloaded' });
    const gone = new AbortController();
    const left = stile.enter('c', gone.signal);
    gone.abort(new TypeError('gone'));
    await expect(left).rejects.toThrow('gone');
    const next = enter('d');
    leaves[0]?.();
    await next;
    expect(got).toEqual(['a', 'd']);
  });
});
