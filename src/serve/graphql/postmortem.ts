/** `postmortem` of an incident, those that were published, and `publishPostmortem`. */
import { type EventReceipt, pathOfEvent } from '../../model/index.js';
import { type PostmortemFormat, parseTemplate, RcaError } from '../../rca/index.js';
import { builder } from './builder.js';
import { IncidentType } from './incidents.js';
import { Citation } from './receipts.js';

const formats = {
  markdown: { description: 'CommonMark with tables.' },
  html: { description: 'An HTML document that loads nothing, in which no HTML of its own is left.' },
  json: { description: 'Its parts, with every sentence and the IRIs of its receipts.' },
} as const satisfies Record<PostmortemFormat, { readonly description: string }>;

const PostmortemFormatEnum = builder.enumType('PostmortemFormat', {
  description: 'How a post-mortem is written.',
  values: formats,
});

const PublishedPostmortem = builder.objectRef<EventReceipt<'postmortem'>>('PublishedPostmortem').implement({
  description: 'A post-mortem as it was published: a receipt, which does not change.',
  fields: (t) => ({
    receipt: t.field({
      type: Citation,
      description: 'Its receipt.',
      resolve: (receipt) => pathOfEvent(receipt),
    }),
    at: t.expose('at', { type: 'DateTime', description: 'When it was published.' }),
    title: t.exposeString('title', { description: 'Its title.' }),
    author: t.exposeString('author', { nullable: true, description: 'Who published it, as they gave it.' }),
    markdown: t.exposeString('markdown', { description: 'The whole document.' }),
  }),
});

builder.objectFields(IncidentType, (t) => ({
  postmortem: t.string({
    description:
      'A post-mortem drafted from its evidence: the same evidence gives the same draft. Every sentence links the receipts that it rests on.',
    args: {
      format: t.arg({
        type: PostmortemFormatEnum,
        required: true,
        defaultValue: 'markdown',
        description: 'How it is written.',
      }),
      template: t.arg.string({
        description: 'A template to use instead of the configured one: Markdown with Mustache.',
      }),
    },
    resolve: async (incident, { format, template }, { deps, budget }) => {
      budget.spend('postmortems');
      const checked = template == null ? undefined : parseTemplate(template, 'template');
      return deps.postmortems.write(await deps.postmortems.draft(incident), format, checked);
    },
  }),
  postmortems: t.field({
    type: [PublishedPostmortem],
    description: 'Those that were published, newest first.',
    resolve: async ({ id }, _, { deps, budget }) => {
      budget.spend('postmortems');
      return [...(await deps.postmortems.published(id))];
    },
  }),
}));

builder.mutationField('publishPostmortem', (t) =>
  t.field({
    type: PublishedPostmortem,
    description:
      'Records the post-mortem of an incident as it stands now, with every receipt that it cites; answers after the commit.',
    args: {
      incident: t.arg.id({ required: true, description: 'The id of the incident.' }),
      author: t.arg.string({ description: 'Who publishes it.' }),
    },
    resolve: async (_, { incident: id, author }, { deps, budget }) => {
      budget.spend('postmortems');
      const incident = await deps.incidents.get(id);
      if (incident === undefined) throw new RcaError('unknown-incident', `There is no incident ${id}.`);
      return await deps.postmortems.publish(incident, author?.trim() || undefined);
    },
  }),
);
