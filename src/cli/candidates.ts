import { z } from 'zod';
import { printable } from './table.js';

const argument = z.object({ sentence: z.string(), cites: z.array(z.object({ iri: z.string() })) });

/** A candidate as GraphQL tells it. */
export const candidateShape = z.object({
  rank: z.number(),
  score: z.number(),
  confidence: z.number().nullable(),
  likelihood: z.string().nullable(),
  causeKind: z.string(),
  title: z.string(),
  service: z.string(),
  component: z.string().nullable(),
  metric: z.string().nullable(),
  metricChangePercent: z.number().nullable(),
  onsetAt: z.string().nullable(),
  cause: z.object({ iri: z.string() }).nullable(),
  commit: z.string().nullable(),
  actsOn: z.array(z.string()),
  remedy: z.string().nullable(),
  terms: z.array(
    z.object({
      name: z.string(),
      value: z.number(),
      weight: z.number(),
      contribution: z.number(),
      meaning: z.string(),
    }),
  ),
  supporting: z.array(argument),
  opposing: z.array(argument),
  rejected: z.string().nullable(),
});

/** A candidate of an answer. */
export type ShownCandidate = z.output<typeof candidateShape>;

/** The fields that {@link candidateShape} wants, to stand in a selection. */
export const CANDIDATE_FIELDS = `
  rank score confidence likelihood causeKind title service component metric metricChangePercent onsetAt
  cause { iri } commit actsOn remedy
  terms { name value weight contribution meaning }
  supporting { sentence cites { iri } }
  opposing { sentence cites { iri } }
  rejected`;

/** Receipts shown below a sentence; --json has them all. */
const SHOWN_CITES = 3;

function printArguments(mark: string, list: ShownCandidate['supporting']): readonly string[] {
  return list.flatMap(({ sentence, cites }) => [
    `     ${mark} ${sentence}`,
    ...cites.slice(0, SHOWN_CITES).map(({ iri }) => `         ${iri}`),
    ...(cites.length > SHOWN_CITES ? [`         and ${cites.length - SHOWN_CITES} more`] : []),
  ]);
}

function printFacts({ confidence, likelihood, commit, actsOn, remedy }: ShownCandidate): readonly string[] {
  const facts = [
    likelihood === null || confidence === null
      ? undefined
      : `${likelihood.replaceAll('_', ' ')} (right in ${Math.round(100 * confidence)} of 100 such answers)`,
    commit === null ? undefined : `commit ${commit}`,
    actsOn.length === 0 ? undefined : `acts on ${actsOn.join(', ')}`,
    remedy === null ? undefined : `first: ${remedy.replaceAll('_', ' ')}`,
  ].filter((fact) => fact !== undefined);
  return facts.length === 0 ? [] : [`     ${facts.join(' · ')}`];
}

function printOne(candidate: ShownCandidate): readonly string[] {
  const { rank, score, title, service, component, causeKind, terms, rejected } = candidate;
  const where = component === null ? service : `${service}/${component}`;
  const sum = terms.map(({ name, contribution }) => `${name} ${contribution.toFixed(2)}`).join(' + ');
  return [
    `${String(rank).padStart(2)}. ${score.toFixed(2)}  ${title}  [${causeKind}, ${where}]`,
    ...(sum === '' ? [] : [`     = ${sum}`]),
    ...(rejected === null ? printFacts(candidate) : [`     ruled out: ${rejected}`]),
    ...printArguments('+', candidate.supporting),
    ...printArguments('-', candidate.opposing),
  ];
}

/** Candidates with their scores, what speaks for (+) and against (-) each, and the receipts behind it. */
export function printCandidates(
  candidates: readonly ShownCandidate[],
  rejected: readonly ShownCandidate[],
  missing: readonly string[],
): string {
  const lines = [
    ...(candidates.length === 0 ? ['No candidate stands.'] : candidates.flatMap(printOne)),
    ...(rejected.length === 0 ? [] : ['', 'Rejected:', ...rejected.flatMap(printOne)]),
    ...missing.map((sentence) => `Missing: ${sentence}`),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}
