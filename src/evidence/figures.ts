/** What the port computes where the receipts are. */
import type {
  EventFigureQuery,
  EventFigures,
  EventShift,
  EventShiftQuery,
  SeriesShift,
  ShiftQuery,
} from './shifts.js';
import type { StepColumns, StepQuery } from './steps.js';
import type { EventPart, LevelTally, LevelTallyQuery, Tally, TallyQuery } from './tally.js';

/** Figures over many receipts, each by one statement. */
export interface FigureReads {
  /** How far series moved from what they were before. */
  shifts(query: ShiftQuery): Promise<readonly SeriesShift[]>;
  /** The same of what events measure: queues, tasks, workers, logs. */
  eventShifts(query: EventShiftQuery): Promise<readonly EventShift[]>;
  /** The figures that {@link eventShifts} compares, to draw them; a signal stops the work. */
  eventFigures(query: EventFigureQuery, signal?: AbortSignal): Promise<readonly EventFigures[]>;
  /** The figures of the pillars, step by step; a signal stops the work. */
  steps(query: StepQuery, signal?: AbortSignal): Promise<StepColumns>;
  /** Slices of time in which levels kept their bounds, counted by part and band of time; a signal stops the work. */
  tallyLevels(query: LevelTallyQuery, signal?: AbortSignal): Promise<readonly LevelTally[]>;
  /** Good and bad events by the increases of counters, counted so. */
  tallyEvents(query: TallyQuery<EventPart>, signal?: AbortSignal): Promise<readonly Tally[]>;
}
