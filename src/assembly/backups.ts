/** Takes up backups. */
import { join } from 'node:path';
import { type EvidenceStore, Housekeeper } from '../evidence/index.js';
import { BackupDesk } from '../serve/index.js';
import type { Ground } from './ground.js';

/** Backups go below the data folder where no other folder is named. */
const OWN_FOLDER = 'backups';
/** How often is looked whether one is due, in milliseconds. */
const LOOK_EVERY_MS = 60_000;

/** Makes backups when they are asked for, and at the times that the settings ask for. */
export function takeUpBackups({ config, clock, logger, shutdown }: Ground, store: EvidenceStore): BackupDesk {
  const { data, backupDir, backupEveryMs: everyMs, backupKeep: keep } = config;
  const desk: BackupDesk = new BackupDesk({
    ...{ backup: store.backup, everyMs, keep, clock },
    folder: backupDir === '' ? join(data, OWN_FOLDER) : backupDir,
    onFinished: (job) => {
      if (job.state === 'finished') {
        const { folder, bytes, sha256 } = job.backup;
        logger.info({ folder, bytes, sha256 }, 'a backup was made');
      } else if (job.state === 'failed') {
        const { id, why } = job;
        if (desk.isClosing) logger.info({ id, why }, 'the stop ended a backup');
        else logger.error({ id, why }, 'a backup failed');
      }
    },
  });
  const schedule = new Housekeeper<never>({
    step: async () => {
      await desk.whenDue();
      return undefined;
    },
    everyMs: everyMs === 0 ? LOOK_EVERY_MS : Math.min(everyMs, LOOK_EVERY_MS),
    onFailure: (err) => logger.error({ err }, 'it could not be told whether a backup is due'),
  });
  shutdown.add('backups', () => desk.close().then(() => schedule.close()));
  return desk;
}
