export * from './errors.js';
export * from './ids.js';
export * from './instant.js';
export * from './iri.js';
export type { FieldSpec, FieldType, KindSpec } from './kind-spec.js';
export * from './kinds.js';
export * from './labels.js';
export * from './receipt.js';
export * from './samples.js';
