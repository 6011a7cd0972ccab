export * from './analysis.js';
export * from './incident.js';
