/** Incidents as the rest of Genchi sees them; each state of one is a receipt. */
import type { Recorded } from '../evidence/index.js';
import type { CauseKind, Instant, Window } from '../model/index.js';
import type { Candidate, Localisation } from './analysis.js';
import type { Similar } from './similar.js';
import type { IncidentStatistics, StatisticsQuestion } from './statistics.js';
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
  /** Who said that it is over, and what they said of it; undefined while it is open and where alerts told. */
  readonly closed: { readonly author: string | undefined; readonly message: string | undefined } | undefined;
  /** Who took it on, oldest first. */
  readonly acknowledgements: readonly Acknowledgement[];
  /** All that people said of its cause, oldest first. */
  readonly verdicts: readonly Verdict[];
}

/** A candidate with the path of its own receipt. */
export interface RecordedCandidate extends Candidate {
  readonly receipt: string;
}

/** What a person said of an incident, and when; `receipt` is the path of the receipt of it. */
interface Said {
  readonly receipt: string;
  readonly at: Instant;
  readonly author: string | undefined;
  readonly message: string | undefined;
}

/** A person took an incident on. */
export type Acknowledgement = Said;

/** A cause that was no candidate. */
export interface OtherCause {
  readonly title: string;
  readonly causeKind?: CauseKind;
  readonly service?: string;
  readonly component?: string;
}

/** What a person says of a candidate, as an analysis of the incident ranked it. */
export interface CandidateVerdict extends Said {
  readonly judgement: 'confirmed' | 'rejected';
  readonly candidate: RecordedCandidate;
}

/** A person names a cause that was no candidate. */
export interface OtherVerdict extends Said {
  readonly judgement: 'other';
  readonly cause: OtherCause;
}

/** What a person says the cause was. */
export type Verdict = CandidateVerdict | OtherVerdict;

/** What a person does to an incident. */
interface Action {
  /** The id of the incident. */
  readonly incident: string;
  readonly author: string;
  readonly message?: string;
  /** The sender's own id of the action: sent twice, it is recorded once; another action under it is refused. */
  readonly key?: string;
}

/** Takes an incident on. */
export type Acknowledging = Action;

/** Says what the cause of an incident was; `candidate` is the path of a candidate's receipt. */
export type Judging = Action &
  (
    | { readonly judgement: 'confirmed' | 'rejected'; readonly candidate: string }
    | { readonly judgement: 'other'; readonly cause: OtherCause }
  );

/** Says that an incident is over. */
export interface Resolving extends Omit<Action, 'key'> {
  /** When it was over; now unless given. */
  readonly endsAt?: Instant;
}

/** What became of an incident. */
export const incidentChangeTypes = [
  'opened',
  'changed',
  'acknowledged',
  'verdict',
  'resolved',
  'reopened',
] as const;

/** A change of an incident, told after its receipts were recorded. */
export interface IncidentChange {
  /** `opened` comes after the first analysis, `changed` when a later one came to something else. */
  readonly type: (typeof incidentChangeTypes)[number];
  /** The same for the same change. */
  readonly id: string;
  readonly at: Instant;
  readonly incident: Incident;
}

/** Which incidents are meant; absent parts do not bound. */
export interface IncidentBounds {
  readonly state?: 'open' | 'resolved';
  readonly service?: string;
  readonly severities?: readonly string[];
  /** Those that were on at some time within it. */
  readonly window?: Window;
}

/** Which incidents to list, newest first unless `backward`: then oldest first. */
export interface IncidentFilter extends IncidentBounds {
  readonly limit: number;
  /** Continue after the incident with this id, in the order of the list. */
  readonly after?: string;
  readonly direction?: 'forward' | 'backward';
}

/** How many incidents there are. */
export interface IncidentCounts {
  readonly all: number;
  readonly open: number;
  /** Open ones by severity. */
  readonly openBySeverity: ReadonlyMap<string, number>;
}

/** Keeps the incidents: opens them on alerts, analyses them, resolves them, and takes what people say of them. */
export interface IncidentBook {
  /** Fails as the store does. */
  list(filter: IncidentFilter): Promise<readonly Incident[]>;
  get(id: string): Promise<Incident | undefined>;
  /** Those of these ids that there are, in no order. */
  getMany(ids: readonly string[]): Promise<readonly Incident[]>;
  counts(): IncidentCounts;
  /** Those that are open, with all that is known of them, in no order; reads nothing. */
  open(): readonly Incident[];
  /** How many incidents lie within these bounds. */
  count(bounds: IncidentBounds): number;
  /**
   * Whose degradation is its own, as the latest analysis of an incident found it, where that was made since the start and
   * the incident is not over for good; reads nothing.
   */
  localisation(id: string): Localisation | undefined;
  /** Past incidents that are alike, the most alike first; fails with `unknown-incident`. */
  similar(id: string, first: number): Promise<readonly Similar[]>;
  statistics(question: StatisticsQuestion): Promise<IncidentStatistics>;
  /** Fails with `unknown-incident` and `bad-request`. */
  acknowledge(said: Acknowledging): Promise<Incident>;
  /** Fails with `unknown-incident`, `unknown-candidate` and `bad-request`. */
  judge(said: Judging): Promise<Incident>;
  /** Changes nothing when it is over already; fails with `unknown-incident` and `bad-request`. */
  resolve(said: Resolving): Promise<Incident>;
  /** Takes note of what was just recorded; give it to the recorder as a listener. */
  hear(recorded: Recorded): void;
  /** Resolves when everything heard so far has been worked on. */
  settled(): Promise<void>;
  close(): Promise<void>;
}
