import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type EvidenceStore, openDuckDbStore } from '../../src/evidence/index.js';
import type { Knowledge } from '../../src/graph/knowledge.js';
import {
  type EventKind,
  type EventReceipt,
  eventKinds,
  type FieldSpec,
  type Identity,
  type Instant,
  Iris,
  identityOf,
  type KindSpec,
  kinds,
  type Labels,
  type SampleBlock,
} from '../../src/model/index.js';

/** The start of the time in which generated evidence lies. */
export const START = Date.UTC(2024, 0, 25, 10) as Instant;
export const iris = new Iris('http://genchi.test');

/** A real store in a folder of its own, with what takes it away. */
export async function freshStore(): Promise<{ store: EvidenceStore; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'genchi-graph-'));
  const { store } = await openDuckDbStore({
    folder,
    clock: () => (START + 86_400_000) as Instant,
    memoryMiB: 512,
    threads: 2,
    publicUrl: iris.base,
  });
  return {
    store,
    remove: async () => {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** All that the knowledge holds, as N-Triples. */
export function textOf(knowledge: Knowledge): string {
  const { core, triples } = knowledge.snapshot();
  return core.text + triples.incidents();
}

/** A block of samples for labels, times and values; an undefined value is a staleness marker. */
export function samplesOf(
  store: EvidenceStore,
  rows: readonly { labels: Labels; at: number; value: number | undefined }[],
): SampleBlock {
  return {
    length: rows.length,
    series: Uint32Array.from(rows.map((row) => store.intern(row.labels))),
    at: Float64Array.from(rows.map((row) => row.at)),
    value: Float64Array.from(rows.map((row) => row.value ?? Number.NaN)),
    stale: rows.flatMap((row, item) => (row.value === undefined ? [item] : [])),
  };
}

let made = 0;

/** An event of a kind with these fields; the other parts of its head are made up. */
export function eventOf<K extends EventKind>(
  kind: K,
  at: number,
  rest: Omit<Extract<EventReceipt, { kind: K }>, 'kind' | 'id' | 'at' | 'receivedAt' | 'door'>,
): EventReceipt {
  made += 1;
  const head = { kind, id: identityOf('fixture', String(made)), at, receivedAt: at + 5, door: 'events' };
  return { ...head, ...rest } as unknown as EventReceipt;
}

/** Texts that have broken writers before, beside ordinary ones. */
const hostile = fc.oneof(
  fc.constantFrom(
    '"',
    '\\',
    '\\"',
    'a\nb\r\tc',
    '\u0000',
    '<x> .',
    '" . <a:b> <a:c> <a:d> .',
    'é日😀',
    "'; DROP",
    '',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
);

function anyValue({ type, optional }: FieldSpec, text: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  const path = fc
    .tuple(fc.constantFrom(...eventKinds), fc.nat(600))
    .map(
      ([kind, minute]) =>
        `${kind}/20240125T10${String(minute % 60).padStart(2, '0')}00.000Z/${identityOf(kind)}`,
    );
  switch (type) {
    case 'text':
    case 'service':
      return text;
    case 'json':
      return fc.json();
    case 'number':
      return fc.double();
    case 'integer':
      return fc.integer();
    case 'boolean':
      return fc.boolean();
    case 'instant':
      return fc.integer({ min: 946_684_800_000, max: 4_102_444_800_000 });
    case 'receipt':
      return path;
    case 'receipts':
      // In a graph none of them is the same as no list of them.
      return fc.array(path, { minLength: optional ? 1 : 0, maxLength: 3 });
  }
}

/** Any event of any kind, with texts made by `text`. */
export function anyEvent(text: fc.Arbitrary<string> = hostile): fc.Arbitrary<EventReceipt> {
  return fc.constantFrom(...eventKinds).chain((kind) => {
    const spec: KindSpec = kinds[kind];
    const fields = Object.entries(spec.fields);
    return fc
      .record(
        {
          at: fc.integer({ min: START, max: START + 3_600_000 }),
          receivedAt: fc.integer({ min: START, max: START + 3_600_000 }),
          door: fc.constantFrom('events', 'alertmanager'),
          service: text,
          labels: fc.dictionary(text, text, { maxKeys: 3, noNullPrototype: true }),
          ...Object.fromEntries(fields.map(([name, field]) => [name, anyValue(field, text)])),
        },
        {
          requiredKeys: [
            'at',
            'receivedAt',
            'door',
            ...fields.flatMap(([name, { optional }]) => (optional ? [] : [name])),
          ] as never[],
        },
      )
      .map((event) => {
        made += 1;
        const id: Identity = identityOf('any', String(made));
        return { ...event, kind, id } as unknown as EventReceipt;
      });
  });
}
