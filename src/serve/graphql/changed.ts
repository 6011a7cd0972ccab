/** `changed`: all subscriptions in one, for browsers, which have few connections to a server. */

import type { IncidentChange } from '../../rca/index.js';
import { builder } from './builder.js';
import { changedHealths, changedSlos } from './standing-changes.js';
import type { Source } from './subscribers.js';
import {
  type HealthChange,
  HealthChangeType,
  IncidentChangeType,
  listen,
  type SloChange,
  SloChangeType,
  standingSource,
} from './subscriptions.js';

type Changed = HealthChange | IncidentChange | SloChange;

const ChangedType = builder.unionType('Changed', {
  description: 'What one of the subscriptions tells.',
  types: [HealthChangeType, IncidentChangeType, SloChangeType],
  resolveType: (change) => {
    if ('incident' in change) return 'IncidentChange';
    return 'health' in change ? 'HealthChange' : 'SloChange';
  },
});

/** Several sources as one. */
function together<T>(...sources: readonly Source<T>[]): Source<T> {
  return (put) => {
    const stops = sources.map((source) => source(put));
    return () => {
      for (const stop of stops) stop();
    };
  };
}

builder.subscriptionField('changed', (t) =>
  t.field({
    type: ChangedType,
    description:
      'What `healthChanged`, `incidentChanged` and `sloChanged` tell, over one connection. Health and objectives begin with how they stand; changes of incidents are those from now on.',
    args: {
      minPoints: t.arg.float({
        required: true,
        defaultValue: 1,
        description: 'By how many of the 100 points a score must have moved since it was last told.',
      }),
    },
    subscribe: (_, { minPoints }, context) =>
      listen<Changed>(
        together<Changed>(
          (put) => context.deps.incidentFeed.subscribe(put),
          standingSource(context, changedHealths(undefined, minPoints)),
          standingSource(context, changedSlos(undefined, undefined)),
        ),
        context,
      ),
    resolve: (change) => change,
  }),
);
