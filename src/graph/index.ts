export * from './errors.js';
export type { ExplainedBounds, ExplainedPart, Explanation } from './explain.js';
export type { ServiceEndpoint } from './federation-clauses.js';
export * from './graph.js';
export { acceptOf, mediaTypesOf } from './negotiate.js';
export * from './ontology-documents.js';
export { type GraphOptions, openGraph } from './open.js';
export { bindPack } from './pack-binding.js';
