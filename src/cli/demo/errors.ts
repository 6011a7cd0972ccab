import { type ErrorCode, GenchiError } from '../../model/index.js';

/** The codes that the demo throws. */
export type DemoCode = Extract<ErrorCode, 'server-refused' | 'bad-usage'>;

/** The play could not go on: a door refused a request, or the incident did not come in time. */
export class DemoError extends GenchiError<DemoCode> {}
