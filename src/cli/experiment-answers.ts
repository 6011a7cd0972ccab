/** What the server answers of experiments, and how it is printed. */
import { z } from 'zod';
import { printable } from './table.js';

const estimate = z.object({ value: z.number(), low: z.number().nullable(), high: z.number().nullable() });
type Estimate = z.output<typeof estimate>;

const levels = z.object({
  mean: z.number(),
  p95: z.number(),
  p99: z.number(),
  throughputPerMin: z.number().nullable(),
});
type Levels = z.output<typeof levels>;

/** The fields that are asked of an experiment. */
export const EXPERIMENT_FIELDS = `id: name state service metric hypothesis expectedChangePercent owner treated control
  plannedMinutes startedAt endedAt outcome surprise receipts { iri }`;

/** The fields of what it shows. */
export const STATUS_FIELDS = `judgedAt verdict minutes controlMedian treatedMedian p minutesToGo missing surprises
  shift { value low high } changePercent { value low high }
  baseline { mean p95 p99 throughputPerMin } during { mean p95 p99 throughputPerMin }`;

const headShape = {
  id: z.string(),
  state: z.enum(['RUNNING', 'ENDED']),
  service: z.string().nullable(),
  metric: z.string(),
  hypothesis: z.string().nullable(),
  expectedChangePercent: z.number().nullable(),
  owner: z.string().nullable(),
  treated: z.string().nullable(),
  control: z.string().nullable(),
  plannedMinutes: z.number().nullable(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  outcome: z.string().nullable(),
  surprise: z.string().nullable(),
  receipts: z.array(z.object({ iri: z.string() })),
};

/** An experiment as a list shows it. */
export const listedShape = z.object(headShape);

/** An experiment with what it shows. */
export const shownShape = z.object({
  ...headShape,
  status: z
    .object({
      judgedAt: z.string(),
      verdict: z.enum(['SUCCESS', 'MARGINAL', 'NEGATIVE', 'UNDECIDED']),
      minutes: z.number(),
      controlMedian: z.number().nullable(),
      treatedMedian: z.number().nullable(),
      p: z.number().nullable(),
      minutesToGo: z.number().nullable(),
      missing: z.string().nullable(),
      surprises: z.array(z.string()),
      shift: estimate.nullable(),
      changePercent: estimate.nullable(),
      baseline: levels.nullable(),
      during: levels.nullable(),
    })
    .nullable(),
});

/** An experiment with what it shows. */
export type ShownExperiment = z.output<typeof shownShape>;

const figure = (value: number): string => String(Number(value.toPrecision(4)));
const bound = (value: number | null): string => (value === null ? 'open' : figure(value));

/** An estimate with its interval, such as `-31.2 (-35 to -27.4)`. */
export function printEstimate({ value, low, high }: Estimate): string {
  return `${figure(value)} (${bound(low)} to ${bound(high)})`;
}

function levelsLine({ mean, p95, p99, throughputPerMin }: Levels): string {
  const done = throughputPerMin === null ? '' : `, ${figure(throughputPerMin)} tasks a minute`;
  return `mean ${figure(mean)}, p95 ${figure(p95)}, p99 ${figure(p99)}${done}`;
}

const advice = {
  SUCCESS: 'roll it out',
  MARGINAL: 'go on with it, or revert it',
  NEGATIVE: 'roll it back, and find out why',
  UNDECIDED: 'not enough data',
} as const;

/** What an experiment shows, in lines. */
export function printExperiment({ status, ...experiment }: ShownExperiment): string {
  const facts: readonly (readonly [string, string | null | undefined])[] = [
    ['experiment', `${experiment.id} (${experiment.state.toLowerCase()})`],
    ['hypothesis', experiment.hypothesis],
    ['canary', experiment.treated ?? `all of ${experiment.service ?? 'the service'}`],
    ['control', experiment.control ?? 'the time before'],
    ['started at', experiment.startedAt],
    ['ended at', experiment.endedAt],
    ['verdict', status && `${status.verdict.toLowerCase()}: ${advice[status.verdict]}`],
    ['change in %', status?.changePercent && printEstimate(status.changePercent)],
    [
      'compared',
      status && `${status.minutes} minutes, p ${status.p === null ? 'unknown' : figure(status.p)}`,
    ],
    ['missing', status?.missing],
    ['before', status?.baseline && levelsLine(status.baseline)],
    ['canary was', status?.during && levelsLine(status.during)],
    ...(experiment.surprise?.split('\n') ?? status?.surprises ?? []).map(
      (line) => ['surprise', line] as const,
    ),
    ...experiment.receipts.map(({ iri }) => ['receipt', iri] as const),
  ];
  return facts
    .flatMap(([name, value]) => (value == null ? [] : [`${printable(`${name.padEnd(12)}${value}`)}\n`]))
    .join('');
}
