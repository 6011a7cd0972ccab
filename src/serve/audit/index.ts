export { AuditBook, actorOf } from './book.js';
export { auditRoutes } from './routes.js';
