export { AuditBook } from './audit/index.js';
export { type Access, Gate } from './auth/index.js';
export { BackupDesk } from './backups/index.js';
export { ServeError } from './errors.js';
export { Feed } from './feed.js';
export {
  type PersistedOperations,
  readPageOperations,
  readPersistedOperations,
  Subscribers,
  schemaSdl,
} from './graphql/index.js';
export type { Readiness } from './health.js';
export { createHouse, type HouseParts } from './house.js';
export type { HttpOptions } from './http.js';
export { Listener } from './listener.js';
export { createLobby } from './lobby.js';
export { createLogger, type LogFormat } from './log.js';
export { MeasuredRecorder, measuredGraph } from './measured.js';
export { Metrics } from './metrics/index.js';
export { Objectives, type ObjectivesOptions } from './objectives.js';
export { SloFolder, type SloFolderOptions } from './slo-folder.js';
export { CertificateKeeper } from './tls/index.js';
export { Webhooks } from './webhooks/index.js';
