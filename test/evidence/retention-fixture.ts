import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type EvidenceStore,
  openDuckDbStore,
  type RetentionRules,
  type RetentionStep,
} from '../../src/evidence/index.js';
import { DAY_MS, type Instant, type Labels, shift } from '../../src/model/index.js';
import { blockOf, type SampleRow, T0 } from './fixture.js';

/** The rules of tests: two days of samples, four of minutes, ten of hours; events two and three days. */
export const rules: RetentionRules = {
  sampleDays: 2,
  minuteDays: 4,
  hourDays: 10,
  readingDays: 2,
  eventDays: 3,
};

/** The day of {@link T0} as it begins, relative to it, in milliseconds. */
export const MIDNIGHT = Math.floor(T0 / DAY_MS) * DAY_MS - T0;

/** A store whose clock the test moves. */
export async function openAt(folder: string, clock: { now: Instant }): Promise<EvidenceStore> {
  const { store } = await openDuckDbStore({
    ...{ folder, memoryMiB: 512, threads: 2, publicUrl: 'http://127.0.0.1:4600' },
    clock: () => clock.now,
  });
  return store;
}

/** Does all that is due. */
export async function retainAll(
  store: EvidenceStore,
  by: RetentionRules = rules,
): Promise<readonly RetentionStep[]> {
  const steps: RetentionStep[] = [];
  for (let step = await store.retention.step(by); step !== undefined; step = await store.retention.step(by)) {
    steps.push(step);
  }
  return steps;
}

/** Appends samples. */
export function appendSamples(store: EvidenceStore, rows: readonly SampleRow[]) {
  return store.append({ events: [], samples: blockOf(store, rows) });
}

/** A gauge and a counter of some services. */
export const gauge = (service: string): Labels => ({ __name__: 'load', service });
export const counter = (service: string): Labels => ({ __name__: 'requests_total', service });

/** All samples as text, by series and time. */
export async function everySample(store: EvidenceStore): Promise<readonly string[]> {
  const columns = await store.samples(
    store.findSeries({}).map(({ ref }) => ref),
    { from: shift(T0, -400 * DAY_MS), to: shift(T0, 400 * DAY_MS) },
    1_000_000,
  );
  const stale = new Set(columns.stale);
  return columns.at.map(
    (at, item) => `${columns.series[item]} ${at - T0} ${stale.has(item) ? 'stale' : columns.value[item]}`,
  );
}

/** The files of the archive, below the data folder. */
export async function archived(folder: string): Promise<readonly string[]> {
  const names = await readdir(join(folder, 'archive'), { recursive: true }).catch((): string[] => []);
  return names.filter((name) => name.includes('.')).sort();
}
