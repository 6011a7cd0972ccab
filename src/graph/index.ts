export { readDescription } from './description.js';
export * from './errors.js';
export type { ExplainedBounds, ExplainedPart, Explanation } from './explain.js';
export type { ServiceEndpoint } from './federation-clauses.js';
export * from './graph.js';
export { mappingOf } from './mapping.js';
export { acceptOf, mediaTypesOf } from './negotiate.js';
export { triplesOfEvent } from './ntriples.js';
export * from './ontology-documents.js';
export { type GraphOptions, openGraph } from './open.js';
export { bindPack } from './pack-binding.js';
export { type Prefixes, writeRdf } from './rdf-text.js';
export { checkRunbookFolder } from './runbooks/check-folder.js';
export { bindRunbook, fillRunbook, type RunbookValues } from './runbooks/fill.js';
export type { RunbookFault, RunbookFolder } from './runbooks/read.js';
export * from './runbooks/runbook.js';
export { TransferError } from './transfer/errors.js';
export { type ExportRequest, exportGraph, type GraphExport } from './transfer/export.js';
export { type TextFormat, textFormats } from './transfer/format.js';
export {
  type ImportOutcome,
  type ImportProgress,
  type ImportRequest,
  importEvidence,
} from './transfer/import.js';
export { exportParquet } from './transfer/parquet.js';
export { baseOfSources, type ImportSource } from './transfer/source.js';
export { suppliedPrefixes } from './vocabulary.js';
export { type FolderListener, WatchedFolder } from './watched-folder.js';
