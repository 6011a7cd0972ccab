/** `Candidate`: a possible cause, with what speaks for and against it. */
import { type CauseKind, identityOf } from '../../model/index.js';
import {
  type Argument,
  type Candidate,
  type CandidateVerdict,
  candidateOf,
  confidenceIn,
  type Likelihood,
  type Remedy,
  readCandidates,
  type Term,
  verdictsOn,
} from '../../rca/index.js';
import { builder } from './builder.js';
import type { GraphqlContext } from './context.js';
import { Citation } from './receipts.js';

const causeKinds = {
  deployment: { description: 'A deployment.' },
  config_change: { description: 'A change of the configuration.' },
  flag_change: { description: 'A change of a feature flag.' },
  experiment: { description: 'The start or end of an experiment.' },
  failure: { description: 'Failures of a component.' },
  circuit: { description: 'A circuit breaker that opened.' },
  metric: { description: 'A metric that moved, with no change found behind it.' },
  part: { description: 'A pod, an instance or a service on which evidence stands out.' },
  outside: {
    description:
      'Nothing that was changed: traffic, a certificate, a provider, the network, a node, data from elsewhere.',
  },
} as const satisfies Record<CauseKind, { readonly description: string }>;

/** What kind of thing is blamed. */
export const CauseKindEnum = builder.enumType('CauseKind', {
  description: 'What kind of thing a candidate blames.',
  values: causeKinds,
});

const remedies = {
  rollback: { value: 'rollback', description: 'Take the change back.' },
  roll_forward: { value: 'roll-forward', description: 'Bring what the change needs and does not find.' },
  restore_value: { value: 'restore-value', description: 'Set the value back.' },
  turn_off: { value: 'turn-off', description: 'Turn the flag or the experiment off.' },
  fail_over: { value: 'fail-over', description: 'Lead what calls it elsewhere.' },
  escalate: { value: 'escalate', description: 'Call those whose system it is.' },
  renew_certificate: { value: 'renew-certificate', description: 'Renew the certificate.' },
  renew_credential: { value: 'renew-credential', description: 'Renew the credential.' },
  quarantine_data: { value: 'quarantine-data', description: 'Set the data aside that cannot be processed.' },
  scale_out: { value: 'scale-out', description: 'Give it more instances.' },
  replace_node: { value: 'replace-node', description: 'Replace the node.' },
  free_space: { value: 'free-space', description: 'Free space on the disk.' },
} as const satisfies Record<string, { readonly value: Remedy; readonly description: string }>;

const RemedyEnum = builder.enumType('Remedy', {
  description: 'What is usually done first about a cause.',
  values: remedies,
});

const likelihoods = {
  very_likely: { value: 'very likely', description: 'At least 90 of 100 such answers were right.' },
  likely: { value: 'likely', description: 'At least 70 of 100 such answers were right.' },
  possible: { value: 'possible', description: 'At least 30 of 100 such answers were right.' },
  unlikely: { value: 'unlikely', description: 'Fewer than 30 of 100 such answers were right: a guess.' },
} as const satisfies Record<string, { readonly value: Likelihood; readonly description: string }>;

const LikelihoodEnum = builder.enumType('Likelihood', {
  description: 'A confidence in words, by how often such answers were right on recorded failures.',
  values: likelihoods,
});

const TermType = builder.objectRef<Term>('Term').implement({
  description: 'A named part of a score: contribution = weight x value.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name of the term.' }),
    meaning: t.exposeString('meaning', { description: 'What it means and how it was computed.' }),
    value: t.exposeFloat('value', { description: 'How far it holds, 0..1.' }),
    weight: t.exposeFloat('weight', { description: 'How much it counts, 0..1.' }),
    contribution: t.exposeFloat('contribution', { description: 'What it adds to the score, 0..1.' }),
  }),
});

const ArgumentType = builder.objectRef<Argument>('Argument').implement({
  description: 'A sentence with the receipts it rests on.',
  fields: (t) => ({
    sentence: t.exposeString('sentence', { description: 'The sentence.' }),
    cites: t.field({
      type: [Citation],
      description: 'The receipts it rests on.',
      resolve: ({ cites }) => [...cites],
    }),
  }),
});

/** A candidate, of a recorded analysis, with what people said of it, or of one made just now. */
export type ShownCandidate = Candidate & {
  readonly receipt?: string;
  readonly verdicts?: readonly CandidateVerdict[];
};

/** An id for a candidate of an analysis made just now: the same for the same one, though nobody can ask for it. */
function passingIdOf({ rank, score, causeKind, title, service, cause, onsetAt }: Candidate): string {
  return `passing/${identityOf('candidate', JSON.stringify([rank, score, causeKind, title, service, cause, onsetAt]))}`;
}

/** Candidates at the paths of their receipts, with what people said of them by now. */
async function readShown(
  paths: readonly string[],
  { deps }: GraphqlContext,
): Promise<(ShownCandidate | null)[]> {
  const receipts = await readCandidates(deps.store, paths);
  const incidents = await deps.incidents.getMany([...new Set(receipts.map(({ incident }) => incident))]);
  const byId = new Map(incidents.map((incident) => [incident.id, incident]));
  const shown = new Map(
    receipts.map((receipt) => {
      const candidate = candidateOf(receipt);
      const incident = byId.get(receipt.incident);
      const verdicts = incident === undefined ? [] : verdictsOn(incident, candidate);
      return [candidate.receipt, { ...candidate, verdicts }];
    }),
  );
  return paths.map((path) => shown.get(path) ?? null);
}

/** A possible cause, to which other files add what they know of it. */
export const CandidateType = builder.node(builder.objectRef<ShownCandidate>('Candidate'), {
  description: 'A possible cause, with the terms of its score and the evidence for and against it.',
  id: {
    description:
      'Its id among all of this server; `node` answers null for one of an analysis made just now, which is not recorded.',
    resolve: (candidate) => candidate.receipt ?? passingIdOf(candidate),
  },
  loadManyWithoutCache: readShown,
  fields: (t) => ({
    rank: t.exposeInt('rank', { description: 'From 1; rejected candidates come after the others.' }),
    score: t.exposeFloat('score', {
      description: 'The sum of the contributions of its terms, 0..1. Not a probability.',
    }),
    confidence: t.float({
      nullable: true,
      description:
        'How often first candidates of such a score were right on recorded failures, 0..1; null for all but the first.',
      resolve: (candidate) => confidenceIn(candidate)?.share,
    }),
    likelihood: t.field({
      type: LikelihoodEnum,
      nullable: true,
      description: 'The confidence in words; null for all but the first.',
      resolve: (candidate) => confidenceIn(candidate)?.likelihood,
    }),
    title: t.exposeString('title', { description: 'The candidate in one line.' }),
  }),
});

// What it blames.
builder.objectFields(CandidateType, (t) => ({
  causeKind: t.expose('causeKind', { type: CauseKindEnum, description: 'What kind of thing it blames.' }),
  service: t.exposeString('service', { description: 'The service where the cause lies.' }),
  component: t.exposeString('component', { nullable: true, description: 'The part of the service.' }),
  metric: t.exposeString('metric', { nullable: true, description: 'The metric that moved with it.' }),
  metricChangePercent: t.exposeFloat('metricChangePercent', {
    nullable: true,
    description: 'The change of that metric in % of its baseline.',
  }),
  onsetAt: t.expose('onsetAt', {
    type: 'DateTime',
    nullable: true,
    description: 'When that change began.',
  }),
  cause: t.field({
    type: Citation,
    nullable: true,
    description: 'The change or failure that is blamed.',
    resolve: ({ cause }) => cause,
  }),
  commit: t.exposeString('commit', {
    nullable: true,
    description: 'The commit that is blamed, where the change names one.',
  }),
  actsOn: t.stringList({
    description:
      'Services beside its own on which it acts, as a change of a caller does on what it asks more of.',
    resolve: ({ actsOn }) => [...(actsOn ?? [])],
  }),
  remedy: t.expose('remedy', {
    type: RemedyEnum,
    nullable: true,
    description: 'What is usually done first about such a cause; the runbooks say how.',
  }),
}));

// How that is known.
builder.objectFields(CandidateType, (t) => ({
  terms: t.field({
    type: [TermType],
    description: 'What the score is made of.',
    resolve: ({ terms }) => [...terms],
  }),
  supporting: t.field({
    type: [ArgumentType],
    description: 'What speaks for it.',
    resolve: ({ supporting }) => [...supporting],
  }),
  opposing: t.field({
    type: [ArgumentType],
    description: 'What speaks against it.',
    resolve: ({ opposing }) => [...opposing],
  }),
  rejected: t.exposeString('rejected', {
    nullable: true,
    description: 'What ruled it out; null for one that stands.',
  }),
  receipt: t.field({
    type: Citation,
    nullable: true,
    description: 'The receipt of the candidate itself; null when its analysis was made just now.',
    resolve: ({ receipt }) => receipt,
  }),
}));
