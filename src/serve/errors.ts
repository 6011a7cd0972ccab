import { type ErrorCode, GenchiError } from '../model/index.js';

/** The codes that the HTTP side throws on its own account; what the rooms behind it throw passes through. */
export type ServeCode = Extract<
  ErrorCode,
  | 'address-unusable'
  | 'bad-setting'
  | 'bad-request'
  | 'unsupported-media-type'
  | 'body-too-large'
  | 'overloaded'
  | 'not-ready'
  | 'conflict'
  | 'not-found'
  | 'gone'
  | 'not-acceptable'
  | 'bad-file'
  | 'backup-busy'
  | 'log-inconsistent'
>;

/** An error of the HTTP side: it cannot listen, is not ready, or the request asks for what is not there. */
export class ServeError extends GenchiError<ServeCode> {}
