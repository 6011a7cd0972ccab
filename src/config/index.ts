export * from './errors.js';
export * from './file.js';
export * from './load.js';
export * from './settings.js';
