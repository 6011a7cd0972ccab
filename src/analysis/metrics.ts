/** What the metrics of the pillars are: read from the ontology, which is the one place where targets and thresholds stand. */
import { z } from 'zod';
import { stepFigures } from '../evidence/index.js';
import { AnalysisError } from './errors.js';

/** The four pillars of the Kaizen guide. */
export const pillars = ['jidoka', 'kanban', 'andon', 'heijunka'] as const;

/** The name of a pillar. */
export type Pillar = (typeof pillars)[number];

/** Every metric of the pillars, in the order in which they are shown. */
export const metricNames = stepFigures;

/** The name of a metric of the pillars. */
export type PillarMetric = (typeof metricNames)[number];

/** A term of the ontology: what it says of the term, by the local name of the predicate. */
export interface MetricTerm {
  readonly facts: ReadonlyMap<string, readonly string[]>;
}

const number = z.string().trim().min(1).transform(Number).pipe(z.number());

/**
 * How a metric is judged: `lower` and `higher` cross their target and their alert threshold on the bad side, `band`
 * is good between two targets, `trend` has no good side of its own.
 */
const judgement = z.discriminatedUnion('better', [
  z.strictObject({
    better: z.enum(['lower', 'higher']),
    target: number.exactOptional(),
    alert: number.exactOptional(),
  }),
  z.strictObject({ better: z.literal('band'), low: number, high: number, alert: number }),
  z.strictObject({ better: z.literal('trend') }),
]);

/** How a metric is judged, with the figures of its ontology term. */
export type Judgement = Readonly<z.output<typeof judgement>>;

const specSchema = z.object({
  pillar: z.enum(pillars),
  /** The unit as the rules write it: %, 1/min, s, ms, tasks, count, 0..1. */
  unit: z.string().min(1),
  /** How it is computed over a window, for people. */
  meaning: z.string().min(1),
  judged: judgement,
});

/** What is declared of a metric of the pillars: its pillar, its unit, what it means and how it is judged. */
export type MetricSpec = Readonly<z.output<typeof specSchema>>;

const tableSchema = z.record(z.enum(metricNames), specSchema);

/** Every metric with its declaration. */
export type MetricTable = Readonly<z.output<typeof tableSchema>>;

/** The predicates of a concept, by local name, that the parts of a judgement are read from. */
const judgementFrom = {
  better: 'direction',
  target: 'target',
  low: 'targetLow',
  high: 'targetHigh',
  alert: 'alertThreshold',
};

/** What a concept says, in the shape of a declaration; nothing of it is checked yet. */
function declared({ facts }: MetricTerm): readonly [name: string, spec: unknown] {
  const only = (predicate: string) => facts.get(predicate)?.[0];
  const judged = Object.entries(judgementFrom).flatMap(([part, predicate]) => {
    const value = only(predicate);
    return value === undefined ? [] : [[part, value] as const];
  });
  const spec = {
    pillar: only('broader')?.replace(/^.*\//, '').toLowerCase(),
    unit: only('unit'),
    meaning: only('definition'),
    judged: Object.fromEntries(judged),
  };
  return [only('notation') ?? '', spec];
}

/**
 * Reads every metric from the concepts of the ontology; others among the terms are passed over. Fails with
 * `bad-ontology` on a metric that is not there, or that is declared in another way than its direction asks for.
 */
export function metricTableOf(terms: readonly MetricTerm[]): MetricTable {
  const found = new Map(terms.map(declared));
  const table = tableSchema.safeParse(Object.fromEntries(metricNames.map((name) => [name, found.get(name)])));
  if (table.success) return table.data;
  const [issue] = table.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new AnalysisError('bad-ontology', `The metrics of the ontology, ${where}: ${issue?.message ?? ''}`);
}

/** Where a value stands: `met` its target, past it (`warn`), past its alert threshold (`alert`), or never judged. */
export type MetricStanding = 'met' | 'warn' | 'alert' | 'unjudged';

function standingBeyond(
  value: number,
  sign: 1 | -1,
  target: number | undefined,
  alert: number | undefined,
): MetricStanding {
  if (alert !== undefined && sign * value > sign * alert) return 'alert';
  if (target !== undefined) return sign * value > sign * target ? 'warn' : 'met';
  return alert === undefined ? 'unjudged' : 'met';
}

/** Judges a value against the target and the alert threshold of its metric. */
export function standingOf({ judged }: MetricSpec, value: number): MetricStanding {
  switch (judged.better) {
    case 'lower':
      return standingBeyond(value, 1, judged.target, judged.alert);
    case 'higher':
      return standingBeyond(value, -1, judged.target, judged.alert);
    case 'band':
      if (value < judged.alert) return 'alert';
      return value < judged.low || value > judged.high ? 'warn' : 'met';
    case 'trend':
      return 'unjudged';
  }
}
