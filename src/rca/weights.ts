/**
 * Every number that a score depends on, with where it came from. All but the knots of the confidence were set by hand, from the reasons beside
 * them, so that each order of the tests in `test/rca` follows, and looked over on the recorded failures of the benchmark,
 * which are thus no unseen data for them; none was fitted. `CONFIDENCE_KNOTS` were fitted to those failures; what past
 * incidents teach is learned from verdicts, not written here. `npm run bench:rca -- --sensitivity` shows what becomes of
 * the scores when a number is half or twice what it is.
 */
import type { ShiftRules } from '../evidence/index.js';
import { MINUTE_MS, SECOND_MS } from '../model/index.js';

/**
 * How many spreads from its median a series must move to count as changed. Three and a half is the customary cut
 * for robust z-scores (Iglewicz and Hoaglin, 1993); a little more, since thousands of series are scanned.
 */
export const SHIFT_THRESHOLD = 4;

/**
 * How the scan compares a series with its past; none depends on the unit of a series. Set by hand while looking at the
 * recorded failures that the benchmark replays: the floors at counts and shares of success that stand nearly still, how
 * long a change must last at samples 5 s to 5 min apart, the step at slow ramps before a jump.
 */
export const SHIFT_RULES: ShiftRules = {
  // A success rate of 99.9 % that falls to 97 % counts.
  floorOfMedian: 0.001,
  floorOfSize: 0.001,
  // What was nothing but zero is new, not infinite.
  floorOfZero: 0.02,
  lastingSamples: 3,
  // Where samples are minutes apart, one or two may be all of a change.
  lastingMs: 240_000,
  leastBefore: 0.25,
  // Enough for a median and its spread, and for the tail of a hundredth nearly.
  enoughBefore: 60,
  // Samples further apart stand for minutes already.
  smoothedMs: 120_000,
  lostSteps: 1.5,
  // Without such a jump the change is a ramp and began where it crossed the threshold.
  stepOfPeak: 0.3,
  sizeCap: 50,
  justBeforeMs: 300_000,
};

/** The deviation at which the strength of a shift is one half, in spreads. */
export const HALF_STRENGTH_DEVIATION = 10;

/**
 * The change, as a part of the baseline, from which on a shift has its full strength, and below which it is none: a
 * very quiet series can move by many spreads without any consequence. Does not hold for shares of success, where a
 * few percent are an outage.
 */
export const FULL_CHANGE = 0.2;
export const LEAST_CHANGE = 0.05;

/** How many times the square root of its baseline a count of things in use or waiting must move for its full strength. */
export const FULL_COUNT_CHANGE = 3;

/** What the degradation of another sort than the symptom's counts: slowness explains failing less than failing does. */
export const OTHER_SORT = 0.4;

/** What is left of trouble inside a service when nothing of it is felt by its callers, though that is measured. */
export const UNFELT = 0.35;

/** What is left of the part of a service that nobody who suffers waits for: it only takes their messages. */
export const NOT_AWAITED = 0.35;

/** The number of failures, or of what a counter counted more than usual, at which their strength is one half. */
export const HALF_STRENGTH_FAILURES = 5;

/** Onsets this close together have no order: two scrapes of the usual 15 to 30 seconds and the width of the smoothing. */
export const ORDER_SLACK_MS = 90 * SECOND_MS;

/** Lag after which a change is half as likely to be the cause. */
export const LAG_HALF_LIFE_MS = 15 * MINUTE_MS;

/** Time after which something that began later than the symptom, or was over before it, is half as likely its cause. */
export const OFF_HALF_LIFE_MS = 3 * MINUTE_MS;

/** The most of a service's degradation that what it calls can explain; something is always its own. */
export const MOST_EXPLAINED = 0.95;

/** How far a callee's shift explains its caller's when the two have no metric in common. */
export const EXPLAINED_WITHOUT_COMMON_METRIC = 0.8;

/**
 * Without recorded dependencies: which part of what a service adds to the symptom another must add to be taken for one
 * that it waits for, and the most, for what is counted apart never agrees quite. Set by hand.
 */
export const LEAST_NESTED = 0.5;
export const MOST_NESTED = 1.3;

/** How far a callee that was only inferred so explains what its caller adds. Set by hand. */
export const NESTING_CERTAINTY = 0.5;

/** Strengths of different metrics compare roughly: one over so many times as strong explains as well as an equal one. */
export const ENOUGH = 2;

/** What is left of an explanation when the callee's onset is after the caller's. */
export const EXPLAINED_WHEN_LATER = 0.3;

/** The strength from which on something wrong before a change rules the change out, not so much as a wobble. */
export const CLEARLY_ABNORMAL = 0.4;

/** How far a change is placed at an origin that can be seen on its callers only, since it has no metrics itself. */
export const UNMEASURED_ORIGIN = 0.6;

/** The overlap of words of a change that says nothing about itself: neither for nor against. */
export const WORDLESS = 0.35;

/**
 * Weights of a change's terms. What a change does and touches outweighs when it came: the latest deployment before an
 * onset is the wrong one more often than not.
 */
export const CHANGE_WEIGHTS = {
  origin: 0.2,
  lag: 0.12,
  effect: 0.14,
  words: 0.14,
  named: 0.14,
  mechanism: 0.2,
  history: 0.06,
} as const;

/** What is taken from a change that cannot alter how a service runs, in full when it surely cannot. */
export const INERT_WEIGHT = -0.35;

/** The inertness from which on a change is ruled out: it touches documentation or tests only. */
export const SURELY_INERT = 0.9;

/** The value of a mechanism or of names when nothing is recorded of what a change does: neither for nor against. */
export const NOTHING_KNOWN = 0.45;

/** How near to the origin a caller counts that asks for more of what is overloaded. */
export const LOADED_BY_CALLER = 0.8;

/** How much a step of a series that is no harm by itself counts as the effect of a change that came just then. */
export const STEPPED_WITH_IT = 0.8;

/** How near to the origin a commit counts that went out with a deployment there, as far as is known. */
export const TAKEN_ALONG = 0.75;

/** Weights of a metric's terms: their sum stays below that of a change, which explains the metric as well. */
export const METRIC_WEIGHTS = {
  origin: 0.32,
  strength: 0.14,
  precedence: 0.14,
  specificity: 0.15,
  words: 0.05,
} as const;

/** What is left of the specificity of a busy processor where memory or a disk of the same service fills. */
export const FOLLOWING = 0.6;

/** Weights of a failure's or an opened circuit's terms. */
export const FAILURE_WEIGHTS = {
  origin: 0.3,
  strength: 0.12,
  precedence: 0.14,
  specificity: 0.1,
  words: 0.08,
} as const;

/** Weights of the terms of a cause from outside. */
export const OUTSIDE_WEIGHTS = { origin: 0.15, clearness: 0.4, share: 0.25, corroboration: 0.2 } as const;

/**
 * How clearly services that degrade together on one node only, or instances that are gone, name the cause: the former as
 * well as words that say so, the latter hardly, since what kills an instance is often seen too. Set by hand.
 */
export const NODE_CLEARNESS = 0.9;
export const INSTANCE_CLEARNESS = 0.5;

/**
 * Weights of the terms of a part: what past incidents taught, or, as long as none has, how rare what stands on it is,
 * which alone put the part that was the cause first in about seven of ten recorded incidents.
 */
export const PART_WEIGHTS = { experience: 0.95, rarity: 0.6 } as const;

/** The most that what past incidents taught of its service adds to a candidate, where metrics can be compared. Set by hand. */
export const TAUGHT_WEIGHT = 0.15;

/** Most parts that are candidates. */
export const MOST_PARTS = 6;

/** What is taken from a metric or a failure when a change on the same service came before it: it is its effect. */
export const EFFECT_OF_CHANGE_WEIGHT = -0.35;

/**
 * How far a metric or a failure that names its cause counts as the effect of a change that has nothing in common with
 * it; up to twice as far where it names none, as errors that rise do. Set by hand.
 */
export const EFFECT_OF_ANY_CHANGE = 0.4;

/** How surely an edit must lead to what is wrong on a neighbour for the change to act there. Set by hand. */
export const LEADS_THERE = 0.45;

/** The mechanism or naming from which on a change does just what looks like coming from outside. */
export const DOES_SUCH_A_THING = 0.7;

/** What is taken from a metric or a failure that a cause from outside accounts for: it is its effect. */
export const EFFECT_OF_OUTSIDE_WEIGHT = -0.25;

/** How specific a failure or an opened circuit is as a cause. A circuit opens because something else failed. */
export const FAILURE_SPECIFICITY = { failure: 0.7, circuit: 0.2 } as const;

/** What is left of the specificity of a failure that names a service it calls: that one is to be looked at. */
export const NAMES_ANOTHER = 0.3;

/** Most candidates and rejected candidates that an analysis keeps. */
export const MOST_CANDIDATES = 15;
export const MOST_REJECTED = 10;

/**
 * Scores of first candidates with how often such were right; straight lines between them. From 496 first candidates of
 * recorded failures (34 PetShop, 60 Sock Shop, 13 synthetic with commits, 24 Online Boutique, the rest alerts of Sock
 * Shop and a hotel, these five-fold): neighbours pooled until the shares never fall (`npm run bench:rca -- --calibrate`),
 * then drawn with fewer knots. What the sets have in common moves them, so a shift of ten points is no surprise elsewhere.
 */
export const CONFIDENCE_KNOTS = [
  [0, 0.02],
  [0.35, 0.12],
  [0.57, 0.2],
  [0.61, 0.75],
  [0.75, 0.82],
  [0.85, 0.92],
  [0.95, 0.98],
  [1, 0.99],
] as const;

/** The confidence below which a first candidate is a guess, and what would be needed is told. */
export const LEAST_CONFIDENCE = 0.4;

/** How many incidents with a confirmed cause there must be before their evidence teaches anything. */
export const LEAST_PAST_INCIDENTS = 20;

/** How many incidents, the latest, verdicts are learned from at most: a few windows of evidence a week over years. */
export const MOST_PAST_INCIDENTS = 300;

/** The most that verdicts on candidates of its sort add to a candidate or take from it. Set by hand: a tenth or so for a sort that is right twice as often as others. */
export const VERDICT_WEIGHT = 0.25;

/** How many verdicts on a sort make what they say count half. Set by hand. */
export const HALF_SURE_VERDICTS = 5;
