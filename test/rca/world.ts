import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EvidenceStore, openDuckDbStore, Recorder } from '../../src/evidence/index.js';
import type { Topology } from '../../src/graph/index.js';
import {
  type Clock,
  type EventContent,
  type EventReceipt,
  type Instant,
  identityOfContent,
  type Labels,
  MINUTE_MS,
  parseInstant,
  SECOND_MS,
  shift,
} from '../../src/model/index.js';

/** The end of the simulated time: when the alert fires. */
export const NOW = parseInstant('2026-03-04T12:00:00Z') ?? (0 as Instant);

/** So many minutes before the end. */
export function ago(minutes: number): Instant {
  return shift(NOW, -minutes * MINUTE_MS);
}

const STEP_MS = 15 * SECOND_MS;
const HISTORY_STEPS = 600;

/** A small generator of numbers in 0..1 with a seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A topology from pairs of caller and callee, which wait for each other unless the pair is among the messages. */
export function topologyOf(
  calls: readonly (readonly [string, string])[],
  alone: readonly string[] = [],
  messages: readonly (readonly [string, string])[] = [],
): Topology {
  return {
    services: [...new Set([...calls.flat(), ...alone])].sort(),
    callees: (service) => calls.filter(([caller]) => caller === service).map(([, callee]) => callee),
    callers: (service) => calls.filter(([, callee]) => callee === service).map(([caller]) => caller),
    awaits: (caller, callee) => !messages.some(([from, to]) => from === caller && to === callee),
  };
}

/** A real store in a fresh folder with a recorder on it. */
export interface World {
  readonly store: EvidenceStore;
  readonly recorder: Recorder;
  readonly folder: string;
  /** Records a series of two and a half hours up to the end, valued by minutes before the end and a noise of ±1. */
  series(labels: Labels, value: (minutesAgo: number, noise: number) => number): Promise<void>;
  events(...contents: readonly EventContent[]): Promise<readonly EventReceipt[]>;
  /** Closes the store and opens it again, as a restart does. */
  reopened(): Promise<World>;
  close(): Promise<void>;
}

async function open(folder: string, clock: Clock, seed: number): Promise<World> {
  const { store } = await openDuckDbStore({
    folder,
    clock,
    memoryMiB: 256,
    threads: 1,
    publicUrl: 'http://127.0.0.1:4600',
  });
  const recorder = new Recorder(store);
  const next = random(seed);
  return {
    store,
    recorder,
    folder,
    series: async (labels, value) => {
      const ref = store.intern(labels);
      const at = Float64Array.from(
        { length: HISTORY_STEPS },
        (_, i) => NOW - (HISTORY_STEPS - 1 - i) * STEP_MS,
      );
      await store.append({
        events: [],
        samples: {
          length: HISTORY_STEPS,
          series: new Uint32Array(HISTORY_STEPS).fill(ref),
          at,
          value: at.map((time) => value((NOW - time) / MINUTE_MS, 2 * next() - 1)),
          stale: [],
        },
      });
    },
    events: async (...contents) => {
      const receipts = contents.map(
        (content) =>
          ({
            ...content,
            id: identityOfContent(content),
            receivedAt: content.at,
            door: 'events',
          }) as EventReceipt,
      );
      await recorder.record({ events: receipts }, 'events');
      return receipts;
    },
    reopened: async () => {
      await store.close();
      return await open(folder, clock, seed + 1);
    },
    close: async () => {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Opens a world in a temporary folder. */
export async function openWorld(seed = 1): Promise<World> {
  return await open(await mkdtemp(join(tmpdir(), 'genchi-rca-')), () => NOW, seed);
}

/** A level with noise that moves to another one at a time, over some minutes. */
export function step(from: number, to: number, atMinutesAgo: number, overMinutes = 0.5) {
  return (minutesAgo: number, noise: number): number => {
    const part = Math.min(1, Math.max(0, (atMinutesAgo - minutesAgo) / overMinutes));
    return (from + (to - from) * part) * (1 + 0.04 * noise);
  };
}
