import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach } from 'vitest';
import type { EvidenceStore } from '../../../src/evidence/index.js';
import type { Instant } from '../../../src/model/index.js';
import { freshFolder, T0 } from '../fixture.js';
import { openAt } from '../retention-fixture.js';

/** An open store in a folder of its own, with a clock that tests set. */
export class Scene {
  clock: { now: Instant } = { now: T0 };
  #open:
    | { readonly store: EvidenceStore; readonly folder: string; readonly remove: () => Promise<void> }
    | undefined;

  get #present() {
    if (this.#open === undefined) throw new Error('a store is there while a test runs');
    return this.#open;
  }

  get store(): EvidenceStore {
    return this.#present.store;
  }

  get folder(): string {
    return this.#present.folder;
  }

  async begin(): Promise<void> {
    this.clock = { now: T0 };
    const { folder, remove } = await freshFolder();
    this.#open = { folder, remove, store: await openAt(folder, this.clock) };
  }

  /** Closes the store, does some work on its folder, and opens it again. */
  async reopen(work: (folder: string) => Promise<unknown> = async () => undefined): Promise<void> {
    const { folder, remove, store } = this.#present;
    await store.close();
    await work(folder);
    this.#open = { folder, remove, store: await openAt(folder, this.clock) };
  }

  async end(): Promise<void> {
    await this.#open?.store.close();
    await this.#open?.remove();
    this.#open = undefined;
  }

  /** Goes on with another folder. */
  async beginAnew(): Promise<void> {
    await this.end();
    await this.begin();
  }
}

/** A scene that begins and ends with each test of the file that calls this. */
export function sceneOfEach(): Scene {
  const scene = new Scene();
  beforeEach(() => scene.begin());
  afterEach(() => scene.end());
  return scene;
}

/** Runs statements on the closed store of a folder, as somebody would who can write to its disk. */
export async function tamper(folder: string, ...statements: readonly string[]): Promise<void> {
  await inside(folder, async (connection) => {
    for (const statement of statements) await connection.run(statement);
  });
}

/** Does some work on the closed store of a folder. */
export async function inside<T>(
  folder: string,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const instance = await DuckDBInstance.create(join(folder, 'evidence.duckdb'));
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** A statement that gives the parts of a batch another hash. */
export const otherHashes = (batch: number): string =>
  `UPDATE batch SET parts = regexp_replace(parts, '[0-9a-f]{64}', '${'ab'.repeat(32)}') WHERE number = ${batch}`;
