/**
 * What a post-mortem says, before it is written in any format. Its parts are those of the post-mortem of Google's SRE
 * book (chapter 15 and appendix D), without blame: contributing factors, and no single root cause where the evidence
 * shows several. Paths are those below `/id/`.
 */
import type { Instant } from '../../model/index.js';

/** A sentence with the receipts that it rests on: one at least, so that nothing is claimed without. */
export interface Claim {
  readonly sentence: string;
  readonly cites: readonly [string, ...string[]];
}

/** Something that happened, with its time. */
export interface TimelineEntry extends Claim {
  readonly at: Instant;
}

/** One contributing factor: a candidate that stands with what may be its effects, or a cause that a person named. */
export interface Factor {
  /** How far the evidence goes, in words. */
  readonly statement: Claim;
  /** What people said of it. */
  readonly verdicts: readonly Claim[];
  readonly supporting: readonly Claim[];
  readonly opposing: readonly Claim[];
  /** What was seen on services within its reach and not before it. */
  readonly effects: readonly Claim[];
}

/** A step of the why chain. */
export interface WhyLine {
  /** `0` the problem, `1.2` the second answer to the first answer. */
  readonly place: string;
  readonly claim: Claim;
  /** Where evidence stops: why, and what would lead further. */
  readonly end: Claim | undefined;
  /** SPARQL that finds its receipts. */
  readonly query: string | undefined;
}

/** What an action is for. */
export type ActionKind = 'mitigate' | 'prevent' | 'detect' | 'learn';

/** Something to be done, proposed from evidence; who does it by when is for people to say. */
export interface Action {
  readonly kind: ActionKind;
  readonly claim: Claim;
}

/** A receipt that the document cites, by its number there. */
export interface CitedReceipt {
  readonly number: number;
  readonly path: string;
  readonly kind: string;
  /** Undefined of what has no time: incidents, services, runbooks. */
  readonly at: Instant | undefined;
}

/** A post-mortem as drafted from evidence. The same evidence gives the same draft. */
export interface Postmortem {
  readonly incident: string;
  readonly title: string;
  readonly state: 'open' | 'resolved';
  readonly severity: string;
  readonly service: string | undefined;
  /** When it was first seen. */
  readonly startsAt: Instant;
  /** Up to when evidence was looked at: the time of the draft, as far as it has one. */
  readonly evidenceUntil: Instant;
  /** How the draft was made, and how to make it again. */
  readonly origin: Claim;
  /** The command that repeats the analysis; undefined of an incident without a service. */
  readonly reproduce: string | undefined;
  readonly summary: readonly Claim[];
  readonly impact: readonly Claim[];
  readonly objectives: readonly Claim[];
  readonly timeline: readonly TimelineEntry[];
  /** Says what a long timeline leaves out. */
  readonly timelineNote: Claim | undefined;
  readonly factors: readonly Factor[];
  /** What limits the factors: evidence that is missing, weaker candidates. */
  readonly factorNotes: readonly Claim[];
  readonly ruledOut: readonly Claim[];
  readonly whys: readonly WhyLine[];
  readonly wentWell: readonly Claim[];
  readonly wentPoorly: readonly Claim[];
  readonly wentLucky: readonly Claim[];
  readonly actions: readonly Action[];
  /** Every receipt that any sentence cites, numbered in the order of the document. */
  readonly evidence: readonly CitedReceipt[];
}
