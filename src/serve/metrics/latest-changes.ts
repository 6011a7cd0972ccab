/** The newest change of each service and kind, as series whose value is its time: what dashboards mark on their graphs. */
import { changeKinds, type EventReceipt, pathOfEvent } from '../../model/index.js';
import type { BoundedValues } from './bounded-values.js';
import type { Family, Point } from './exposition.js';

type Change = Extract<EventReceipt, { readonly kind: (typeof changeKinds)[number] }>;

/** Whether a receipt tells of a change. */
function isChange(event: EventReceipt): event is Change {
  const kinds: readonly string[] = changeKinds;
  return kinds.includes(event.kind);
}

/** What was changed, in a word: the version, the key, the flag, the experiment. */
function subjectOf(change: Change): string {
  switch (change.kind) {
    case 'deployment':
      return change.version;
    case 'config_change':
      return change.key;
    case 'flag_change':
      return change.flag;
    case 'experiment_started':
    case 'experiment_ended':
      return change.experiment;
  }
}

/** Labels are cut to this many characters: a key of configuration may be long. */
const SUBJECT_CHARACTERS = 120;

/** Keeps the newest change of each kind of each service; there is one series for each, however many changes there are. */
export class LatestChanges {
  readonly #services: BoundedValues;
  readonly #latest = new Map<string, Change>();

  constructor(services: BoundedValues) {
    this.#services = services;
  }

  /** Takes note of events, in any order. */
  heard(events: readonly EventReceipt[]): void {
    for (const event of events) {
      if (!isChange(event)) continue;
      const key = JSON.stringify([event.service, event.kind]);
      const known = this.#latest.get(key);
      if (known !== undefined && known.at >= event.at) continue;
      if (event.service === undefined || this.#services.has(event.service)) this.#latest.set(key, event);
    }
  }

  family(): Family {
    const points: readonly Point[] = [...this.#latest.values()].map((change) => ({
      labels: {
        service: change.service,
        kind: change.kind,
        subject: subjectOf(change).slice(0, SUBJECT_CHARACTERS),
        receipt: `/id/${pathOfEvent(change)}`,
      },
      value: change.at / 1_000,
    }));
    return {
      type: 'gauge',
      name: 'genchi_last_change_timestamp_seconds',
      help: 'When the newest change of this kind happened to the service; its receipt is in the labels.',
      points,
    };
  }
}
