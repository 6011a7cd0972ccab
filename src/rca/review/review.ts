/** What the review of a week says, before it is written in any format. Paths are those below `/id/`. */
import type { Band, Pillar, Recommendation, SloState } from '../../analysis/index.js';
import type { Instant, Window } from '../../model/index.js';

/** A question of the query packs that shows something, or that nothing is there. */
export interface ReviewQuestion {
  readonly pack: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** A sentence with what it rests on: things by their paths, or the question that shows it. */
export interface ReviewClaim {
  readonly sentence: string;
  readonly cites: readonly string[];
  readonly questions: readonly ReviewQuestion[];
}

/** The health of a service, or of the whole system, this week and the week before. */
export interface HealthRow {
  readonly service: string | undefined;
  /** 0..100; undefined without enough data. */
  readonly score: number | undefined;
  readonly before: number | undefined;
  readonly band: Band | undefined;
  readonly pillars: readonly { readonly pillar: Pillar; readonly score: number | undefined }[];
  /** What cost the system or the service most, with its figure. */
  readonly costMost: string | undefined;
}

/** An objective at the end of the week. */
export interface SloRow {
  readonly name: string;
  readonly service: string | undefined;
  readonly state: SloState;
  readonly attainmentPercent: number | undefined;
  readonly objectivePercent: number;
  /** 0..1 */
  readonly coverage: number;
  readonly budgetLeftPercent: number | undefined;
  readonly headroomPercent: number | undefined;
  /** The paths of the objective and of its revision. */
  readonly cites: readonly string[];
}

/** An incident of the week with what is known of its cause. */
export interface IncidentRow {
  readonly id: string;
  readonly title: string;
  readonly service: string | undefined;
  readonly severity: string;
  readonly state: 'open' | 'resolved';
  readonly startsAt: Instant;
  /** How long it went on within the week, or goes on, in milliseconds. */
  readonly lastedMs: number;
  /** How sure the cause is: a person confirmed it, the analysis ranked it first, or nothing was found. */
  readonly certainty: 'confirmed' | 'ranked' | 'unknown';
  readonly cause: ReviewClaim;
}

/** Something that a sentence cites, by its number in the document. */
export interface ReviewedEvidence {
  readonly number: number;
  readonly path: string;
}

/** The review of a week. The same evidence gives the same review. */
export interface Review {
  readonly week: string;
  readonly timeZone: string;
  /** The part of the week that is reviewed. */
  readonly window: Window;
  readonly isOver: boolean;
  readonly previous: string;
  readonly next: string;
  readonly summary: readonly ReviewClaim[];
  /** The system first, then services, the lowest score first. */
  readonly health: readonly HealthRow[];
  readonly trends: readonly ReviewClaim[];
  readonly slos: readonly SloRow[];
  readonly sloClaims: readonly ReviewClaim[];
  /** How many incidents there were, the worst of which follow. */
  readonly incidentCount: number;
  readonly incidents: readonly IncidentRow[];
  readonly alerting: readonly ReviewClaim[];
  readonly improvements: readonly ReviewClaim[];
  /** Three to five things to improve, the most gain for effort first. */
  readonly proposals: readonly Recommendation[];
  readonly missing: readonly ReviewClaim[];
  readonly evidence: readonly ReviewedEvidence[];
}
