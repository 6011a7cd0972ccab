import { type ErrorCode, GenchiError } from '../model/index.js';

/** The codes that the analysis room throws. */
export type AnalysisCode = Extract<
  ErrorCode,
  | 'too-many-events'
  | 'too-many-points'
  | 'bad-window'
  | 'bad-ontology'
  | 'bad-signals'
  | 'bad-request'
  | 'no-data'
  | 'unknown-experiment'
  | 'unknown-improvement'
>;

/** An error of the analysis room: a window that cannot be measured, metrics that are not declared, or a request that is not understood. */
export class AnalysisError extends GenchiError<AnalysisCode> {}
