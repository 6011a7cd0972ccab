export { Gate, type GateParts } from './gate.js';
export { type Access, guardRoutes, openAccess } from './guard.js';
export type { RouteScope } from './routes.js';
