import { describe, expect, it } from 'vitest';
import { Subscribers } from '../../../src/serve/graphql/subscribers.js';

const quiet = () => () => undefined;
const nothing = () => undefined;

describe('Subscribers', () => {
  it('gives one client half of the places, and others the rest, until somebody leaves', async () => {
    const subscribers = new Subscribers(4);
    const lines = ['a', 'a'].map((client) => subscribers.listen(quiet, { client, drop: nothing }));
    expect(() => subscribers.admit('a')).toThrow('You have 2 subscriptions, half of all places');
    for (const client of ['b', 'c']) subscribers.listen(quiet, { client, drop: nothing });
    expect(() => subscribers.admit('d')).toThrow('All 4 places for subscriptions are taken');
    await lines[0]?.return?.();
    subscribers.admit('a');
    expect(subscribers.figures()).toEqual({ listening: 3, dropped: 0 });
    subscribers.close();
    expect(() => subscribers.admit('e')).toThrow('The server stops');
  });
});
