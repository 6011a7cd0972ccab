import { type ErrorCode, GenchiError } from '../model/index.js';

/** The codes that the dashboards room throws. */
export type DashboardCode = Extract<ErrorCode, 'bad-file'>;

/** A file that describes a dashboard is none, or one that was not written by Genchi is in the way. */
export class DashboardError extends GenchiError<DashboardCode> {}
