import { type ErrorCode, GenchiError } from '../model/index.js';

/** The codes that the analysis room throws. */
export type AnalysisCode = Extract<ErrorCode, 'too-many-events' | 'bad-window'>;

/** An error of the analysis room: a window that cannot be measured, with what to change. */
export class AnalysisError extends GenchiError<AnalysisCode> {}
