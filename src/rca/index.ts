export { analyse } from './analyse.js';
export * from './analysis.js';
export { type Confidence, confidenceIn, confidenceOf, type Likelihood, likelihoods } from './confidence.js';
export { readCandidates } from './details.js';
export { type RcaCode, RcaError } from './errors.js';
export type { Part } from './evidence-types.js';
export { type Experience, learn, type PastIncident, type Standing } from './experience.js';
export * from './incident.js';
export type { IncidentLogger, IncidentOptions, IncidentSettings } from './incident-options.js';
export { candidateOf } from './incident-receipts.js';
export { openIncidents } from './incidents.js';
export { measuredByEvents } from './onset.js';
export { Lessons } from './past-incidents.js';
export * from './postmortem/index.js';
export { processTimers, type Schedule } from './reanalysis.js';
export { type RecordedChange, readRecentChanges } from './recent-changes.js';
export * from './review/index.js';
export {
  matchRunbooks,
  type RunbookMatch,
  type RunbookMatches,
  type RunbookSources,
  valuesOf,
} from './runbooks/match.js';
export { proposeRunbook } from './runbooks/propose.js';
export type { Similar, SimilarReason } from './similar.js';
export type { IncidentStatistics, MeanDuration, StatisticsQuestion } from './statistics.js';
export { confirmedCauseOf, titleOfCause, verdictsOn } from './verdicts.js';
export {
  sparqlOf,
  stepsOf,
  type ToldWhy,
  toldWhy,
  type Why,
  type WhyEnd,
  type WhyKind,
  type WhyQuery,
  whyKinds,
} from './whys/index.js';
