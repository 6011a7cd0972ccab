/** Amazon PetShop (Hardt et al., 2024): latency, requests and availability of 44 nodes every 5 minutes; root node. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type Instant, instantOf, MINUTE_MS, shift } from '../../src/model/index.js';
import type { BenchCase, BenchSet, Marks } from './case.js';
import { numberIn, readCsv } from './csv.js';
import type { LabelledSample } from './recording.js';
import { mapValues, rankedServices, withinFirst } from './score.js';
import { simpleRankings } from './simple.js';

const STEP_MS = 5 * MINUTE_MS;

/** The row of a case from which on the failure is in; the two before it are the last normal ones. */
const TRIGGER_ROW = 2;

const HEAD_ROWS = 4;

const targetSchema = z.object({
  target: z.object({ node: z.string(), metric: z.string(), agg: z.string() }),
  root_cause: z.object({ node: z.string() }),
});

/** The name an exporter would give it: sums over a period are plain numbers of requests, availability is in percent. */
function metricName(metric: string, statistic: string): string {
  return metric === 'latency' ? `latency_${statistic.toLowerCase()}_seconds` : metric;
}

async function readSamples(file: string): Promise<readonly LabelledSample[]> {
  const rows = await readCsv(file);
  const [services = [], metrics = [], statistics = []] = rows;
  return rows.slice(HEAD_ROWS).flatMap((row) => {
    const at = instantOf(numberIn(row[0]) * 1000);
    return row.slice(1).map((cell, column) => ({
      metric: metricName(metrics[column + 1] ?? '', statistics[column + 1] ?? ''),
      labels: { service: services[column + 1] ?? '' },
      at,
      value: numberIn(cell),
    }));
  });
}

async function readCalls(file: string): Promise<readonly (readonly [string, string])[]> {
  const [[, ...callees] = [], ...rows] = await readCsv(file);
  return rows.flatMap(([caller = '', ...calls]) =>
    calls.flatMap((cell, column): readonly (readonly [string, string])[] =>
      numberIn(cell) > 0 ? [[caller, callees[column] ?? '']] : [],
    ),
  );
}

function timesOf(samples: readonly LabelledSample[]): readonly Instant[] {
  return [...new Set(samples.map(({ at }) => at))].sort((a, b) => a - b);
}

interface Scenario {
  readonly name: string;
  readonly calls: readonly (readonly [string, string])[];
  /** The long recording without an issue, moved so that it ends right before a case begins. */
  readonly usualBefore: (start: Instant) => readonly LabelledSample[];
}

async function readScenario(folder: string, name: string): Promise<Scenario> {
  const usual = await readSamples(join(folder, name, 'noissue', 'metrics.csv'));
  const last = timesOf(usual).at(-1);
  return {
    name,
    calls: await readCalls(join(folder, name, 'graph.csv')),
    usualBefore: (start) =>
      last === undefined
        ? []
        : usual.map((sample) => ({ ...sample, at: shift(sample.at, start - STEP_MS - last) })),
  };
}

function marksOf(ranked: readonly string[], wanted: string): Marks {
  return { top1: withinFirst(ranked, wanted, 1), top3: withinFirst(ranked, wanted, 3) };
}

async function readCase(scenario: Scenario, folder: string, name: string): Promise<BenchCase | undefined> {
  const samples = await readSamples(join(folder, 'metrics.csv'));
  const times = timesOf(samples);
  const [start, end, trigger] = [times[0], times.at(-1), times[TRIGGER_ROW]];
  if (start === undefined || end === undefined || trigger === undefined) return undefined;
  const { target, root_cause: cause } = targetSchema.parse(
    JSON.parse(await readFile(join(folder, 'target.json'), 'utf8')),
  );
  return {
    name: `${scenario.name}/${name}`,
    question: {
      service: target.node,
      metric: metricName(target.metric, target.agg),
      at: end,
      windowMs: end - trigger,
    },
    record: async (into) => {
      await into.samples([...scenario.usualBefore(start), ...samples]);
      await into.calls(scenario.calls, start);
    },
    marks: (analysis) => marksOf(rankedServices(analysis), cause.node),
    simple: () => {
      const rankings = simpleRankings({
        samples: [...scenario.usualBefore(start), ...samples],
        phaseOf: ({ at }) => (at >= trigger ? 'since' : 'before'),
        nameOf: ({ labels }) => labels.service ?? '',
      });
      return mapValues(rankings, (ranked) => marksOf(ranked, cause.node));
    },
    isRight: ({ service }) => service === cause.node,
  };
}

async function subfolders(folder: string): Promise<readonly string[]> {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

async function load(folder: string): Promise<readonly BenchCase[]> {
  const cases: BenchCase[] = [];
  for (const name of await subfolders(folder)) {
    if (!existsSync(join(folder, name, 'graph.csv'))) continue;
    const scenario = await readScenario(folder, name);
    for (const split of ['train', 'test']) {
      for (const issue of await subfolders(join(folder, name, split))) {
        const one = await readCase(scenario, join(folder, name, split, issue), `${split}/${issue}`);
        if (one !== undefined) cases.push(one);
      }
    }
  }
  return cases;
}

/** The root node of recorded issues of the PetShop application. */
export const petshop: BenchSet = {
  name: 'petshop',
  scores: [
    { name: 'top1', of: 'mean', floor: 0.8, aim: 0.95, published: 'topology rule .265' },
    { name: 'top3', of: 'mean', floor: 0.95, aim: 1, published: 'topology rule .471' },
  ],
  load,
};
