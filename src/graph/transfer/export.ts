import type {
  EvidenceStore,
  LineTemplate,
  RowBounds,
  RowSpan,
  TransferBounds,
} from '../../evidence/index.js';
import { eventKinds, type Iris } from '../../model/index.js';
import { Knowledge } from '../knowledge.js';
import { mappingOf, type Rule, type Table } from '../mapping.js';
import { readOntology } from '../ontology.js';
import { readAllPacks } from '../packs.js';
import { QueryParser } from '../parse.js';
import type { Runbook } from '../runbooks/runbook.js';
import { RunbookShelf } from '../runbooks/shelf.js';
import { suppliedPrefixes } from '../vocabulary.js';
import { type TextFormat, writerOf } from './format.js';

/** Receipts that are written at once: some ten megabytes of N-Triples. */
const RECEIPTS_PER_CHUNK = 10_000;

/** What to carry out of a store; absent bounds do not bound. */
export interface ExportRequest extends TransferBounds {
  readonly store: EvidenceStore;
  readonly iris: Iris;
  /** Whether samples are wanted, and with them their series. */
  readonly samples: boolean;
  /** Whether to write what follows from the receipts as well: services, dependencies, incidents, the ontology. */
  readonly knowledge: boolean;
  /** Folders of query packs and of runbooks beside those that come with Genchi. */
  readonly packFolder?: string;
  readonly runbookFolder?: string;
}

/** A piece of an export, with how many receipts it holds. */
export interface ExportPiece {
  readonly bytes: Uint8Array;
  readonly receipts: number;
}

/** An export that is about to be written: how much it is, and its pieces in order. */
export interface GraphExport {
  readonly receipts: number;
  readonly pieces: () => AsyncIterable<ExportPiece>;
}

const encoder = new TextEncoder();

/** The knowledge as queries see it, runbooks among it. */
async function knowledgeOf(request: ExportRequest, rules: readonly Rule[]): Promise<Knowledge> {
  const { store, iris, packFolder, runbookFolder: folder } = request;
  const knowledge = await Knowledge.open({ store, iris, rules, ontology: await readOntology() });
  const parser = new QueryParser(suppliedPrefixes(iris.prefix));
  const query = (text: string): void => void parser.parse(text);
  const { packs } = await readAllPacks(packFolder, query);
  const onChange = (runbooks: readonly Runbook[]): void => knowledge.shelve(runbooks);
  const shelf = await RunbookShelf.open({ folder, checks: { query, packs }, onChange });
  await shelf.close();
  return knowledge;
}

/** Rows to write with the same lines, span by span. */
interface Part {
  readonly bounds: Pick<RowBounds, 'from' | 'kinds'>;
  readonly lines: readonly LineTemplate[];
  readonly spans: readonly RowSpan[];
}

/** Events are written kind by kind: of some hundred lines for all kinds, one has a dozen. */
async function eventParts(request: ExportRequest, rules: readonly Rule[]): Promise<Part[]> {
  const { store, kinds: asked = eventKinds } = request;
  const { events: recorded } = await store.totals();
  const parts: Part[] = [];
  for (const kind of asked) {
    if (recorded[kind] === undefined) continue;
    const kinds = [kind];
    const spans = await store.transfer.spans('event', { ...request, kinds }, RECEIPTS_PER_CHUNK);
    const ofKind = rules.filter(
      ({ table, kinds: some }) => table === 'event' && (some?.includes(kind) ?? true),
    );
    parts.push({ bounds: { from: 'event', kinds }, lines: ofKind.map(({ line }) => line), spans });
  }
  return parts;
}

async function samplePart(request: ExportRequest, rules: readonly Rule[]): Promise<Part> {
  const spans = await request.store.transfer.spans('sample', request, RECEIPTS_PER_CHUNK);
  return { bounds: { from: 'sample' }, lines: linesOf(rules, 'sample'), spans };
}

function linesOf(rules: readonly Rule[], table: Table): readonly LineTemplate[] {
  return rules.filter((rule) => rule.table === table).map((rule) => rule.line);
}

async function* seriesPieces({ store }: ExportRequest, rules: readonly Rule[]): AsyncGenerator<ExportPiece> {
  const keys = store.findSeries({}).map(({ key }) => key);
  for (let from = 0; from < keys.length; from += RECEIPTS_PER_CHUNK) {
    const values = { seriesKey: keys.slice(from, from + RECEIPTS_PER_CHUNK) };
    const written = await store.render({ from: 'series', values }, linesOf(rules, 'series'));
    for (const bytes of written) yield { bytes, receipts: 0 };
  }
}

async function* partPieces({ store }: ExportRequest, part: Part): AsyncGenerator<ExportPiece> {
  for (const { since, until, rows } of part.spans) {
    const written = await store.render({ ...part.bounds, since, until }, part.lines);
    for (const [index, bytes] of written.entries()) {
      yield { bytes, receipts: index === written.length - 1 ? rows : 0 };
    }
  }
}

/** Plans an export: counts it by spans of time, so that the memory that it takes does not grow with it. */
export async function exportGraph(request: ExportRequest, format: TextFormat): Promise<GraphExport> {
  const rules = mappingOf(request.iris);
  const parts = await eventParts(request, rules);
  if (request.samples) parts.push(await samplePart(request, rules));

  async function* plain(): AsyncGenerator<ExportPiece> {
    if (request.knowledge) {
      const { core, triples } = (await knowledgeOf(request, rules)).snapshot();
      yield { bytes: encoder.encode(core.text + triples.incidents()), receipts: 0 };
    }
    if (request.samples) yield* seriesPieces(request, rules);
    for (const part of parts) yield* partPieces(request, part);
  }

  async function* pieces(): AsyncGenerator<ExportPiece> {
    const writer = await writerOf(format);
    yield { bytes: encoder.encode(writer.head), receipts: 0 };
    for await (const { bytes, receipts } of plain()) yield { bytes: writer.write(bytes), receipts };
    yield { bytes: encoder.encode(writer.foot), receipts: 0 };
  }

  const receipts = parts.flatMap(({ spans }) => spans).reduce((sum, { rows }) => sum + rows, 0);
  return { receipts, pieces };
}
