/** Sock Shop of RCD (Ikram et al., 2022): 38 metrics a second, before and after a fault; its service and metric. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Instant, instantOf, SECOND_MS, shift } from '../../src/model/index.js';
import type { Candidate } from '../../src/rca/index.js';
import type { BenchCase, BenchSet, Marks } from './case.js';
import { numberIn, readCsv } from './csv.js';
import type { LabelledSample } from './recording.js';
import { mapValues, rankedServices, withinFirst } from './score.js';
import { simpleRankings } from './simple.js';

/** The entry of Sock Shop, whose operator would ask. */
const ENTRY = 'front-end';

/** How many ranks the mean accuracy is over. */
const RANKS = 5;

/** Delays of the split, in seconds, with the scores that are taken at each. */
const DELAYS_S = [0, 60] as const;

/** The names that an exporter would give the columns' parts. */
const metricNames: Readonly<Record<string, string>> = {
  cpu: 'cpu_percent',
  mem: 'memory_bytes',
  lod: 'requests_per_second',
  lat_50: 'latency_p50_seconds',
  lat_90: 'latency_p90_seconds',
  lat_99: 'latency_p99_seconds',
};

/** `catalogue-db_lat_50` is the service `catalogue-db` and its `lat_50`. */
function columnOf(name: string): { readonly service: string; readonly metric: string } | undefined {
  const split = /^([^_]+)_(.+)$/.exec(name);
  if (split === null) return undefined;
  const [, service = '', metric = ''] = split;
  return { service, metric: metricNames[metric] ?? metric };
}

async function readSamples(file: string): Promise<readonly LabelledSample[]> {
  const [head = [], ...rows] = await readCsv(file);
  const columns = head.map(columnOf);
  const time = head.indexOf('time');
  return rows.flatMap((row) => {
    const at = instantOf(numberIn(row[time]) * SECOND_MS);
    return row.flatMap((cell, place) => {
      const column = columns[place];
      if (column === undefined) return [];
      return [{ metric: column.metric, labels: { service: column.service }, at, value: numberIn(cell) }];
    });
  });
}

function boundsOf(samples: readonly LabelledSample[]): readonly [Instant, Instant] | undefined {
  const times = samples.map(({ at }) => at).sort((a, b) => a - b);
  const [from, to] = [times[0], times.at(-1)];
  return from === undefined || to === undefined ? undefined : [from, to];
}

interface Recorded {
  readonly name: string;
  /** The normal recording, moved to end a second before the anomalous one, and that one. */
  readonly samples: readonly LabelledSample[];
  readonly seam: Instant;
  readonly end: Instant;
  readonly service: string;
  readonly metric: string;
}

async function readRecorded(folder: string, fault: string, run: string): Promise<Recorded | undefined> {
  const truth = /^(.+)-([a-z]+)$/.exec(fault);
  const normal = await readSamples(join(folder, 'normal.csv'));
  const anomalous = await readSamples(join(folder, 'anomalous.csv'));
  const [before, after] = [boundsOf(normal), boundsOf(anomalous)];
  if (truth === null || before === undefined || after === undefined) return undefined;
  const [seam, end] = after;
  const moved = normal.map((sample) => ({ ...sample, at: shift(sample.at, seam - SECOND_MS - before[1]) }));
  const [, service = '', metric = ''] = truth;
  return {
    name: `${fault}/${run}`,
    samples: [...moved, ...anomalous],
    seam,
    end,
    service,
    metric: metricNames[metric] ?? metric,
  };
}

/** The mean over the first ranks of whether it is found within them. */
function meanAccuracy(ranked: readonly string[], wanted: string): number {
  const hits = Array.from({ length: RANKS }, (_, place): number => withinFirst(ranked, wanted, place + 1));
  return hits.reduce((sum, hit) => sum + hit, 0) / RANKS;
}

function metricOf({ service, metric }: Candidate): string {
  return `${service}\n${metric ?? ''}`;
}

function marksOf(
  { service, metric }: Recorded,
  delayS: number,
  services: readonly string[],
  metrics: readonly string[],
): Marks {
  const avg5 = meanAccuracy(services, service);
  if (delayS > 0) return { avg5Td60: avg5 };
  return {
    ac1: withinFirst(services, service, 1),
    avg5,
    metricAc1: withinFirst(metrics, `${service}\n${metric}`, 1),
  };
}

/** Ranks by simple methods: metrics, and the services of these without repeats. */
function simpleMarks(recorded: Recorded, delayS: number): Readonly<Record<string, Marks>> {
  const rankings = simpleRankings({
    samples: recorded.samples,
    phaseOf: ({ at }) => (at >= recorded.seam + delayS * SECOND_MS ? 'since' : 'before'),
    nameOf: ({ metric, labels }) => `${labels.service}\n${metric}`,
  });
  return mapValues(rankings, (metrics) => {
    const services = [...new Set(metrics.map((name) => name.split('\n')[0] ?? ''))];
    return marksOf(recorded, delayS, services, metrics);
  });
}

function caseOf(recorded: Recorded, delayS: number): BenchCase {
  const { name, samples, seam, end } = recorded;
  return {
    name,
    question: { service: ENTRY, at: end, windowMs: end - seam - delayS * SECOND_MS },
    record: (into) => into.samples(samples),
    marks: (analysis) =>
      marksOf(recorded, delayS, rankedServices(analysis), analysis.candidates.map(metricOf)),
    simple: () => simpleMarks(recorded, delayS),
    isRight: ({ service }) => service === recorded.service,
  };
}

async function load(folder: string): Promise<readonly BenchCase[]> {
  const cases: BenchCase[] = [];
  for (const fault of (await readdir(folder)).sort()) {
    const runs = await readdir(join(folder, fault), { withFileTypes: true }).catch(() => []);
    for (const { name: run } of runs.toSorted((a, b) => Number(a.name) - Number(b.name))) {
      if (!existsSync(join(folder, fault, run, 'anomalous.csv'))) continue;
      const recorded = await readRecorded(join(folder, fault, run), fault, run);
      if (recorded !== undefined) cases.push(...DELAYS_S.map((delayS) => caseOf(recorded, delayS)));
    }
  }
  return cases;
}

/** The service and the metric of injected faults, without a graph. */
export const rcdSockshop: BenchSet = {
  name: 'rcd-sockshop',
  scores: [
    { name: 'ac1', of: 'mean', floor: 0.94, aim: 1 },
    {
      name: 'avg5',
      of: 'mean',
      floor: 0.98,
      aim: 1,
      published: 'BARO .99/.99, CIRCA .70/.80, RCD .63/.66 (cpu/mem)',
    },
    { name: 'avg5Td60', of: 'mean', floor: 0.96, aim: 1, published: 'BARO .98/.98' },
    { name: 'metricAc1', of: 'mean', floor: 0.85, aim: 0.97 },
  ],
  load,
};
