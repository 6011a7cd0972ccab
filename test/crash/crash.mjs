/**
 * `npm run crash [-- --runs 50 --seed 1 --servers 4]`: servers side by side, each on a folder of its own, are written to
 * on every door and killed with SIGKILL, while checkpoints, compaction, roll-ups, the archive, retention and backups go
 * on. Afterwards every receipt that was acknowledged must be found, none twice, and the whole log must be what the
 * evidence makes, and go on from every checkpoint that was signed before a kill. `npm run crash -- --faults [--only NAME,NAME]` runs the cases of `faults.mjs` instead.
 *
 * Exit codes: 0 all good, 1 not, or a start that was not clean.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { table } from '../../bench/table.mjs';
import { seededRandom } from '../../dist/cli/demo/random.js';
import { runFaults } from './faults.mjs';
import { runLane } from './lane.mjs';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '50' },
    servers: { type: 'string', default: '4' },
    seed: { type: 'string', default: '1' },
    faults: { type: 'boolean', default: false },
    only: { type: 'string' },
    out: { type: 'string' },
  },
});

/** @typedef {Awaited<ReturnType<typeof runLane>>} Outcome */

/** @param {readonly Outcome[]} outcomes */
function byDoor(outcomes) {
  const doors = new Map();
  for (const { door, acknowledged, missing, twice } of outcomes.flatMap(({ results }) => results)) {
    const sum = doors.get(door) ?? { door, acknowledged: 0, missing: 0, twice: 0 };
    doors.set(door, {
      door,
      acknowledged: sum.acknowledged + acknowledged,
      missing: sum.missing + missing.length,
      twice: sum.twice + twice.length,
    });
  }
  return [...doors.values()];
}

/**
 * What went on while the servers were killed: had none of it, the run would say nothing about it.
 * @param {readonly Outcome[]} outcomes
 */
function idleFaults(outcomes) {
  const sum = (/** @type {(one: Outcome) => number} */ of) => outcomes.reduce((all, one) => all + of(one), 0);
  return [
    ...(sum(({ rows }) => rows.sortedSamples) > 0 ? [] : ['no samples were sorted into parts']),
    ...(sum(({ archived }) => archived) > 0 ? [] : ['nothing went to the archive']),
    ...(sum(({ incidents }) => incidents) > 0 ? [] : ['no incident was opened']),
    ...(sum(({ checkpoints }) => checkpoints) > 0 ? [] : ['no checkpoint was signed before a kill']),
  ];
}

/** @param {unknown} record */
async function keep(name, record) {
  const out = options.out ?? `bench-results/${name}.json`;
  await mkdir(dirname(out), { recursive: true });
  await writeFile(out, `${JSON.stringify(record, undefined, 2)}\n`);
  return out;
}

/** @param {string} folder */
async function killAll(folder) {
  const [runs, servers] = [Number(options.runs), Math.min(Number(options.servers), Number(options.runs))];
  console.log(`${runs} kills with SIGKILL of ${servers} servers that are written to on every door`);
  const startedAt = performance.now();
  const outcomes = await Promise.all(
    Array.from({ length: servers }, (_, name) =>
      runLane({
        ...{ name, folder, say: console.log },
        runs: Math.floor(runs / servers) + (name < runs % servers ? 1 : 0),
        random: seededRandom(Number(options.seed) * 1_000 + name),
      }),
    ),
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  const doors = byDoor(outcomes);
  const faults = [
    ...outcomes.flatMap(({ faults: found }, name) => found.map((fault) => `server ${name}: ${fault}`)),
    ...idleFaults(outcomes),
  ];
  const rows = doors.map(({ door, acknowledged, missing, twice }) => [
    door,
    acknowledged,
    acknowledged - missing,
    missing,
    twice,
  ]);
  console.log(`\n${table(['door', 'acknowledged', 'found', 'lost', 'twice'], rows)}\n`);
  for (const [name, one] of outcomes.entries()) {
    console.log(
      `server ${name}: ${one.rows.events} events and ${one.rows.samples} samples in the store, ${one.rows.sortedSamples} sorted ` +
        `into parts (the last is number ${one.rows.parts}), ${one.archived} files of the archive, ${one.incidents} incidents, ` +
        `${one.leaves} leaves of the log, ${one.verified} receipts computed again, ` +
        `${one.checkpoints} checkpoints signed before kills that the last one goes on from`,
    );
  }
  const ready = outcomes.flatMap(({ kills }) => kills.flatMap(({ readyMs }) => readyMs ?? []));
  const acknowledged = doors.reduce((sum, door) => sum + door.acknowledged, 0);
  console.log(
    `${runs} kills in ${seconds.toFixed(0)} s, ${acknowledged} receipts acknowledged, slowest start ${Math.max(...ready).toFixed(0)} ms`,
  );
  for (const fault of faults) console.log(fault);
  const record = {
    ...{ at: new Date().toISOString(), node: process.version, seed: Number(options.seed), runs, servers },
    ...{ seconds, good: faults.length === 0, faults, acknowledged, doors },
    servers: outcomes.map(({ results, ...one }) => one),
  };
  console.log(
    `${faults.length === 0 ? 'Everything acknowledged was found, nothing twice, the log is what the evidence makes.' : 'NOT GOOD.'} Written to ${await keep('crash', record)}`,
  );
  return faults.length === 0;
}

const folder = await mkdtemp(join(tmpdir(), 'genchi-crash-'));
try {
  const good = options.faults
    ? await runFaults({ folder, only: options.only, keep: (record) => keep('crash-faults', record) })
    : await killAll(folder);
  process.exitCode = good ? 0 : 1;
} finally {
  // What went wrong can be looked at.
  if (process.exitCode === 0) await rm(folder, { recursive: true, force: true });
  else console.log(`The folders are kept in ${folder}.`);
}
