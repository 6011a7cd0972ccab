export { type AnalysisCode, AnalysisError } from './errors.js';
export { type Facts, LOOK_BACK_MS, MOST_EVENTS, readFacts, type Scope } from './facts.js';
export * from './health.js';
export * from './metrics.js';
export { measure, type Readings } from './pillars.js';
