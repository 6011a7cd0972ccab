/** The kinds of events as an enum. */
import type { EventKind } from '../../model/index.js';
import { builder } from './builder.js';

const kinds = {
  failure: { description: 'A component failed.' },
  circuit_opened: { description: 'A circuit breaker opened.' },
  circuit_closed: { description: 'A circuit breaker closed again.' },
  queue_depth: { description: 'How many tasks a queue held.' },
  task_completed: { description: 'A task was completed.' },
  alert_fired: { description: 'An alert fired.' },
  alert_cleared: { description: 'An alert was cleared.' },
  worker_activated: { description: 'A worker began to work.' },
  worker_deactivated: { description: 'A worker ceased to work.' },
  log_volume: { description: 'How many lines of a level were logged.' },
  deployment: { description: 'A version was deployed, rolled back or removed.' },
  config_change: { description: 'A setting was changed.' },
  flag_change: { description: 'A feature flag was switched.' },
  experiment_started: { description: 'An experiment began.' },
  experiment_ended: { description: 'An experiment ended.' },
  improvement: { description: 'An improvement was proposed, started, done, verified or given up.' },
  dependency: { description: 'A service calls another one.' },
  slo: { description: 'A service level objective was set, changed or retired.' },
  incident: { description: 'An incident was opened, updated or resolved. Only Genchi records it.' },
  candidate: { description: 'A possible cause, as one analysis ranked it. Only Genchi records it.' },
  why: { description: 'A step of a why chain. Only Genchi records it.' },
  acknowledgement: { description: 'A person took an incident on. Only Genchi records it.' },
  verdict: { description: 'A person said what a cause was. Only Genchi records it.' },
  postmortem: { description: 'A post-mortem was published. Only Genchi records it.' },
  audit: { description: 'Somebody acted on Genchi, or was kept from it. Only Genchi records it.' },
  archive: { description: 'Old receipts were moved to a file of the archive. Only Genchi records it.' },
} as const satisfies Record<EventKind, { readonly description: string }>;

/** Every kind of event, written as evidence records it. */
export const EventKindEnum = builder.enumType('EventKind', {
  description: 'The kinds of events, written as evidence records them.',
  values: kinds,
});
