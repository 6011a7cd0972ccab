import type { EventKind, EventReceipt, Identity, Instant, SeriesRef, Window } from '../../model/index.js';
import type {
  ActivityQuery,
  BucketColumns,
  BucketQuery,
  GroupSilence,
  GroupSilenceQuery,
  SeriesActivity,
  Silence,
  SilenceQuery,
} from '../buckets.js';
import type { Drawing, DrawingQuery } from '../drawing.js';
import type { EventName, EventQuery, EventReads, FiringQuery, LatestEvent } from '../events.js';
import type { FigureReads } from '../figures.js';
import type { SampleColumns, SampleName, SampleReads } from '../samples.js';
import type {
  EventFigureQuery,
  EventFigures,
  EventShift,
  EventShiftQuery,
  SeriesShift,
  ShiftQuery,
} from '../shifts.js';
import type { StepColumns, StepQuery } from '../steps.js';
import type { EventPart, LevelTally, LevelTallyQuery, Tally, TallyQuery } from '../tally.js';
import { activity, groupSilences } from './activity.js';
import { silences } from './buckets.js';
import { drawing } from './drawing.js';
import { readEventFigures } from './event-figures.js';
import { readFiring } from './firing.js';
import { readEventsNamed, readSamplesNamed } from './named.js';
import type { Reading } from './reading.js';
import { readEvent, readLatest, readSamples } from './reads.js';
import type { Archive } from './retention/archive.js';
import { readBuckets } from './retention/bucket-sources.js';
import * as reaches from './retention/reaches.js';
import { COUNTER_NAME } from './retention/rollups.js';
import type { SeriesTable } from './series-table.js';
import { eventShifts, shifts } from './shifts.js';
import { steps } from './steps/read.js';
import { tallyEvents } from './tally-events.js';
import { tallyLevels } from './tally-levels.js';
import type { WriterState } from './writer.js';

/** What of the port only reads, over a few connections and as far into the archive as a question reaches. */
export class EvidenceReads implements EventReads, SampleReads, FigureReads {
  protected readonly reading: Reading;
  readonly #archive: Archive;
  readonly #series: SeriesTable;

  constructor(reading: Reading, { archive, series }: Pick<WriterState, 'archive' | 'series'>) {
    this.reading = reading;
    this.#archive = archive;
    this.#series = series;
  }

  events(query: EventQuery): Promise<readonly EventReceipt[]> {
    return this.reading.events(query);
  }

  latestEvents(
    kind: EventKind,
    fields: readonly [string, ...string[]],
    window?: Window,
  ): Promise<readonly LatestEvent[]> {
    const reach = reaches.ofEvents({ kinds: [kind], ...(window === undefined ? {} : { window }) });
    return this.reading.read(reach, (connection) => readLatest(connection, kind, fields, window));
  }

  event(kind: EventKind, at: Instant, id: Identity): Promise<EventReceipt | undefined> {
    return this.reading.read(reaches.ofEvent(kind, at), (connection) => readEvent(connection, kind, at, id));
  }

  firing(query: FiringQuery): Promise<readonly EventReceipt<'alert_fired'>[]> {
    return this.reading.read(reaches.ofFiring(query), (connection) => readFiring(connection, query));
  }

  eventsNamed(names: readonly EventName[]): Promise<readonly EventReceipt[]> {
    return this.reading.read(reaches.ofEventNames(names), (connection) => readEventsNamed(connection, names));
  }

  samplesNamed(names: readonly SampleName[]): Promise<SampleColumns> {
    return this.reading.read(reaches.ofSampleNames(names), (connection) =>
      readSamplesNamed(connection, names),
    );
  }

  samples(series: readonly SeriesRef[], window: Window, limit: number): Promise<SampleColumns> {
    return this.reading.read(reaches.ofSamples(window), (connection) =>
      readSamples(connection, series, window, limit),
    );
  }

  shifts(query: ShiftQuery): Promise<readonly SeriesShift[]> {
    return this.reading.read(reaches.ofShifts(query), (connection) => shifts(connection, query));
  }

  eventShifts(query: EventShiftQuery): Promise<readonly EventShift[]> {
    return this.reading.read(reaches.ofEventShifts(query), (connection) => eventShifts(connection, query));
  }

  eventFigures(query: EventFigureQuery, signal?: AbortSignal): Promise<readonly EventFigures[]> {
    const reach = reaches.ofEventShifts({ baseline: query.window, recent: query.window });
    return this.reading.read(reach, (connection) => readEventFigures(connection, query), signal);
  }

  buckets(query: BucketQuery, signal?: AbortSignal): Promise<BucketColumns> {
    return readBuckets(query, {
      archive: this.#archive,
      isCounter: (ref) => COUNTER_NAME.test(this.#series.get(ref).metric),
      read: (reach, work) => this.reading.read(reach, work, signal),
    });
  }

  steps(query: StepQuery, signal?: AbortSignal): Promise<StepColumns> {
    return this.reading.read(reaches.ofSteps(query), (connection) => steps(connection, query), signal);
  }

  drawing(query: DrawingQuery, signal?: AbortSignal): Promise<Drawing> {
    return this.reading.read(
      { ...reaches.ofSamples(query.window), isWhole: true },
      (connection) => drawing(connection, query),
      signal,
    );
  }

  tallyLevels(query: LevelTallyQuery, signal?: AbortSignal): Promise<readonly LevelTally[]> {
    return this.reading.read(reaches.ofTally(query), (connection) => tallyLevels(connection, query), signal);
  }

  tallyEvents(query: TallyQuery<EventPart>, signal?: AbortSignal): Promise<readonly Tally[]> {
    return this.reading.read(reaches.ofTally(query), (connection) => tallyEvents(connection, query), signal);
  }

  silences(query: SilenceQuery): Promise<readonly Silence[]> {
    return this.reading.read(reaches.ofSilences(query), (connection) => silences(connection, query));
  }

  groupSilences(query: GroupSilenceQuery): Promise<readonly GroupSilence[]> {
    return this.reading.read(reaches.ofSilences(query), (connection) => groupSilences(connection, query));
  }

  activity(query: ActivityQuery): Promise<readonly SeriesActivity[]> {
    return this.reading.read(reaches.ofSamples(query.window), (connection) => activity(connection, query));
  }
}
