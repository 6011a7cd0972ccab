/** How far back what is asked of the store reaches, for {@link withArchive}. */
import { DAY_MS, type EventKind, MINUTE_MS, type Window } from '../../../model/index.js';
import { type BucketQuery, CARRIED_MS, type SilenceQuery } from '../../buckets.js';
import type { EventName, EventQuery, FiringQuery } from '../../events.js';
import type { RowBounds } from '../../lines.js';
import type { RowPlan } from '../../rows.js';
import type { SampleName } from '../../samples.js';
import type { EventShiftQuery, ShiftQuery } from '../../shifts.js';
import { LOOK_BACK_MS, type StepQuery } from '../../steps.js';
import type { TallyQuery } from '../../tally.js';
import type { TransferBounds } from '../../transfer.js';
import { EVER, type Reach, type ReadSpan } from './archive.js';
import type { Span } from './archive-table.js';

const spanOf = ({ from, to }: Window): Span => ({ from, until: to });

function hull(a: Span | undefined, b: Span): Span {
  return a === undefined ? b : { from: Math.min(a.from, b.from), until: Math.max(a.until, b.until) };
}

/** Events of a query. */
export function ofEvents({ kinds, window }: Pick<EventQuery, 'kinds' | 'window'>): Reach {
  return { events: { ...(window === undefined ? EVER : spanOf(window)), kinds } };
}

/** One event. */
export function ofEvent(kind: EventKind, at: number): Reach {
  return { events: { kinds: [kind], from: at, until: at + 1 } };
}

/** Samples of a window. */
export function ofSamples(window: Window): Reach {
  return { samples: spanOf(window) };
}

/** Buckets of samples or of increases, the first of which count from a sample before. */
export function ofBuckets({ window, figure }: Pick<BucketQuery, 'window' | 'figure'>): Reach {
  const { from, until } = spanOf(window);
  return { samples: { from: figure === 'increase' ? from - CARRIED_MS : from, until } };
}

/** Stretches of silence. */
export function ofSilences({ window }: Pick<SilenceQuery, 'window'>): Reach {
  return { samples: spanOf(window) };
}

/** Two windows of samples that are compared. */
export function ofShifts({ baseline, recent }: Pick<ShiftQuery, 'baseline' | 'recent'>): Reach {
  return { samples: hull(spanOf(baseline), spanOf(recent)) };
}

/** Two windows of events that are compared. */
export function ofEventShifts({ baseline, recent }: Pick<EventShiftQuery, 'baseline' | 'recent'>): Reach {
  return { events: { ...hull(spanOf(baseline), spanOf(recent)), kinds: undefined } };
}

/** Rows within bounds. */
export function ofRows({ from: table, kinds, since, until }: RowBounds): Reach {
  const span = { from: since ?? EVER.from, until: until === undefined ? EVER.until : until + 1 };
  switch (table) {
    case 'sample':
      return { samples: span };
    case 'event':
      return { events: { ...span, kinds } };
    case 'rollup':
    case 'series':
      return {};
  }
}

/** Both reaches, or more. */
function hullOfReaches(a: Reach, b: Reach): Reach {
  const samples =
    a.samples === undefined || b.samples === undefined
      ? (a.samples ?? b.samples)
      : hull(a.samples, b.samples);
  const kinds =
    a.events?.kinds === undefined || b.events?.kinds === undefined
      ? undefined
      : [...new Set([...a.events.kinds, ...b.events.kinds])];
  const events =
    a.events === undefined || b.events === undefined
      ? (a.events ?? b.events)
      : { ...hull(a.events, b.events), kinds };
  return { ...(samples === undefined ? {} : { samples }), ...(events === undefined ? {} : { events }) };
}

/** All scans of a plan. */
export function ofPlan({ sources }: RowPlan): Reach {
  const scans = sources.flatMap((source) => (source.type === 'scan' ? source.scans : []));
  return scans.map(({ bounds }) => ofRows(bounds)).reduce(hullOfReaches, {});
}

/** What an export carries of one table. */
export function ofTransfer(table: 'event' | 'sample' | 'series', bounds: TransferBounds): Reach {
  return ofRows({ from: table, ...bounds });
}

/** The hull of some times, and the times themselves, between which nothing is read. */
function ofTimes(names: readonly { readonly at: number }[]): ReadSpan {
  const points = [...new Set(names.map(({ at }) => at))];
  const [from, last] = [
    points.reduce((a, b) => Math.min(a, b), 0),
    points.reduce((a, b) => Math.max(a, b), 0),
  ];
  return { from, until: last + 1, points };
}

/** Events by their names. */
export function ofEventNames(names: readonly EventName[]): Reach {
  return { events: { ...ofTimes(names), kinds: [...new Set(names.map(({ kind }) => kind))] } };
}

/** Samples by their names. */
export function ofSampleNames(names: readonly SampleName[]): Reach {
  return { samples: ofTimes(names) };
}

/** Alerts that fire at a time. */
export function ofFiring({ at }: FiringQuery): Reach {
  return { events: { from: at - LOOK_BACK_MS, until: at + 1, kinds: ['alert_fired', 'alert_cleared'] } };
}

/** Figures of the pillars, for which what lasts is looked for long before. */
export function ofSteps({ window }: StepQuery): Reach {
  const span = { from: window.from - LOOK_BACK_MS, until: window.to + MINUTE_MS + 1 };
  return { samples: span, events: { ...span, kinds: undefined } };
}

/** Slices that are counted where they end; a slice is a day at most. */
export function ofTally({ bands }: TallyQuery<unknown>): Reach {
  const windows = 'window' in bands ? [bands.window] : bands;
  const whole = windows
    .map(spanOf)
    .reduce(hull, { from: Number.POSITIVE_INFINITY, until: Number.NEGATIVE_INFINITY });
  return { samples: { from: whole.from - DAY_MS - CARRIED_MS, until: whole.until + 1 } };
}
