/** Incidents as the rest of Genchi sees them; each state of one is a receipt. */
import type { Recorded } from '../evidence/index.js';
import type { Instant } from '../model/index.js';
import type { Candidate } from './analysis.js';
import type { ToldWhy } from './whys/index.js';

/** An incident in its latest state. */
export interface Incident {
  readonly id: string;
  readonly state: 'open' | 'resolved';
  readonly title: string;
  readonly severity: string;
  readonly service: string | undefined;
  readonly metric: string | undefined;
  readonly startsAt: Instant;
  readonly onsetAt: Instant | undefined;
  readonly endsAt: Instant | undefined;
  readonly runbookUrl: string | undefined;
  /** Paths of the alerts that belong to it. */
  readonly alerts: readonly string[];
  /** Up to when its latest analysis looked at evidence; asking for its service at that time gives the same answer. */
  readonly evidenceUntil: Instant | undefined;
  /** How often it has been analysed. */
  readonly analysis: number;
  readonly candidates: readonly RecordedCandidate[];
  readonly rejected: readonly RecordedCandidate[];
  /** The Five Whys of its latest analysis; undefined before the first. */
  readonly why: ToldWhy | undefined;
  readonly missing: readonly string[];
}

/** A candidate with the path of its own receipt. */
export interface RecordedCandidate extends Candidate {
  readonly receipt: string;
}

/** Which incidents to list, newest first. */
export interface IncidentFilter {
  readonly state?: 'open' | 'resolved';
  readonly service?: string;
  readonly limit: number;
  /** Continue after the incident with this id. */
  readonly after?: string;
}

/** Keeps the incidents: opens them on alerts, analyses them, and resolves them. */
export interface IncidentBook {
  list(filter: IncidentFilter): readonly Incident[];
  get(id: string): Incident | undefined;
  /** Takes note of what was just recorded; give it to the recorder as a listener. */
  hear(recorded: Recorded): void;
  /** Resolves when everything heard so far has been worked on. */
  settled(): Promise<void>;
  openCount(): number;
  close(): Promise<void>;
}
