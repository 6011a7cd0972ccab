/**
 * `npm run bench:ingest`: samples a second that Genchi acknowledges through `/api/v1/write`, and Prometheus the same
 * stream, in turn in one run; afterwards every acknowledged sample is counted.
 *
 * Exit codes: 0 Genchi is at least as fast on what a Prometheus sends and nothing is missing, 1 it is slower or a sample
 * is missing, 2 Prometheus is not installed and Genchi was measured alone.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { isInstalled, versionOf } from '../test/integration/programs.mjs';
import { measure } from './measure.mjs';
import { BATCH, SERIES, shapes } from './stream.mjs';
import { table } from './table.mjs';

/** @typedef {import('./measure.mjs').Measured} Measured */
/** @typedef {import('./measure.mjs').Shape} Shape */

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    steps: { type: 'string', default: '200' },
    shape: { type: 'string', multiple: true, default: Object.keys(shapes) },
    out: { type: 'string', default: 'bench-results/ingest.json' },
  },
});
const rounds = Number(options.rounds);
const steps = Number(options.steps);
const alone = !isInstalled('prometheus');

/**
 * @param {string} name
 * @returns {name is Shape}
 */
function isShape(name) {
  return Object.hasOwn(shapes, name);
}

const HEAD = [
  'requests',
  'server',
  'samples/s',
  'slowest',
  'fastest',
  'cpu s/M',
  'RSS MiB',
  'p50 ms',
  'p99 ms',
  'acknowledged',
  'found',
];

/** @param {readonly Measured[]} results */
function printTable(results) {
  const rows = results.flatMap(({ shape, summaries }) =>
    summaries.map((one) => [
      shape,
      one.server,
      one.perSecond,
      one.slowest,
      one.fastest,
      one.cpuSecondsPerMillion,
      one.residentMib,
      one.p50Ms,
      one.p99Ms,
      one.acknowledged,
      one.found,
    ]),
  );
  console.log(`\n${table(HEAD, rows)}\n`);
  for (const { shape, ratio } of results) {
    const decides = shapes[shape].decides ? '' : ' (decides nothing: Prometheus never sends this)';
    if (ratio !== undefined) console.log(`${shape}: Genchi / Prometheus = ${ratio.toFixed(2)}${decides}`);
  }
}

/**
 * What is not as it should be, a sentence each.
 * @param {readonly Measured[]} results
 */
function faultsOf(results) {
  return results.flatMap(({ shape, ratio, summaries, sparql }) => [
    ...(ratio !== undefined && ratio < 1 && shapes[shape].decides
      ? [`${shape}: Genchi is slower than Prometheus`]
      : []),
    ...(sparql.found !== sparql.expected
      ? [`${shape}: SPARQL tells of ${sparql.found} of ${sparql.expected} samples`]
      : []),
    ...summaries
      .filter((one) => one.found !== one.acknowledged)
      .map((one) => `${shape}: ${one.server} acknowledged ${one.acknowledged} samples and has ${one.found}`),
  ]);
}

/**
 * Prints and writes the results, and sets the exit code.
 * @param {readonly Measured[]} results
 * @param {string} prometheus its version
 */
async function report(results, prometheus) {
  printTable(results);
  const faults = faultsOf(results);
  for (const fault of faults) console.log(fault);
  const machine = { at: new Date().toISOString(), node: process.version, cpus: cpus().length, prometheus };
  await mkdir(dirname(options.out), { recursive: true });
  await writeFile(
    options.out,
    `${JSON.stringify({ ...machine, series: SERIES, batch: BATCH, rounds, steps, faults, results }, undefined, 2)}\n`,
  );
  console.log(`\nWritten to ${options.out}`);
  process.exitCode = faults.length > 0 ? 1 : alone ? 2 : 0;
}

const prometheus = alone ? 'Prometheus is not installed: Genchi is measured alone' : versionOf('prometheus');
console.log(
  `${SERIES} series, requests of ${BATCH} samples, ${rounds} rounds of ${(steps * SERIES).toLocaleString('en-US')} samples`,
);
console.log(`${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}, ${prometheus}\n`);
const folder = await mkdtemp(join(tmpdir(), 'genchi-bench-'));
try {
  const results = [];
  for (const shape of options.shape) {
    if (!isShape(shape))
      throw new Error(`unknown shape ${shape}: expected one of ${Object.keys(shapes).join(', ')}`);
    results.push(await measure({ shape, folder, rounds, steps }));
  }
  await report(results, prometheus);
} finally {
  await rm(folder, { recursive: true, force: true });
}
