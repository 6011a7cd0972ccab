import { type ErrorCode, GenchiError } from '../../model/index.js';

/** The codes that the demo throws. */
export type DemoCode = Extract<ErrorCode, 'cause-not-first'>;

/** The demo ran, and the cause that it planted was not ranked first. */
export class DemoError extends GenchiError<DemoCode> {}
