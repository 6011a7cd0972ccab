export { Gate, type GateParts, type Refusal } from './gate.js';
export { type Access, guardRoutes, openAccess } from './guard.js';
export { type Lifetime, unending } from './lifetimes.js';
export { type RouteScope, routesOf, type ScopedRoute } from './routes.js';
export { registerSessions } from './session-routes.js';
