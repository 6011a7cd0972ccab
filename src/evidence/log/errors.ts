import { type ErrorCode, GenchiError } from '../../model/index.js';

/** The codes of what has to do with the log. */
export type LogCode = Extract<ErrorCode, `log-${string}` | 'bad-proof' | 'bad-usage' | 'not-found' | 'gone'>;

/** An error of the log: it is not what was signed, its key cannot be used, or a proof does not hold. */
export class LogError extends GenchiError<LogCode> {}
