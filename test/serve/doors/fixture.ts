import { fastify } from 'fastify';
import { type EvidenceStore, Recorder } from '../../../src/evidence/index.js';
import { Iris } from '../../../src/model/index.js';
import type { DoorLimits, DoorObservation } from '../../../src/serve/doors/options.js';
import { registerDoors } from '../../../src/serve/doors/register.js';
import { installProblems } from '../../../src/serve/problem.js';
import { freshFolder, openStore } from '../../evidence/fixture.js';
import { now } from '../../ingest/fixture.js';

export const iris = new Iris('http://127.0.0.1:4600');

const KIB = 1_024;

/** Small bounds, so that tests of them stay small. */
export const limits: DoorLimits = {
  bodyBytes: 256 * KIB,
  decompressedBytes: 512 * KIB,
  inFlightBytes: 1_024 * KIB,
  maxSeries: 10_000,
};

/** A recorder whose commits wait until the test lets them go on. */
export class HeldRecorder extends Recorder {
  #release: () => void = () => {};
  readonly #released = new Promise<void>((resolve) => {
    this.#release = resolve;
  });
  #began: () => void = () => {};
  /** Resolves when the first commit waits. */
  readonly held = new Promise<void>((resolve) => {
    this.#began = resolve;
  });

  override async record(...[batch, door]: Parameters<Recorder['record']>): ReturnType<Recorder['record']> {
    this.#began();
    await this.#released;
    return super.record(batch, door);
  }

  release(): void {
    this.#release();
  }
}

/** A server with the doors on a store. */
export function serveDoors(store: EvidenceStore, recorder: Recorder, bounds: DoorLimits = limits) {
  const server = fastify({ bodyLimit: bounds.bodyBytes });
  const observations: DoorObservation[] = [];
  installProblems(server);
  registerDoors(server, {
    recorder,
    intern: (labels) => store.internWithin(labels, bounds.maxSeries),
    interning: (work) => store.interning(work),
    clock: () => now,
    iris,
    limits: bounds,
    observe: (observation) => observations.push(observation),
  });
  return { server, observations };
}

/** A real store in a fresh folder, the doors on it, and the function that takes both away. */
export async function openDoors() {
  const { folder, remove } = await freshFolder();
  const store = await openStore(folder, now);
  const { server, observations } = serveDoors(store, new Recorder(store));
  const close = async (): Promise<void> => {
    await server.close();
    await store.close();
    await remove();
  };
  return { store, server, observations, close };
}
