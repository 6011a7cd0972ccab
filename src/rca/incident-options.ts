import type { EvidenceStore, Recorder } from '../evidence/index.js';
import type { Topology } from '../graph/index.js';
import { type Clock, type Iris, MINUTE_MS, SECOND_MS } from '../model/index.js';
import type { IncidentChange } from './incident.js';
import type { Lessons } from './past-incidents.js';
import type { Schedule } from './reanalysis.js';

/** Writes log lines; a pino logger is one. */
export interface IncidentLogger {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Settings of incidents, in milliseconds. */
export interface IncidentSettings {
  /** How far back an analysis looks. */
  readonly windowMs: number;
  /** How near in time an alert must be to join an open incident. */
  readonly regroupMs: number;
  /** After how long an incident is analysed again, since evidence comes late. */
  readonly reanalyseMs: readonly number[];
}

/** What incidents are kept with. */
export interface IncidentOptions {
  readonly store: EvidenceStore;
  readonly recorder: Recorder;
  readonly topology: () => Topology;
  /** What the queries of why chains name things by. */
  readonly iris: Iris;
  readonly clock: Clock;
  readonly logger: IncidentLogger;
  readonly settings?: Partial<IncidentSettings>;
  /** What verdicts on past incidents taught; read from the store when absent. */
  readonly lessons?: Lessons;
  /** Timers of the process when absent. */
  readonly schedule?: Schedule;
  /** Hears of every change after it was recorded; must not throw and must not block. */
  readonly onChange?: (change: IncidentChange) => void;
}

/** Settings where none are given. */
export const DEFAULT_SETTINGS: IncidentSettings = {
  windowMs: 30 * MINUTE_MS,
  regroupMs: 15 * MINUTE_MS,
  reanalyseMs: [5 * SECOND_MS, 30 * SECOND_MS, 2 * MINUTE_MS],
};
