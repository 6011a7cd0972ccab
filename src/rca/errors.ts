import { type ErrorCode, GenchiError } from '../model/index.js';

/** The codes that the root-cause room throws. */
export type RcaCode = Extract<
  ErrorCode,
  | 'unknown-incident'
  | 'unknown-candidate'
  | 'unknown-service'
  | 'bad-window'
  | 'bad-request'
  | 'conflict'
  | 'template-malformed'
>;

/** An error of the root-cause room: what was asked for cannot be analysed, or told of an incident. */
export class RcaError extends GenchiError<RcaCode> {}
