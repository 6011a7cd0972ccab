/**
 * What past incidents with confirmed causes teach: how much each kind of evidence speaks for the part it stands on.
 * A conditional logit (McFadden, 1974) over the parts of each incident: the weight of a kind is what makes the parts
 * that were the cause stand out from the others of the same incident, shrunk towards nothing by a normal prior.
 */
import type { EventReceipt } from '../model/index.js';
import type { LearnedFrom } from './analysis.js';
import { type JudgedSort, standingsOfSorts } from './cause-sorts.js';
import { keyOfPart, type Part } from './evidence-types.js';
import { type PartSigns, signsOfParts } from './part-signs.js';

/** An incident whose cause a person confirmed, with the evidence of its time. */
export interface PastIncident {
  readonly evidence: readonly EventReceipt[];
  readonly cause: Part;
}

/** On how many parts a kind of evidence stood that were the cause, and on how many in all. */
export interface Standing {
  readonly onCause: number;
  readonly all: number;
}

/** What was learned. */
export interface Experience {
  readonly incidents: number;
  /** The logarithm of how much likelier a part is the cause with a sign on it. */
  readonly weights: ReadonlyMap<string, number>;
  readonly standings: ReadonlyMap<string, Standing>;
  /** How often candidates of each sort were judged right. */
  readonly sorts: ReadonlyMap<string, Standing>;
  /** Which verdicts taught it, where they were read from receipts. */
  readonly learnedFrom?: LearnedFrom;
}

/** The precision of the prior of each weight, and how often all incidents are gone through. */
const PRIOR_PRECISION = 0.7;
const ROUNDS = 100;
const STEP = 0.5;

interface Row {
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

interface Choice {
  readonly rows: readonly Row[];
  readonly cause: number;
}

function rowOf({ signs }: PartSigns, columnOf: (sign: string) => number): Row {
  return {
    columns: Int32Array.from([...signs.keys()].map(columnOf)),
    values: Float64Array.from(signs.values()),
  };
}

function scoreOfRow({ columns, values }: Row, weights: Float64Array): number {
  let sum = 0;
  for (let place = 0; place < columns.length; place++) {
    sum += (weights[columns[place] ?? 0] ?? 0) * (values[place] ?? 0);
  }
  return sum;
}

/** The shares that scores have of the whole when each is likelier by its exponential. */
export function shares(scores: readonly number[]): readonly number[] {
  const most = Math.max(...scores);
  const raised = scores.map((score) => Math.exp(score - most));
  const sum = raised.reduce((total, one) => total + one, 0);
  return raised.map((one) => one / sum);
}

function addGradient(gradient: Float64Array, { rows, cause }: Choice, weights: Float64Array): void {
  const likely = shares(rows.map((row) => scoreOfRow(row, weights)));
  rows.forEach(({ columns, values }, place) => {
    const miss = (place === cause ? 1 : 0) - (likely[place] ?? 0);
    for (let at = 0; at < columns.length; at++) {
      const column = columns[at] ?? 0;
      gradient[column] = (gradient[column] ?? 0) + miss * (values[at] ?? 0);
    }
  });
}

/** Climbs the posterior by steps that shrink for each weight with what it has moved (Duchi et al., 2011). */
function climb(choices: readonly Choice[], columns: number): Float64Array {
  const weights = new Float64Array(columns);
  const moved = new Float64Array(columns);
  const gradient = new Float64Array(columns);
  for (let round = 0; round < ROUNDS; round++) {
    gradient.fill(0);
    for (const choice of choices) addGradient(gradient, choice, weights);
    for (let column = 0; column < columns; column++) {
      const slope = (gradient[column] ?? 0) - PRIOR_PRECISION * (weights[column] ?? 0);
      const sum = (moved[column] ?? 0) + slope * slope;
      moved[column] = sum;
      if (sum > 0) weights[column] = (weights[column] ?? 0) + (STEP * slope) / Math.sqrt(sum);
    }
  }
  return weights;
}

function standingsOf(
  incidents: readonly { readonly parts: readonly PartSigns[]; readonly cause: number }[],
): ReadonlyMap<string, Standing> {
  const standings = new Map<string, { onCause: number; all: number }>();
  for (const { parts, cause } of incidents) {
    parts.forEach(({ signs }, place) => {
      for (const sign of signs.keys()) {
        const standing = standings.get(sign) ?? { onCause: 0, all: 0 };
        standing.all++;
        if (place === cause) standing.onCause++;
        standings.set(sign, standing);
      }
    });
  }
  return standings;
}

/**
 * Learns from past incidents, those on whose cause nothing stood left out, and from how candidates were judged. The
 * same incidents teach the same.
 */
export function learn(past: readonly PastIncident[], judged: readonly JudgedSort[] = []): Experience {
  const incidents = past
    .map(({ evidence, cause }) => {
      const parts = signsOfParts(evidence);
      return { parts, cause: parts.findIndex(({ part }) => keyOfPart(part) === keyOfPart(cause)) };
    })
    .filter(({ cause }) => cause >= 0);
  const columns = new Map<string, number>();
  const columnOf = (sign: string): number => {
    const column = columns.get(sign) ?? columns.size;
    columns.set(sign, column);
    return column;
  };
  const choices = incidents.map(({ parts, cause }) => ({
    rows: parts.map((part) => rowOf(part, columnOf)),
    cause,
  }));
  const weights = climb(choices, columns.size);
  return {
    incidents: incidents.length,
    weights: new Map([...columns].map(([sign, column]) => [sign, weights[column] ?? 0])),
    standings: standingsOf(incidents),
    sorts: standingsOfSorts(judged),
  };
}
