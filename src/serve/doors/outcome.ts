import type { Appended, RefusedSample } from '../../evidence/index.js';
import type { Decoded, OverLimit, RedactedItem } from '../../ingest/index.js';
import { type Fault, type Iris, pathOfEvent } from '../../model/index.js';

/** What became of the items of one request. */
export interface Outcome {
  /** Events and samples that are new. */
  readonly events: number;
  readonly samples: number;
  /** Events and samples that had been recorded before, and samples that Genchi computed itself. */
  readonly repeated: number;
  /** How many of those Genchi computed itself. */
  readonly own: number;
  /** Items refused by the decoder, and by the store. */
  readonly refusedAtDoor: number;
  readonly refusedByStore: number;
  /** What of `refusedAtDoor` is of new series that were one too many. */
  readonly overLimit: OverLimit | undefined;
  /** How many of `refusedAtDoor` name a service or an alert that is one too many. */
  readonly overNames: number;
  /** Why items were refused, in the order of the items. */
  readonly faults: readonly Fault[];
  /** What was taken out of the texts of events that were recorded. */
  readonly redacted: readonly RedactedItem[];
}

/** What is told of a request that held nothing to record. */
export const nothingAppended: Appended = {
  commit: undefined,
  events: 0,
  samples: 0,
  repeatedEvents: [],
  repeatedSamples: 0,
  refusedSamples: [],
};

const storeMessages = {
  conflict: 'another value is recorded for this series at this time',
  'too-old': 'over an hour older than the newest sample of its series',
} as const satisfies Record<RefusedSample['why'], string>;

/** Puts together what the decoder and the store said; at most `mostFaults` faults are listed. */
export function outcomeOf(decoded: Decoded, appended: Appended, mostFaults: number): Outcome {
  const ofStore = appended.refusedSamples.slice(0, mostFaults).map((refused): Fault => {
    const item = decoded.sampleItems[refused.item];
    return { ...(item === undefined ? {} : { item }), field: 'samples', message: storeMessages[refused.why] };
  });
  const faults = [...decoded.faults, ...ofStore];
  return {
    events: appended.events,
    samples: appended.samples,
    repeated: appended.repeatedEvents.length + appended.repeatedSamples + (decoded.own ?? 0),
    own: decoded.own ?? 0,
    refusedAtDoor: decoded.refused,
    redacted: decoded.redacted ?? [],
    overLimit: decoded.overLimit,
    overNames: decoded.overNames ?? 0,
    refusedByStore: appended.refusedSamples.length,
    faults: faults.sort((one, other) => (one.item ?? 0) - (other.item ?? 0)).slice(0, mostFaults),
  };
}

/** The IRIs of what is recorded of a request, in the order of its items; repeats have the IRI of the first time. */
export function receiptsOf(decoded: Decoded, appended: Appended, iris: Iris): readonly string[] {
  const firstAt = new Map(appended.repeatedEvents.map((repeated) => [repeated.item, repeated.at]));
  const refused = new Set(appended.refusedSamples.map((sample) => sample.item));
  const events = decoded.events.map((event, position) => ({
    item: decoded.eventItems[position] ?? 0,
    path: pathOfEvent({ ...event, at: firstAt.get(position) ?? event.at }),
  }));
  const samples = (decoded.samplePaths ?? []).flatMap((path, position) =>
    refused.has(position) ? [] : [{ item: decoded.sampleItems[position] ?? 0, path }],
  );
  return [...events, ...samples]
    .sort((one, other) => one.item - other.item)
    .map(({ path }) => iris.ofPath(path));
}
