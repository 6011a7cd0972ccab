/** The steps of why chains. */
import { stepsOf, type ToldWhy, type WhyEnd, type WhyKind } from '../../rca/index.js';
import { builder } from './builder.js';
import { Citation } from './receipts.js';

const kinds = {
  felt: { description: 'What callers and users feel: latency, errors, availability.' },
  waiting: { description: 'What builds up behind something slow: queues, pools, threads.' },
  workers: { description: 'Workers that went away.' },
  failing: { description: 'Failures of a component, or an opened circuit.' },
  load: { description: 'More was asked of it.' },
  resource: { description: 'A resource that ran out or changed: memory, processor, disk, certificate.' },
  change: { description: 'A deployment, a change of configuration or flags, or an experiment.' },
  diff: { description: 'The line of a deployment that speaks of what went wrong.' },
} as const satisfies Record<WhyKind, { readonly description: string }>;

const WhyKindEnum = builder.enumType('WhyKind', {
  description: 'What sort of answer a step gives, from what is felt down to what was changed.',
  values: kinds,
});

const WhyEndType = builder.objectRef<WhyEnd>('WhyEnd').implement({
  description: 'Where a chain stops, since nothing recorded leads further.',
  fields: (t) => ({
    reason: t.exposeString('reason', { description: 'Why it stops.' }),
    needed: t.exposeString('needed', { description: 'The evidence that would lead further.' }),
  }),
});

/** A step of a why chain; {@link whySteps} puts those of a tree into a list. */
export const WhyStep = builder.objectRef<ToldWhy>('WhyStep').implement({
  description:
    'A step of the Five Whys: the answer to "why?" asked of the step whose place its own begins with.',
  fields: (t) => ({
    place: t.exposeString('place', {
      description: '`0` the problem, `1` the first answer to it, `1.2` the second answer to that one.',
    }),
    kind: t.expose('kind', { type: WhyKindEnum, description: 'What sort of answer it gives.' }),
    sentence: t.exposeString('sentence', { description: 'What it says.' }),
    service: t.exposeString('service', { description: 'The service that it speaks of.' }),
    onsetAt: t.expose('onsetAt', { type: 'DateTime', nullable: true, description: 'When it began.' }),
    cites: t.field({
      type: [Citation],
      description: 'The receipts that it rests on.',
      resolve: ({ cites }) => [...cites],
    }),
    query: t.exposeString('query', {
      nullable: true,
      description: 'The SPARQL query that finds its receipts.',
    }),
    end: t.expose('end', {
      type: WhyEndType,
      nullable: true,
      description: 'Where the chain stops; null where it goes on.',
    }),
    receipt: t.field({
      type: Citation,
      nullable: true,
      description: 'The receipt of the step itself; null when its analysis was made just now.',
      resolve: ({ receipt }) => receipt,
    }),
  }),
});

/** The steps of a chain in the order in which they are read: each before the answers to it. */
export function whySteps(why: ToldWhy | undefined): ToldWhy[] {
  return why === undefined ? [] : [...stepsOf(why)];
}
