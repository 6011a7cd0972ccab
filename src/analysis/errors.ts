import { type ErrorCode, GenchiError } from '../model/index.js';

/** The codes that the analysis room throws. */
export type AnalysisCode = Extract<
  ErrorCode,
  'too-many-events' | 'too-many-points' | 'bad-window' | 'bad-ontology'
>;

/** An error of the analysis room: a window that cannot be measured, or metrics that are not declared. */
export class AnalysisError extends GenchiError<AnalysisCode> {}
