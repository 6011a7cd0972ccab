export * from './errors.js';
export * from './graph.js';
