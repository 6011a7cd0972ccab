export { analyse } from './analyse.js';
export * from './analysis.js';
export { type RcaCode, RcaError } from './errors.js';
export * from './incident.js';
export {
  type IncidentLogger,
  type IncidentOptions,
  type IncidentSettings,
  openIncidents,
  type Schedule,
} from './incidents.js';
