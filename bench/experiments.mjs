#!/usr/bin/env node
/**
 * How often experiments are decided when they are looked at every minute: false positives between equal arms, and the
 * power to find shifts of 0.2, 0.5 and 0.8 standard deviations, beside a control and against the time before. Noise remembers a share of itself from minute to minute.
 * Run with `npm run bench:experiments`; figures follow from the seed.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { mannWhitney } from '../dist/analysis/experiment/mann-whitney.js';
import { minutesPerIndependentOne } from '../dist/analysis/experiment/memory.js';
import { alwaysValidP, boundaryOf, LEAST_PAIRS, pairsOfArms } from '../dist/analysis/experiment/peeking.js';
import { seededRandom, wanderer } from '../dist/cli/demo/random.js';
import { table } from './table.mjs';

const usage = `usage: npm run bench:experiments -- [--runs N] [--seed N] [--json FILE]
  --runs N     experiments simulated for each figure (1000)
  --seed N     seed of the noise (1)
  --json FILE  write all figures to this file`;

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log(usage);
  process.exit(0);
}
const runs = Number(options.runs);
const seed = Number(options.seed);
if (!(Number.isSafeInteger(runs) && runs > 0 && Number.isSafeInteger(seed))) {
  console.error(usage);
  process.exit(2);
}

/** The share of experiments decided at one of the looks, or at the last alone. */
function shareDecided({ peeking, minutes, memory, shift, onlyLast = false }) {
  const random = seededRandom(seed);
  let decided = 0;
  for (let run = 0; run < runs; run++) {
    const [one, other] = [wanderer(random, 1, memory), wanderer(random, 1, memory)];
    const all = Array.from({ length: minutes }, () => [one() + shift, other()]);
    for (let pairs = onlyLast ? minutes : LEAST_PAIRS; pairs <= minutes; pairs++) {
      const treated = all.slice(0, pairs).map(([value]) => value);
      const control = all.slice(0, pairs).map(([, value]) => value);
      const arms = { treated, control };
      const comparison = mannWhitney(arms, peeking === undefined ? 1 : minutesPerIndependentOne(arms));
      const p = peeking === undefined ? comparison.p : alwaysValidP(peeking, pairs, comparison.z);
      if (p > 0.05) continue;
      decided++;
      break;
    }
  }
  return decided / runs;
}

/** The same against a baseline of so many minutes before it, of one series that goes on. */
function shareDecidedBefore({ peeking, baseline, minutes, memory, shift }) {
  const random = seededRandom(seed);
  const boundary = boundaryOf(peeking, 'before', baseline);
  let decided = 0;
  for (let run = 0; run < runs; run++) {
    const next = wanderer(random, 1, memory);
    const control = Array.from({ length: baseline }, next);
    const since = Array.from({ length: minutes }, () => next() + shift);
    for (let length = LEAST_PAIRS; length <= minutes; length++) {
      const arms = { treated: since.slice(0, length), control };
      const { z } = mannWhitney(arms, minutesPerIndependentOne(arms));
      if (alwaysValidP(boundary, pairsOfArms(length, baseline), z) > 0.05) continue;
      decided++;
      break;
    }
  }
  return decided / runs;
}

const planned = (minutes) => ({ kind: 'planned', pairs: minutes });
const openEnded = { kind: 'open-ended' };

const falsePositives = [0, 0.3, 0.5, 0.7, 0.9].map((memory) => ({
  memory,
  plainP: shareDecided({ peeking: undefined, minutes: 60, memory, shift: 0 }),
  planned: shareDecided({ peeking: planned(60), minutes: 60, memory, shift: 0 }),
  openEnded: shareDecided({ peeking: openEnded, minutes: 60, memory, shift: 0 }),
}));
console.log(
  `\nEqual arms, 60 minutes, a look a minute, ${runs} experiments: the share called different at 5 %`,
);
console.log(
  table(
    ['memory', 'plain p', 'planned', 'open-ended'],
    falsePositives.map((row) => Object.values(row)),
  ),
);

const power = [60, 120].flatMap((minutes) =>
  [0.2, 0.5, 0.8].map((shift) => ({
    minutes,
    shift,
    oneLook: shareDecided({ peeking: undefined, minutes, memory: 0, shift, onlyLast: true }),
    planned: shareDecided({ peeking: planned(minutes), minutes, memory: 0, shift }),
    openEnded: shareDecided({ peeking: openEnded, minutes, memory: 0, shift }),
  })),
);
console.log(
  `\nPower: a shift in deviations of a minute's value, found within so many minutes, ${runs} experiments`,
);
console.log(
  table(
    ['minutes', 'shift', 'one look at the end', 'planned', 'open-ended'],
    power.map((row) => Object.values(row)),
  ),
);

const before = [60, 240].flatMap((baseline) =>
  [0, 0.5, 0.9].flatMap((memory) =>
    [0, 0.5, 0.8].map((shift) => {
      const asked = { baseline, minutes: 60, memory, shift };
      return {
        ...{ baseline, memory, shift },
        planned: shareDecidedBefore({ ...asked, peeking: planned(60) }),
        openEnded: shareDecidedBefore({ ...asked, peeking: openEnded }),
      };
    }),
  ),
);
console.log(
  `\nAgainst the time before, 60 minutes since the start, a look a minute, ${runs} experiments: the share called different`,
);
console.log(
  table(
    ['baseline min', 'memory', 'shift', 'planned', 'open-ended'],
    before.map((row) => Object.values(row)),
  ),
);

if (options.json !== undefined) {
  await mkdir(dirname(options.json), { recursive: true });
  await writeFile(
    options.json,
    `${JSON.stringify({ runs, seed, falsePositives, power, before }, undefined, 2)}\n`,
  );
}
