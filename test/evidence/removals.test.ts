import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordRemoval } from '../../src/evidence/duckdb/removals.js';
import type { EvidenceStore, Removal } from '../../src/evidence/index.js';
import { DAY_MS, identityOf, pathOfEvent, shift } from '../../src/model/index.js';
import { failure, freshFolder, openStore, receiptFor, T0 } from './fixture.js';

let folder: string;
let remove: () => Promise<void>;
let store: EvidenceStore;

beforeEach(async () => {
  ({ folder, remove } = await freshFolder());
  store = await openStore(folder);
});
afterEach(async () => {
  await store.close();
  await remove();
});

const removal: Removal = {
  kinds: ['sample', 'failure'],
  window: { from: shift(T0, -2 * DAY_MS), to: shift(T0, -DAY_MS) },
  rule: 'failures and samples are kept for a day',
  removedAt: T0,
};

/** Records removals as retention does: in the folder, and for whoever opens it next. */
async function recordAll(...removals: readonly Removal[]): Promise<void> {
  await store.close();
  const instance = await DuckDBInstance.create(join(folder, 'evidence.duckdb'));
  const connection = await instance.connect();
  for (const one of removals) await recordRemoval(connection, one);
  connection.closeSync();
  instance.closeSync();
  store = await openStore(folder);
}

describe('removalOf', () => {
  it('says by which rule a kind went, from the start of its window up to but not at its end', async () => {
    await recordAll(removal);
    const { from, to } = removal.window;
    expect(await store.removalOf('failure', from)).toEqual(removal);
    expect(await store.removalOf('sample', shift(to, -1))).toEqual(removal);
    expect(await store.removalOf('failure', to)).toBeUndefined();
    expect(await store.removalOf('failure', shift(from, -1))).toBeUndefined();
    expect(await store.removalOf('deployment', from)).toBeUndefined();
  });

  it('names the latest of several', async () => {
    const later = { ...removal, rule: 'a person asked for it', removedAt: shift(T0, 1) };
    await recordAll(later, removal);
    expect(await store.removalOf('failure', removal.window.from)).toEqual(later);
  });
});

describe('events that cite', () => {
  it('are found by a receipt in their list', async () => {
    const cause = failure('db', 0);
    const record = (name: string, cites: readonly string[]) =>
      receiptFor(
        {
          ...{ kind: 'incident', at: T0, incident: name, state: 'open', title: name, severity: 'critical' },
          ...{ startsAt: T0, analysis: 0, cites },
        },
        identityOf(name),
      );
    await store.append({
      events: [cause, record('cites it', ['service/x', pathOfEvent(cause)]), record('does not', [])],
    });
    const citing = await store.events({
      kinds: ['incident'],
      where: { cites: [pathOfEvent(cause)] },
      order: 'newest-first',
      limit: 10,
    });
    expect(citing.map((event) => event.kind === 'incident' && event.incident)).toEqual(['cites it']);
  });
});
