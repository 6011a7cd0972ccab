export * from './errors.js';
export { type FederationEndpoint, resolveHeaders } from './federation.js';
export * from './file.js';
export * from './load.js';
export * from './settings.js';
