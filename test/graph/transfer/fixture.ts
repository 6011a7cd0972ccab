import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import fc from 'fast-check';
import type { EvidenceStore } from '../../../src/evidence/index.js';
import {
  type ExportRequest,
  exportGraph,
  exportParquet,
  type ImportOutcome,
  type ImportSource,
  importEvidence,
} from '../../../src/graph/index.js';
import type { EventReceipt, Instant, Labels } from '../../../src/model/index.js';
import { iris, START } from '../fixture.js';

export const NOW = (START + 86_400_000) as Instant;
export const formats = ['nquads', 'trig', 'jsonld', 'parquet'] as const;

/** A folder of its own for the files of a test. */
export async function freshFiles(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'genchi-transfer-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Exports all of a store, or what is asked for, into a file or a folder. */
export async function exportTo(
  store: EvidenceStore,
  { path, format }: ImportSource,
  asked: Partial<ExportRequest> = {},
): Promise<void> {
  const request = { store, iris, samples: true, knowledge: true, ...asked };
  if (format === 'parquet') {
    await mkdir(path, { recursive: true });
    await exportParquet(request, path, () => undefined);
    return;
  }
  const { pieces } = await exportGraph(request, format);
  async function* bytes() {
    for await (const piece of pieces()) yield piece.bytes;
  }
  await pipeline(Readable.from(bytes()), createWriteStream(path));
}

/** Imports files into a store. */
export function importFrom(
  store: EvidenceStore,
  ...sources: readonly ImportSource[]
): Promise<ImportOutcome> {
  return importEvidence({
    store,
    iris,
    sources,
    now: NOW,
    cleaner: { event: (event) => event, labels: (labels) => labels },
  });
}

/** A sample by the labels of its series. */
export interface LabelledSample {
  readonly labels: Labels;
  readonly at: number;
  readonly value: number | 'stale';
}

/** Everything that a store holds, in an order of its own. */
export async function contentsOf(
  store: EvidenceStore,
): Promise<{ events: readonly EventReceipt[]; samples: readonly LabelledSample[] }> {
  const events = await store.events({ order: 'oldest-first', limit: 10_000 });
  const refs = store.findSeries({}).map(({ ref }) => ref);
  const columns = await store.samples(refs, { from: 0 as Instant, to: (NOW + 1) as Instant }, 100_000);
  const stale = new Set(columns.stale);
  const samples = columns.series.map((ref, item): LabelledSample => {
    const { labels, metric } = store.seriesOf(ref);
    const value = stale.has(item) ? 'stale' : (columns.value[item] ?? Number.NaN);
    return { labels: { __name__: metric, ...labels }, at: columns.at[item] ?? 0, value };
  });
  const key = ({ labels, at }: LabelledSample) => `${JSON.stringify(Object.entries(labels).sort())} ${at}`;
  return {
    // A receipt without labels and one with none of them say the same.
    events: events.map((event) => {
      const { labels, ...rest } = event;
      return (labels === undefined || Object.keys(labels).length === 0 ? rest : event) as EventReceipt;
    }),
    samples: [...samples].sort((a, b) => (key(a) < key(b) ? -1 : 1)),
  };
}

const values = fc.oneof(
  fc.double(),
  fc.constantFrom<number | undefined>(
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    -0,
    undefined,
  ),
);

/** Samples of series with any labels, at times that differ; an undefined value is a staleness marker. */
export function anySamples(text: fc.Arbitrary<string>) {
  const series = fc
    .dictionary(text, text, { maxKeys: 3, noNullPrototype: true })
    .chain((labels) =>
      text.map(
        (metric): Labels => ({ ...labels, service: labels.service ?? 'shop', __name__: `m${metric}` }),
      ),
    );
  return fc.uniqueArray(
    fc.record({
      labels: series,
      at: fc.integer({ min: START, max: START + 3_000_000 }),
      value: values,
    }),
    { maxLength: 30, selector: ({ at }) => at },
  );
}
