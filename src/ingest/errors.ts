import { type ErrorCode, GenchiError } from '../model/index.js';

/** The codes that the ingest room throws: each refuses a whole request. */
export type IngestCode = Extract<
  ErrorCode,
  | 'bad-request'
  | 'bad-item'
  | 'bad-encoding'
  | 'bad-snappy'
  | 'bad-protobuf'
  | 'bad-json'
  | 'unsupported-media-type'
  | 'body-too-large'
>;

/** An error of the ingest room: a request that cannot be read at all. Single bad items are faults instead. */
export class IngestError extends GenchiError<IngestCode> {}
