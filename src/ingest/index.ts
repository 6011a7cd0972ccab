export { AlertmanagerDecoder } from './alertmanager.js';
export { CloudEventsDecoder } from './cloudevents.js';
export type {
  Decoded,
  Decoder,
  DecoderOptions,
  DecodingSteps,
  EncodedRequest,
  OverLimit,
  RedactedItem,
} from './decoded.js';
export { type IngestCode, IngestError } from './errors.js';
export { EventsDecoder } from './events.js';
export { defaultLimits, type Limits } from './limits.js';
export { outerKinds } from './native-schemas.js';
export { ReceiptCleaner, type RedactionCount } from './receipt-cleaner.js';
export { RemoteWriteDecoder } from './remote-write.js';
export { type FileSlo, readSloFiles, type SloFile, type SloFiles } from './slo/files.js';
export { type SloContent, type SloRead, SloReader } from './slo/read.js';
