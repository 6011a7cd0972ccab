/**
 * `npm run bench:rca`: recorded failures with known causes, asked of the same analysis that the server runs.
 *
 * Exit codes: 0 every floor is held, 1 a score is below its floor or a case took too long, 2 there is nothing to run.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { BenchSet } from './case.js';
import { type CaseResult, runSet, type SetResult } from './harness.js';
import { type PerturbedBy, perturbations } from './perturb.js';
import { ablationTable, leftOutTable, reliabilityTable, scoreTable, sensitivityTable } from './report.js';
import { belowFloor, isotonic } from './score.js';
import { type Sensitivity, sensitivityOf } from './sensitivity.js';
import { sets } from './sets.js';

const HELP = `npm run bench:rca -- [options]

  --data DIR        folder with the sets (default: GENCHI_RCA_DATA, else ../shared/data/rca)
  --set NAME        only this set, may be given again
  --case TEXT       only cases with this in their names
  --every N         only every N-th case
  --perturb HOW     change each case first in a way that should not matter, or lose a part of it: rename, rescale,
                    drop (a tenth of the samples), nograph, shift (in time), shuffle, duplicate, subsample (half
                    of the series half as often), history (a third of it); no floors then
  --seed N          another draw of what chance decides in --perturb (default: 0)
  --learn-from DIR  learn weights from another folder of this layout, instead of from folds
  --json FILE       write the scores as JSON
  --calibrate       tell the knots from score to confidence that these cases would give, and how those of all sets but one hold
                    for that one
  --sensitivity     instead of all that: each weight in turn half and twice what it is, and what the scores become;
                    takes minutes a case, see --every; with --json the rows are written there
  --weight TEXT     only weights with this in their names, with --sensitivity
  --ablate          leave out each term of the score in turn
  --verbose         tell the answer to each case
  --explain         tell its candidates with their terms, too`;

/** The longest mean time a case may take, in milliseconds. */
const SLOWEST_MEAN_MS = 2_000;

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    set: { type: 'string', multiple: true },
    case: { type: 'string', default: '' },
    every: { type: 'string', default: '1' },
    perturb: { type: 'string', default: 'none' },
    seed: { type: 'string', default: '0' },
    'learn-from': { type: 'string' },
    json: { type: 'string' },
    sensitivity: { type: 'boolean', default: false },
    weight: { type: 'string', default: '' },
    ablate: { type: 'boolean', default: false },
    calibrate: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    explain: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function tell({ case: one, marks, analysis, analyseMs }: CaseResult): void {
  const first = analysis.candidates[0];
  const answer =
    first === undefined ? 'no candidate' : `${first.score.toFixed(2)} ${first.title} [${first.service}]`;
  const told = Object.entries(marks).map(([name, value]) => `${name}=${Number(value.toFixed(2))}`);
  console.log(`  ${one.name}  ${told.join(' ')}  ${analyseMs.toFixed(0)} ms  ${answer}`);
  if (!options.explain) return;
  for (const { score, title, service, terms } of analysis.candidates) {
    const parts = terms.map(({ name, value }) => `${name} ${value.toFixed(2)}`).join(', ');
    console.log(`      ${score.toFixed(3)} ${title} [${service}] ${parts}`);
  }
}

async function writeJson(file: string, results: readonly SetResult[]): Promise<void> {
  const rows = results.map(({ set, cases, scores, msPerCase }) => ({
    set: set.name,
    cases,
    scores: Object.fromEntries(Object.entries(scores).filter(([, value]) => !Number.isNaN(value))),
    msPerCase,
  }));
  await writeRows(file, rows);
}

async function writeRows(file: string, rows: readonly object[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(rows, null, 2)}\n`);
}

function faultsOf({ set, scores, msPerCase }: SetResult): readonly string[] {
  const slow = msPerCase > SLOWEST_MEAN_MS ? [`${set.name}: ${Math.round(msPerCase)} ms a case`] : [];
  const low = belowFloor(set.scores, scores).map(
    ({ name, floor, atMost }) =>
      `${set.name}: ${name} is ${scores[name]?.toFixed(3)}, ${atMost === true ? 'at most' : 'at least'} ${floor} wanted`,
  );
  return [...low, ...slow];
}

async function vary(chosen: readonly BenchSet[], data: string, every: number): Promise<number> {
  const all: Sensitivity[] = [];
  for (const set of chosen) {
    const how = { weight: options.weight, named: options.case, every };
    all.push(...(await sensitivityOf(set, join(data, set.name), how)));
  }
  console.log(sensitivityTable(all));
  if (options.json !== undefined) await writeRows(options.json, all);
  return all.length === 0 ? 2 : 0;
}

async function main(): Promise<number> {
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const data = options.data ?? process.env.GENCHI_RCA_DATA ?? join('..', 'shared', 'data', 'rca');
  const learnFrom = options['learn-from'];
  const unknown = options.set?.find((name) => !sets.some((set) => set.name === name));
  if (unknown !== undefined) {
    console.error(`There is no set ${unknown}; there are ${sets.map(({ name }) => name).join(', ')}.`);
    return 2;
  }
  const how = perturbations.find((one) => one === options.perturb) ?? 'none';
  const [every, seed] = [Number(options.every), Number(options.seed)];
  if (how !== options.perturb || !(Number.isInteger(every) && every > 0) || !Number.isInteger(seed)) {
    console.error(
      `--perturb is one of ${perturbations.join(', ')}, --every a whole number from 1, --seed a whole number.`,
    );
    return 2;
  }
  const chosen = sets.filter(
    ({ name }) => (options.set?.includes(name) ?? true) && existsSync(join(data, name)),
  );
  if (options.sensitivity) return await vary(chosen, data, every);
  const results: SetResult[] = [];
  for (const set of chosen) {
    const folder = join(data, set.name);
    const more = learnFrom === undefined ? {} : { learnFrom: join(learnFrom, set.name) };
    const seen = options.verbose || options.explain ? tell : () => undefined;
    const perturb: PerturbedBy = { how, seed };
    const result = await runSet(set, folder, { ...more, named: options.case, every, perturb }, seen);
    if (result !== undefined) results.push(result);
  }
  if (results.length === 0) {
    console.error(`No set of recorded failures was found in ${data}; see --help.`);
    return 2;
  }
  console.log(scoreTable(results));
  console.log(`\n${reliabilityTable(results)}`);
  if (options.calibrate) {
    const knots = isotonic(results.flatMap(({ judged }) => judged));
    console.log(`\n${leftOutTable(results)}`);
    console.log(
      `\n${knots.map(([score, right]) => `[${score.toFixed(3)}, ${right.toFixed(3)}]`).join('\n')}`,
    );
  }
  if (options.ablate) console.log(`\n${ablationTable(results)}`);
  if (options.json !== undefined) await writeJson(options.json, results);
  // Floors are for all cases as they are.
  const faults = how === 'none' && every === 1 ? results.flatMap(faultsOf) : [];
  for (const fault of faults) console.error(fault);
  return faults.length === 0 ? 0 : 1;
}

process.exitCode = await main();
