import { type ErrorCode, GenchiError } from '../model/index.js';

/** The codes of who may do what. */
export type AccessCode = Extract<
  ErrorCode,
  'unauthenticated' | 'forbidden' | 'too-many-attempts' | 'bad-file' | 'bad-setting' | 'not-found'
>;

/** Somebody did not say who they are, or may not do what they ask for; or what says who may is broken. */
export class AccessError extends GenchiError<AccessCode> {}
