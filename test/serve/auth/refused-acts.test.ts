import { expect, it } from 'vitest';
import type { Act } from '../../../src/access/index.js';
import { instantOf } from '../../../src/model/index.js';
import { FOLD_MS, MOST_UNLIKE, RefusedActs } from '../../../src/serve/audit/refused-acts.js';

function book() {
  const clock = { ms: 1_000_000 };
  const told: Act[] = [];
  const acts = new RefusedActs(
    () => instantOf(clock.ms),
    async (act) => void told.push(act),
  );
  const refuse = (actor: string, address = '10.0.0.1') =>
    acts.refuse({ actor, actorMethod: 'token', action: 'retireSlo', outcome: 'refused', address });
  return { clock, told, acts, refuse };
}

it('leaves so few receipts of however many refused acts, and every act is in one of them', async () => {
  const { clock, told, acts, refuse } = book();
  const tries = 10_000;
  for (let tried = 0; tried < tries; tried++) await refuse(`robot ${tried % 500}`);
  clock.ms += FOLD_MS;
  await refuse('somebody');
  expect(told.length).toBeLessThanOrEqual(2 * MOST_UNLIKE + 2);
  const counted = told.reduce((sum, { folded = 1 }) => sum + folded, 0);
  expect(counted).toBe(tries + 1);
  expect(told.at(-2)).toMatchObject({ actor: 'unknown', action: 'other refused acts' });
  await acts.flush();
  expect(told.reduce((sum, { folded = 1 }) => sum + folded, 0)).toBe(tries + 1);
});

it('takes the addresses of one IPv6 network for one, and a clock that is set back for a new minute', async () => {
  const { clock, told, refuse } = book();
  for (let host = 1; host <= 50; host++) await refuse('robot', `2001:db8::${host}`);
  expect(told).toHaveLength(1);
  clock.ms -= 10 * FOLD_MS;
  await refuse('robot', '2001:db8::1');
  expect(told.map(({ folded }) => folded)).toEqual([undefined, 49, undefined]);
});
