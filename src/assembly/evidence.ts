/** Opens the evidence, and keeps house in it. */
import { type Config, ConfigError, isLoopback, retentionRulesOf } from '../config/index.js';
import { type EvidenceStore, Housekeeper, openDuckDbStore } from '../evidence/index.js';
import { formatInstant, Iris } from '../model/index.js';
import type { Ground } from './ground.js';

/** What the receipts of a fresh folder are named by unless it is said: where the server listens, at a name that leads there. */
function ownUrl(url: string): string {
  return url.replace(/^http:\/\/(?:0\.0\.0\.0|\[::\])(?=:|$)/, 'http://localhost');
}

/** Receipts keep the names they were recorded by, whatever address the server listens on today. */
function checkBase(baseIri: string, { publicUrl, data }: Config): void {
  if (publicUrl === '' || publicUrl === baseIri) return;
  throw new ConfigError(
    'bad-setting',
    `publicUrl: the receipts of ${data} are named by ${baseIri} since that folder was made, and ${publicUrl} would ` +
      `break every link to them; leave --public-url out, say --public-url ${baseIri}, or choose another folder with --data`,
  );
}

/** Sorts old samples into parts, and moves what is older than it is kept, in the background until the end. */
function keepHouse({ config, logger, metrics, shutdown }: Ground, store: EvidenceStore): void {
  const compaction = new Housekeeper({
    step: (signal) => store.compact(signal),
    everyMs: config.compactionEveryMs,
    onStep: (part, tookMs) => {
      metrics.sorted(part.samples);
      logger.debug({ part, tookMs }, 'sorted old samples into a part');
    },
    onFailure: (err) => logger.warn({ err }, 'old samples could not be sorted into a part'),
  });
  shutdown.add('compaction', () => compaction.close());
  const rules = retentionRulesOf(config);
  const retention = new Housekeeper({
    step: (signal) => store.retention.step(rules, signal),
    everyMs: config.retentionEveryMs,
    onStep: (step, tookMs) => {
      metrics.retention.did(step);
      const { window, ...moved } = step;
      const span = { from: formatInstant(window.from), until: formatInstant(window.to) };
      logger.info({ ...moved, ...span, tookMs: Math.round(tookMs) }, 'moved what is older than it is kept');
    },
    onFailure: (err) => {
      metrics.retention.failed();
      logger.warn({ err }, 'old evidence could not be moved; it stays where it was');
    },
  });
  shutdown.add('retention', () => retention.close());
}

/** How often is looked whether the data folder is still there and can be written to, in milliseconds. */
const LOOK_AT_DISK_MS = 1_000;

/** Tells when nothing can be recorded any more, and when it can be again. */
function watchDisk({ logger, shutdown, onDiskFault }: Ground, store: EvidenceStore): void {
  let known: string | undefined;
  const watch = new Housekeeper<never>({
    everyMs: LOOK_AT_DISK_MS,
    step: async () => {
      const why = await store.checkDisk().then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      if (why === known) return undefined;
      known = why;
      onDiskFault(why);
      if (why === undefined) logger.warn('evidence is recorded again');
      else logger.error({ why }, 'nothing can be recorded');
      return undefined;
    },
    onFailure: (err) => logger.error({ err }, 'the disk could not be looked at'),
  });
  shutdown.add('watch over the disk', () => watch.close());
}

/** Opens the store of the data folder; fails with `bad-setting` when another public URL is asked for than its own. */
export async function openEvidence(ground: Ground, url: string) {
  const { config, clock, logger, shutdown } = ground;
  const { data: folder, memoryMib: memoryMiB, checkpointMib: checkpointMiB, threads } = config;
  const publicUrl = config.publicUrl === '' ? ownUrl(url) : config.publicUrl;
  const { store, baseIri, migratedFrom } = await openDuckDbStore({
    ...{ folder, clock, memoryMiB, checkpointMiB, threads, publicUrl },
    onLogFault: (why) => {
      logger.error({ why }, 'the log is not what was signed: nothing is signed any more, see genchi verify');
      ground.onLogFault(why);
    },
  });
  shutdown.add('evidence store', () => store.close());
  if (migratedFrom !== undefined) {
    logger.info(
      { folder, from: migratedFrom },
      'brought the data folder to the present schema; none older opens it now',
    );
  }
  void store.broken.then(ground.onBroken);
  watchDisk(ground, store);
  keepHouse(ground, store);
  checkBase(baseIri, config);
  if (!isLoopback(config.host) && isLoopback(new URL(baseIri).hostname)) {
    logger.warn(
      { baseIri },
      'receipts are named by an address that only this machine reaches: make the data folder with --public-url',
    );
  } else logger.info({ baseIri }, 'receipts are named');
  return { store, iris: new Iris(baseIri) };
}
