/** Service level objectives as they are judged. */
import { proposeObjectives, type SloProposal, type SloStatus } from '../../analysis/index.js';
import { builder } from './builder.js';
import { LostEvidenceType } from './lost.js';
import { PatternEnum, SloStateEnum } from './slo-enums.js';
import { judgedOne } from './slo-reader.js';
import { SloRevisionType } from './slo-revision.js';
import { TimeWindow } from './window.js';

const ProposalType = builder.objectRef<SloProposal>('SloProposal').implement({
  description: 'A way to an objective that is missed.',
  fields: (t) => ({
    phases: t.floatList({
      description: 'Objectives to take one after the other, in %: the first is kept already.',
      resolve: ({ phases }) => [...phases],
    }),
    pattern: t.expose('pattern', { type: PatternEnum, description: 'How misses are spread over time.' }),
    worstHour: t.exposeInt('worstHour', {
      nullable: true,
      description: 'The worst hour of the day in UTC, 0..23; only of a daily pattern.',
    }),
    sentence: t.exposeString('sentence', { description: 'All of that in a sentence.' }),
  }),
});

/** An objective, judged at a time. */
export const SloType = builder.objectRef<SloStatus>('Slo');

builder.node(SloType, {
  description: 'A service level objective, judged at a time.',
  id: { resolve: ({ slo }) => slo.slo },
  loadWithoutCache: async (name, context) => (await judgedOne(name, undefined, context)) ?? null,
  fields: (t) => ({
    name: t.string({ description: 'Its name.', resolve: ({ slo }) => slo.slo }),
    iri: t.string({
      description: 'Its IRI.',
      resolve: ({ slo }, _, { deps }) => deps.iris.of({ type: 'slo', name: slo.slo }),
    }),
    revision: t.expose('slo', { type: SloRevisionType, description: 'What holds at that time.' }),
    revisions: t.field({
      type: [SloRevisionType],
      description: 'Everything that was ever agreed of it, the oldest first.',
      resolve: ({ slo }, _, { deps }) => [...(deps.slos.historyOf(slo.slo) ?? [])],
    }),
    at: t.expose('at', { type: 'DateTime', description: 'The time that it was judged at.' }),
    window: t.expose('window', {
      type: TimeWindow,
      description: 'The minutes that end after `from` and up to `to`.',
    }),
    state: t.expose('state', { type: SloStateEnum, description: 'Whether it is kept.' }),
    missing: t.stringList({
      description: 'Why it is not known, or what of its window could not be counted, in sentences.',
      resolve: async ({ missing, window }, _, { lost }) => [
        ...missing,
        ...(await lost.read(window, ['sample'])).map(({ sentence }) => sentence),
      ],
    }),
    lost: t.field({
      type: [LostEvidenceType],
      description: 'What of its window could not be counted, because its archive was deleted.',
      resolve: async ({ window }, _, { lost }) => [...(await lost.read(window, ['sample']))],
    }),
    proposal: t.field({
      type: ProposalType,
      nullable: true,
      description: 'A way to it where it is missed; null where it is not.',
      resolve: async (status, _, { deps, budget }) => {
        if (status.state !== 'missed') return null;
        budget.spend('proposals');
        const [proposal] = await proposeObjectives(deps.store, [status]);
        return proposal ?? null;
      },
    }),
  }),
});
