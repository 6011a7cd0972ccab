export { AlertmanagerDecoder } from './alertmanager.js';
export { CloudEventsDecoder } from './cloudevents.js';
export type { Decoded, Decoder, DecoderOptions, EncodedRequest } from './decoded.js';
export { type IngestCode, IngestError } from './errors.js';
export { EventsDecoder } from './events.js';
export { defaultLimits, type Limits } from './limits.js';
export { outerKinds } from './native-schemas.js';
export { RemoteWriteDecoder } from './remote-write.js';
