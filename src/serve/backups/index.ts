export { BackupDesk, type BackupDeskParts, type BackupJob } from './desk.js';
export { registerBackups } from './routes.js';
