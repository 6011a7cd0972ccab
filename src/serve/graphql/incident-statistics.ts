/** `incidentStatistics`: how long it takes to detect, to take on and to resolve incidents. */
import type { IncidentStatistics, MeanDuration } from '../../rca/index.js';
import { ServeError } from '../errors.js';
import { builder } from './builder.js';

const MeanType = builder.objectRef<MeanDuration>('MeanDuration').implement({
  description: 'A mean of durations, with how much it rests on.',
  fields: (t) => ({
    seconds: t.float({
      nullable: true,
      description: 'The mean in seconds; null when it rests on no incident.',
      resolve: ({ meanMs }) => (meanMs === undefined ? undefined : meanMs / 1_000),
    }),
    incidents: t.exposeInt('incidents', { description: 'On how many incidents it rests.' }),
  }),
});

const StatisticsType = builder.objectRef<IncidentStatistics>('IncidentStatistics').implement({
  description: 'Figures on the incidents that were first seen within a window.',
  fields: (t) => ({
    incidents: t.exposeInt('incidents', { description: 'How many there were.' }),
    open: t.exposeInt('open', { description: 'How many of them are open now.' }),
    timeToDetect: t.expose('timeToDetect', {
      type: MeanType,
      description:
        'From the earliest onset that the analysis found to the first alert; an alert before the onset counts as 0.',
    }),
    timeToAcknowledge: t.expose('timeToAcknowledge', {
      type: MeanType,
      description: 'From the first alert to the first acknowledgement.',
    }),
    timeToResolve: t.expose('timeToResolve', {
      type: MeanType,
      description: 'From the first alert to the end.',
    }),
  }),
});

builder.queryField('incidentStatistics', (t) =>
  t.field({
    type: StatisticsType,
    nullable: true,
    description:
      'Mean times to detect, to acknowledge and to resolve; null only with an error, which says why.',
    args: {
      from: t.arg({ type: 'DateTime', required: true, description: 'The first instant of the window.' }),
      to: t.arg({ type: 'DateTime', description: 'The first instant after the window; now when absent.' }),
      service: t.arg.string({ description: 'Only incidents seen on this service.' }),
    },
    resolve: (_, { from, to, service }, { deps, now }) => {
      const window = { from, to: to ?? now };
      if (window.from >= window.to) throw new ServeError('bad-request', 'expected from before to');
      return deps.incidents.statistics({ window, ...(service == null ? {} : { service }) });
    },
  }),
);
