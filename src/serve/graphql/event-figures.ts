/** `eventFigures`: what events measure, as a chart needs it, by the names that candidates have it under. */
import { type EventFigures, measuredBy } from '../../evidence/index.js';
import { DAY_MS, type Window } from '../../model/index.js';
import { measuredByEvents } from '../../rca/index.js';
import { ServeError } from '../errors.js';
import { builder } from './builder.js';
import { MOST_COLUMNS } from './drawn-series.js';
import { packedOf } from './packed-line.js';
import { LabelType } from './receipts.js';

/** The longest window: figures are made by the minute. */
const LONGEST_MS = 31 * DAY_MS;

/** What was measured of one queue, or at one level. */
interface Figures extends EventFigures {
  readonly label: string;
}

const FiguresType = builder.objectRef<Figures>('EventFigures').implement({
  description: 'What events measured of one queue, or of one level of log lines, or of a service as a whole.',
  fields: (t) => ({
    labels: t.field({
      type: [LabelType],
      description: 'The queue or the level; empty where a service has but one.',
      resolve: ({ label, part }) => (part === '' ? [] : [[label, part] as const]),
    }),
    count: t.int({ description: 'How many figures there are.', resolve: ({ at }) => at.length }),
    packed: t.string({
      description:
        'The figures as base64: all times in milliseconds since 1970-01-01T00:00:00Z, then all values; each a double of IEEE 754, little-endian. Of each column of pixels the least and the greatest.',
      resolve: ({ at, value }) => packedOf({ at, value }),
    }),
  }),
});

function checked(window: Window, width: number): void {
  if (window.from >= window.to) throw new ServeError('bad-request', 'expected from before to');
  if (window.to - window.from > LONGEST_MS) {
    throw new ServeError(
      'bad-request',
      'expected a window of at most 31 days: events are counted by the minute',
    );
  }
  if (!(width >= 1 && width <= MOST_COLUMNS)) {
    throw new ServeError('bad-request', `expected width from 1 to ${MOST_COLUMNS} pixels, not ${width}`);
  }
}

builder.queryField('eventFigures', (t) =>
  t.field({
    type: [FiguresType],
    description:
      'What events of a service measure: `queue_depth` as it is told, and by the minute `task_latency_ms` (the median), `active_workers` and `log_lines`. Empty for other metrics.',
    args: {
      service: t.arg.string({ required: true, description: 'The service that the events are about.' }),
      metric: t.arg.string({ required: true, description: 'What is measured, by the names above.' }),
      from: t.arg({ type: 'DateTime', required: true, description: 'The first instant of the window.' }),
      to: t.arg({ type: 'DateTime', description: 'The first instant after the window; now when absent.' }),
      width: t.arg.int({
        required: true,
        defaultValue: 600,
        description: 'How wide the chart is in pixels.',
      }),
    },
    resolve: async (_, { service, metric, from, to, width }, { deps, now, budget }) => {
      const measures = measuredBy.find((one) => measuredByEvents[one].metric === metric);
      if (measures === undefined) return [];
      const window = { from, to: to ?? now };
      checked(window, width);
      budget.spend('charts');
      const { label } = measuredByEvents[measures];
      const figures = await deps.store.eventFigures({
        measures,
        services: [service],
        window,
        columns: width,
      });
      return figures.map((one) => ({ ...one, label }));
    },
  }),
);
