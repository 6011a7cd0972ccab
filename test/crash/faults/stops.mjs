/** SIGTERM in the middle of each work in the background: what was begun and not finished is undone or goes on later. */
import { cp, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { until } from '../../integration/programs.mjs';
import { openFolder } from '../folder.mjs';
import { expect, expectSound, post, run, startOn } from './server.mjs';

/** @typedef {import('./server.mjs').Fault} Fault */
/** @typedef {Awaited<ReturnType<typeof startOn>>} Server */

const STORE = 'evidence.duckdb';
const DAY_MS = 86_400_000;
const DAYS = 200;
const SERIES = 100;
const PER_DAY = 20;
/** How old the newest of the samples are, and for how long roll-ups are kept: some of them are due, no samples. */
const OLD_DAYS = 40;
const KEPT_DAYS = 300;
const SAMPLES = DAYS * SERIES * PER_DAY;
/** How long a stop may take; `genchi serve` ends anyway after it, with 1. */
const GRACE_MS = 10_000;
const ALERTS = 40;
/** Nothing is due but what a case asks for. */
const IDLE = [
  ...['--retention-sample-days', '0', '--retention-minute-days', '0', '--retention-hour-days', '0'],
  ...['--retention-event-days', '0', '--retention-reading-days', '0'],
];

/**
 * A folder with old samples that are to be sorted and to go to the archive, and roll-ups that are to go, for each of so
 * many days: work for longer than a server takes to be ready.
 * @param {string} folder
 */
async function laden(folder) {
  const data = join(folder, 'laden');
  const { store, close } = await openFolder(data);
  const refs = Array.from({ length: SERIES }, (_, n) =>
    store.intern({ __name__: 'old_gauge', service: 'crash', series: String(n) }),
  );
  const first = Math.floor(Date.now() / DAY_MS - DAYS - OLD_DAYS) * DAY_MS;
  const length = SERIES * PER_DAY;
  for (let day = 0; day < DAYS; day++) {
    const at = Float64Array.from(
      { length },
      (_, n) => first + day * DAY_MS + Math.floor(n / SERIES) * 60_000,
    );
    const series = Uint32Array.from({ length }, (_, n) => refs[n % SERIES] ?? 0);
    const value = Float64Array.from({ length }, (_, n) => day + n / 7);
    await store.append({ events: [], samples: { length, series, at, value, stale: [] } });
  }
  await close();
  await rowOf(
    data,
    `INSERT INTO rollup_minute SELECT ${refs[0]}, ${first - DAYS * DAY_MS} + n * ${DAY_MS / 1_000}, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0
     FROM range(${DAYS * 1_000}) t(n)`,
  );
  return data;
}

/**
 * What a statement answers first, in the store of a folder that nobody has open.
 * @param {string} data
 * @param {string} sql
 */
async function rowOf(data, sql) {
  const instance = await DuckDBInstance.create(join(data, STORE));
  const connection = await instance.connect();
  const [row = []] = (await connection.runAndReadAll(sql)).getRows();
  connection.closeSync();
  instance.closeSync();
  return row.map(Number);
}

/** @param {string} data */
async function stateOf(data) {
  const [unsorted = 0, sorted = 0, archived = 0, rollups = 0, made = 0] = await rowOf(
    data,
    `SELECT (SELECT count(*) FROM sample), (SELECT count(*) FROM sorted_sample),
       (SELECT coalesce(sum(receipts), 0) FROM archive WHERE kind = 'sample'),
       (SELECT count(*) FROM rollup_minute WHERE series IS NOT NULL AND "at" % 86400 = 0), (SELECT count(*) FROM rollup_hour)`,
  );
  return { unsorted, sorted, archived, rollups, made };
}

/**
 * Stops a server, which must end with 0 in time; answers how long it took.
 * @param {Server} genchi
 */
async function stopped(genchi) {
  const startedAt = performance.now();
  const code = await genchi.stop('SIGTERM');
  const ms = performance.now() - startedAt;
  expect(code === 0 && ms < GRACE_MS, `stopped with ${code} after ${ms.toFixed(0)} ms: ${genchi.output}`);
  return ms;
}

/**
 * The works of a server, each with the settings that make it due, what is done before the stop, and how it is told that
 * it was begun and not finished.
 * @type {Readonly<Record<string, { settings: string[], before?: (genchi: Server, data: string) => Promise<unknown>, met: (state: Awaited<ReturnType<typeof stateOf>>) => boolean, after?: (data: string) => Promise<void> }>>}
 */
const works = {
  sorting: {
    settings: ['--compaction-every-ms', '10'],
    met: ({ unsorted, sorted }) => sorted > 0 && unsorted > 0,
  },
  'archive and roll-up': {
    settings: ['--retention-every-ms', '10', '--retention-sample-days', '30'],
    before: async (genchi, data) => {
      await until(`the first file of the archive: ${genchi.output}`, 30_000, async () => {
        const files = await readdir(join(data, 'archive', 'sample')).catch(() => []);
        return files.some((name) => name.endsWith('.parquet'));
      });
    },
    met: ({ unsorted, archived, made }) => archived > 0 && made > 0 && unsorted > 0,
  },
  retention: {
    settings: [
      ...['--retention-every-ms', '10', '--retention-sample-days', String(KEPT_DAYS)],
      ...['--retention-minute-days', String(KEPT_DAYS)],
    ],
    before: async ({ url }) => {
      await until('the first step of retention', 30_000, async () => {
        const text = await (await fetch(`${url}/metrics`)).text();
        return /^genchi_retention_steps_total\{[^}]*\} [1-9]/m.test(text);
      });
    },
    met: ({ rollups }) => rollups > (KEPT_DAYS - DAYS - OLD_DAYS + 1) * 1_000 && rollups < DAYS * 1_000,
  },
  checkpoint: {
    settings: ['--checkpoint-mib', '64'],
    before: async ({ url }, data) => {
      await alerts(url);
      expect((await stat(join(data, `${STORE}.wal`))).size > 0, 'there was nothing to fold into the store');
    },
    met: () => true,
    after: async (data) =>
      expect(!(await readdir(data)).includes(`${STORE}.wal`), 'the write-ahead log was left'),
  },
  backup: {
    settings: [],
    before: async ({ url }) => {
      const headers = { 'content-type': 'application/json' };
      const asked = await fetch(`${url}/backups`, { method: 'POST', headers, body: '{}' });
      expect(JSON.parse(await asked.text()).state === 'running', 'the backup was made before the stop');
    },
    met: () => true,
    after: async (data) => {
      const left = await readdir(join(data, 'backups')).catch(() => []);
      expect(left.length === 0, `a backup left ${left.join(', ')}`);
    },
  },
  // Alerts that are acknowledged, with their incidents still to be opened and analysed.
  incidents: {
    settings: [],
    before: async ({ url }) => {
      await alerts(url);
    },
    met: () => true,
    after: async (data) => {
      const genchi = await startOn(data, IDLE);
      await until(
        'every alert to have its incident',
        30_000,
        async () => (await coveredAlerts(genchi.url)) >= ALERTS,
      );
      await stopped(genchi);
    },
  },
};

/** @param {string} url */
async function alerts(url) {
  const lines = Array.from({ length: ALERTS }, (_, n) =>
    JSON.stringify({
      kind: 'alert_fired',
      service: `stop-${n}`,
      name: `Stop${n}`,
      severity: 'critical',
      summary: `${n}`,
    }),
  );
  const headers = { 'content-type': 'application/x-ndjson' };
  const { status, text } = await post(url, { path: '/api/v1/events', headers, body: lines.join('\n') });
  expect(status === 200, `alerts were answered ${status}: ${text}`);
}

/**
 * How many alerts belong to an incident.
 * @param {string} url
 */
async function coveredAlerts(url) {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ query: '{ incidents(first: 100) { nodes { alertCount } } }' });
  const { text } = await post(url, { path: '/graphql', headers, body });
  const { nodes } = JSON.parse(text).data.incidents;
  return nodes.reduce(
    (/** @type {number} */ sum, /** @type {{ alertCount: number }} */ one) => sum + one.alertCount,
    0,
  );
}

/** @type {Fault} */
export async function stopsInWork(folder) {
  const from = await laden(folder);
  const seen = [];
  for (const [name, { settings, before, met, after }] of Object.entries(works)) {
    const data = join(folder, name.replaceAll(' ', '-'));
    await cp(from, data, { recursive: true });
    const genchi = await startOn(data, [...IDLE, ...settings]);
    await before?.(genchi, data);
    const ms = await stopped(genchi).catch((/** @type {Error} */ error) => {
      throw new Error(`${name}: ${error.message}`);
    });
    await after?.(data);
    await expectSound(data);
    const state = await stateOf(data);
    const all = state.unsorted + state.sorted + state.archived;
    expect(all === SAMPLES, `${name}: ${all} of ${SAMPLES} samples`);
    expect(met(state), `${name} was not in the middle of its work: ${JSON.stringify(state)}`);
    seen.push(`${name} ${ms.toFixed(0)} ms`);
  }
  return `stopped with 0 in the middle of ${seen.join(', ')}; nothing half-written, all ${SAMPLES} samples there`;
}

/**
 * Sends SIGTERM to a verb as soon as it is in the middle of its work.
 * @param {readonly string[]} args
 * @param {() => Promise<boolean>} isUnderWay
 */
async function stopVerb(args, isUnderWay) {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let child;
  const ending = run(args, {
    onStart: (started) => {
      child = started;
    },
  });
  await until(
    `${args[0]} to be under way`,
    30_000,
    async () => child?.exitCode !== null || (await isUnderWay()),
    5,
  );
  const startedAt = performance.now();
  child?.kill('SIGTERM');
  const { code, err } = await ending;
  const ms = performance.now() - startedAt;
  expect(
    code === 1 && /stopped/.test(err) && ms < GRACE_MS,
    `${args[0]} ended with ${code} after ${ms} ms: ${err}`,
  );
  return `${args[0]} ${ms.toFixed(0)} ms`;
}

/** @type {Fault} */
export async function stopsInVerbs(folder) {
  const from = await laden(folder);
  const [out, whole, into] = ['stopped.nq', 'whole', 'imported'].map((name) => join(folder, name));
  const started = async (/** @type {string} */ name) =>
    (await readdir(folder)).some((one) => one.startsWith(name));
  const exported = await stopVerb(['export', '--data', from, '--output', out ?? ''], () =>
    started('stopped.nq'),
  );
  expect(!(await readdir(folder)).some((name) => name.startsWith('stopped')), 'half an export was left');
  const backedUp = await stopVerb(['backup', join(folder, 'half'), '--data', from], () => started('half'));
  expect(!(await readdir(folder)).some((name) => name.startsWith('half')), 'half a backup was left');
  const again = await run(['export', '--data', from, '--format', 'parquet', '--output', whole ?? '']);
  expect(again.code === 0, `export: ${again.err}`);
  const wal = join(into ?? '', `${STORE}.wal`);
  const imported = await stopVerb(
    ['import', whole ?? '', '--data', into ?? ''],
    async () => (await stat(wal).catch(() => ({ size: 0 }))).size > 200_000,
  );
  const [half = 0] = await rowOf(into ?? '', 'SELECT count(*) FROM samples');
  expect(half > 0 && half < SAMPLES, `the import had recorded ${half} samples`);
  const rest = await run(['import', whole ?? '', '--data', into ?? '']);
  expect(rest.code === 0, `import again: ${rest.err}`);
  await expectSound(into ?? '');
  const [all] = await rowOf(into ?? '', 'SELECT count(*) FROM samples');
  expect(all === SAMPLES, `${all} of ${SAMPLES} samples after an import that was stopped`);
  return `${exported}, ${backedUp}, ${imported}: ended with 1 and "stopped", nothing half-written; the import went on from ${half} to all ${all} samples`;
}
