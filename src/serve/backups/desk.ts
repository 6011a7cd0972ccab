/** Makes backups beside everything else, one at a time, when they are asked for and when their time has come. */
import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Backup, type BackupProgress, type EvidenceBackup, readBackup } from '../../evidence/index.js';
import { type Clock, formatInstant, GenchiError, type Instant } from '../../model/index.js';
import { ServeError } from '../errors.js';

/** What became of a backup that was asked for. */
export type BackupJob = { readonly id: string; readonly startedAt: Instant } & (
  | { readonly state: 'running'; readonly progress: BackupProgress | undefined }
  | { readonly state: 'finished'; readonly finishedAt: Instant; readonly backup: Backup }
  | { readonly state: 'failed'; readonly finishedAt: Instant; readonly why: string }
);

/** What backups are made with. */
export interface BackupDeskParts {
  readonly backup: EvidenceBackup;
  /** The folder that they go to, each in one of its own. */
  readonly folder: string;
  /** How often one is made unasked, in milliseconds; 0 is never. */
  readonly everyMs: number;
  /** How many stay; older ones are removed. 0 keeps all. */
  readonly keep: number;
  readonly clock: Clock;
  readonly onFinished: (job: BackupJob) => void;
}

/** Names of backups are the time they were begun at, so that their order is that of time. */
const NAME = /^\d{8}T\d{6}\.\d{3}Z$/;
/** The time within a name, as milliseconds since the epoch. */
const timeOf = (name: string): number =>
  Date.parse(name.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)/, '$1-$2-$3T$4:$5:'));

/** The backups of a server. */
export class BackupDesk {
  readonly #parts: BackupDeskParts;
  readonly #folder: string;
  readonly #stop = new AbortController();
  #last: BackupJob | undefined;
  #running: Promise<BackupJob> | undefined;

  constructor(parts: BackupDeskParts) {
    this.#parts = parts;
    this.#folder = resolve(parts.folder);
  }

  /** The backup that was asked for last. */
  get last(): BackupJob | undefined {
    return this.#last;
  }

  /** Whether the server is stopping, which ends the backup under way. */
  get isClosing(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Begins a backup; fails with `backup-busy` while another one is made. */
  begin(withKeys: boolean): BackupJob {
    if (this.#running !== undefined) {
      throw new ServeError('backup-busy', 'A backup is being made: ask again when it is finished.');
    }
    const startedAt = this.#parts.clock();
    const id = formatInstant(startedAt).replaceAll(/[-:]/g, '');
    const job: BackupJob = { id, startedAt, state: 'running', progress: undefined };
    this.#last = job;
    this.#running = this.#make(job, withKeys).finally(() => {
      this.#running = undefined;
    });
    return job;
  }

  /** Makes a backup when the newest there is has become old enough. */
  async whenDue(): Promise<void> {
    const { everyMs, clock } = this.#parts;
    if (everyMs === 0 || this.#running !== undefined) return;
    const newest = (await this.#names()).at(-1);
    if (newest !== undefined && Math.abs(clock() - timeOf(newest)) < everyMs) return;
    this.begin(false);
    await this.#running;
  }

  /** Ends the backup under way, of which nothing stays. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #names(): Promise<readonly string[]> {
    const names = await readdir(this.#folder).catch((): string[] => []);
    return names.filter((name) => NAME.test(name)).sort();
  }

  async #make(job: BackupJob, withKeys: boolean): Promise<BackupJob> {
    const { id, startedAt } = job;
    const { backup, clock, onFinished } = this.#parts;
    let ended: BackupJob;
    try {
      await this.#removeUnfinished();
      const previous = (await this.#names()).at(-1);
      const request = { into: join(this.#folder, id), withKeys };
      const made = await backup.make(
        previous === undefined ? request : { ...request, previous: join(this.#folder, previous) },
        this.#stop.signal,
        (progress) => {
          this.#last = { id, startedAt, state: 'running', progress };
        },
      );
      await this.#prune();
      ended = { id, startedAt, state: 'finished', finishedAt: clock(), backup: made };
    } catch (error) {
      const why = error instanceof GenchiError ? error.message : 'It failed; the log says more.';
      ended = { id, startedAt, state: 'failed', finishedAt: clock(), why };
    }
    this.#last = ended;
    onFinished(ended);
    return ended;
  }

  /** Removes what the end of a process in the middle of a backup has left. */
  async #removeUnfinished(): Promise<void> {
    const names = await readdir(this.#folder).catch((): string[] => []);
    const unfinished = names.filter((name) => name.endsWith('.part') && NAME.test(name.slice(0, -5)));
    for (const name of unfinished) await rm(join(this.#folder, name), { recursive: true, force: true });
  }

  /** Removes the oldest whole backups that are more than are kept. */
  async #prune(): Promise<void> {
    const { keep } = this.#parts;
    if (keep === 0) return;
    const names = await this.#names();
    for (const name of names.slice(0, Math.max(0, names.length - keep))) {
      const folder = join(this.#folder, name);
      const isBackup = await readBackup(folder).then(
        () => true,
        () => false,
      );
      if (isBackup) await rm(folder, { recursive: true, force: true });
    }
  }
}
