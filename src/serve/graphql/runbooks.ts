/** `runbooks`, and those of an incident: what to do about known failures, with the reason why each is meant. */
import { fillRunbook, type Runbook } from '../../graph/index.js';
import type { Incident } from '../../rca/index.js';
import {
  matchRunbooks,
  proposeRunbook,
  type RunbookMatch,
  type RunbookMatches,
  valuesOf,
} from '../../rca/index.js';
import { renderMarkdown } from '../pages/runbook-page.js';
import { builder } from './builder.js';
import { CandidateType } from './candidates.js';
import type { GraphqlContext } from './context.js';
import { IncidentType } from './incidents.js';

const RunbookType = builder.node(builder.objectRef<Runbook>('Runbook'), {
  description: 'What to do about one known failure, and what tells it.',
  id: { resolve: ({ name }) => name },
  loadManyWithoutCache: (names, { deps }) => {
    const runbooks = new Map(deps.graph.runbooks().map((runbook) => [runbook.name, runbook]));
    return names.map((name) => runbooks.get(name) ?? null);
  },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, which is the path of its file without `.md`.' }),
    iri: t.string({
      description: 'The IRI of the runbook, which is also the address of its page.',
      resolve: ({ name }, _, { deps }) => deps.iris.of({ type: 'runbook', name }),
    }),
    title: t.exposeString('title', { description: 'The failure in one line.' }),
    owner: t.exposeString('owner', { nullable: true, description: 'Who keeps it.' }),
    origin: t.exposeString('origin', {
      description: '`shipped` with Genchi, or `own`: from the folder of `--runbooks`.',
    }),
    services: t.stringList({
      description: 'Patterns of the services that it is about; empty for any.',
      resolve: ({ services }) => [...services],
    }),
    severities: t.stringList({
      description: 'The severities that it is for; empty for any.',
      resolve: ({ severities }) => [...severities],
    }),
    evidence: t.stringList({
      description: 'What is expected to be seen when it is the right one.',
      resolve: ({ evidence }) => [...evidence],
    }),
    steps: t.stringList({
      description: 'The steps of its mitigation, in order, as Markdown.',
      resolve: ({ steps }) => [...steps],
    }),
    markdown: t.exposeString('markdown', {
      description: 'Its text as Markdown, with its places not filled.',
    }),
    html: t.string({
      description: 'That text as HTML, in which no HTML of its own is left.',
      resolve: ({ markdown }) => renderMarkdown(markdown).text,
    }),
  }),
});

/** A match with the incident that it was made for. */
interface ShownMatch {
  readonly match: RunbookMatch;
  readonly incident: Incident;
}

/** The text of a matched runbook, with what the incident is about in its places. */
function filled({ match: { runbook }, incident }: ShownMatch): string | undefined {
  return runbook === undefined ? undefined : fillRunbook(runbook.markdown, valuesOf(incident));
}

const MatchType = builder.objectRef<ShownMatch>('RunbookMatch').implement({
  description: 'A runbook for an incident, with the reason.',
  fields: (t) => ({
    runbook: t.field({
      type: RunbookType,
      nullable: true,
      description: 'The runbook; null where an alert names one that stands elsewhere.',
      resolve: ({ match }) => match.runbook,
    }),
    reason: t.string({ description: 'Why it is meant.', resolve: ({ match }) => match.reason }),
    url: t.string({
      nullable: true,
      description: 'What the alert gives that names it, an address or a name; null when none does.',
      resolve: ({ match }) => (match.type === 'named' ? match.url : null),
    }),
    candidate: t.field({
      type: CandidateType,
      nullable: true,
      description: 'The candidate that it was matched to; null where the incident itself was.',
      resolve: ({ match }) => (match.type === 'matched' ? match.candidate : null),
    }),
    markdown: t.string({
      nullable: true,
      description: 'Its text as Markdown, with what the incident is about in its links and queries.',
      resolve: (shown) => filled(shown),
    }),
    html: t.string({
      nullable: true,
      description: 'That text as HTML, in which no HTML of its own is left.',
      resolve: (shown) => {
        const text = filled(shown);
        return text === undefined ? undefined : renderMarkdown(text).text;
      },
    }),
  }),
});

function matchesFor(incident: Incident, { deps, budget }: GraphqlContext): Promise<RunbookMatches> {
  budget.spend('matchings');
  return matchRunbooks(incident, deps);
}

builder.objectFields(IncidentType, (t) => ({
  runbooks: t.field({
    type: [MatchType],
    description:
      'What to do about it: runbooks that its alerts name, then those that match it, the best first.',
    resolve: async (incident, _, context) =>
      (await matchesFor(incident, context)).matches.map((match) => ({ match, incident })),
  }),
  runbooksUnasked: t.stringList({
    description:
      'Sentences on runbooks whose query could not be asked, so that it is not known whether they match.',
    resolve: async (incident, _, context) => [...(await matchesFor(incident, context)).unasked],
  }),
  runbookProposal: t.string({
    description: 'A runbook drafted from its evidence, as Markdown with front matter.',
    resolve: async (incident, _, { deps, budget }) => {
      budget.spend('matchings');
      return await proposeRunbook(incident, deps.store);
    },
  }),
}));

builder.queryField('runbooks', (t) =>
  t.field({
    type: [RunbookType],
    description: 'All runbooks that are in force, by name.',
    resolve: (_, __, { deps }) => [...deps.graph.runbooks()],
  }),
);

builder.queryField('runbook', (t) =>
  t.field({
    type: RunbookType,
    nullable: true,
    description: 'The runbook of this name; null when there is none.',
    args: { name: t.arg.string({ required: true, description: 'The name of the runbook.' }) },
    resolve: (_, { name }, { deps }) => deps.graph.runbooks().find((runbook) => runbook.name === name),
  }),
);

builder.queryField('runbookFaults', (t) =>
  t.stringList({
    description:
      'What is wrong with files that are no runbooks now, by file and line; a broken one keeps its last good version.',
    resolve: (_, __, { deps }) => deps.graph.runbookFaults().map(({ message }) => message),
  }),
);
