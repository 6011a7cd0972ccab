import type { EvidenceStore, LineTemplate, RowSpan, TransferBounds } from '../../evidence/index.js';
import type { Iris } from '../../model/index.js';
import { Knowledge } from '../knowledge.js';
import { mappingOf, type Rule, type Table } from '../mapping.js';
import { readOntology } from '../ontology.js';
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

/** The knowledge without what stands among the receipts of the same export. */
async function knowledgeText(request: ExportRequest, rules: readonly Rule[]): Promise<string> {
  const { store, iris, kinds, since, until } = request;
  const knowledge = await Knowledge.open({ store, iris, rules, ontology: await readOntology() });
  const isWritten = (subject: string): boolean => {
    const named = iris.parse(subject);
    return (
      named?.type === 'event' &&
      (kinds === undefined || kinds.includes(named.kind)) &&
      (since === undefined || named.at >= since) &&
      (until === undefined || named.at <= until)
    );
  };
  return knowledge
    .snapshot()
    .triples.text.split('\n')
    .filter((line) => line !== '' && !isWritten(line.slice(1, line.indexOf('> '))))
    .map((line) => `${line}\n`)
    .join('');
}

/** Plans an export: counts it by spans of time, so that the memory that it takes does not grow with it. */
export async function exportGraph(request: ExportRequest, format: TextFormat): Promise<GraphExport> {
  const { store, iris, samples, knowledge, kinds } = request;
  const rules = mappingOf(iris);
  const linesOf = (table: Table): readonly LineTemplate[] =>
    rules.filter((rule) => rule.table === table).map((rule) => rule.line);
  const events = await store.transfer.spans('event', request, RECEIPTS_PER_CHUNK);
  const sampled = samples ? await store.transfer.spans('sample', request, RECEIPTS_PER_CHUNK) : [];
  const series = samples ? store.findSeries({}).map(({ key }) => key) : [];

  async function* chunks(): AsyncGenerator<ExportPiece> {
    if (knowledge) yield { bytes: encoder.encode(await knowledgeText(request, rules)), receipts: 0 };
    for (let from = 0; from < series.length; from += RECEIPTS_PER_CHUNK) {
      const keys = series.slice(from, from + RECEIPTS_PER_CHUNK);
      const written = await store.render({ from: 'series', values: { seriesKey: keys } }, linesOf('series'));
      for (const bytes of written) yield { bytes, receipts: 0 };
    }
    for (const table of ['event', 'sample'] as const) {
      const lines = linesOf(table);
      for (const span of table === 'event' ? events : sampled) {
        const { since, until } = span;
        const bounds = {
          from: table,
          since,
          until,
          ...(table === 'event' && kinds !== undefined ? { kinds } : {}),
        };
        const written = await store.render(bounds, lines);
        for (const [index, bytes] of written.entries()) {
          yield { bytes, receipts: index === written.length - 1 ? span.rows : 0 };
        }
      }
    }
  }

  async function* pieces(): AsyncGenerator<ExportPiece> {
    const writer = await writerOf(format);
    yield { bytes: encoder.encode(writer.head), receipts: 0 };
    for await (const { bytes, receipts } of chunks()) yield { bytes: writer.write(bytes), receipts };
    yield { bytes: encoder.encode(writer.foot), receipts: 0 };
  }

  const count = (spans: readonly RowSpan[]): number => spans.reduce((sum, { rows }) => sum + rows, 0);
  return { receipts: count(events) + count(sampled), pieces };
}
