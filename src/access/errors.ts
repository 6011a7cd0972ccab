import { type ErrorCode, GenchiError } from '../model/index.js';

/** The codes of who may do what. */
export type AccessCode = Extract<
  ErrorCode,
  'unauthenticated' | 'forbidden' | 'too-many-attempts' | 'identity-unavailable' | 'bad-file' | 'bad-setting'
>;

/** Somebody did not say who they are, or may not do what they ask for; or what says who may is broken. */
export class AccessError extends GenchiError<AccessCode> {
  /** After how many seconds trying again can help; undefined when it cannot. */
  readonly retryAfterS: number | undefined;

  constructor(
    code: AccessCode,
    message: string,
    options: { readonly cause?: unknown; readonly retryAfterS?: number } = {},
  ) {
    super(code, message, options);
    this.retryAfterS = options.retryAfterS;
  }
}
