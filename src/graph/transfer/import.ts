import type { Appended, EvidenceStore, Staging } from '../../evidence/index.js';
import {
  formatInstant,
  type Instant,
  type Iris,
  instantOf,
  type Labels,
  type SampleBlock,
} from '../../model/index.js';
import { type Checked, ImportCheck, type ImportCleaner } from './import-check.js';
import type { ImportSource } from './source.js';

/** Refused samples that are told one by one. */
const SHOWN_REFUSALS = 10;

/** What to import, and where to. */
export interface ImportRequest {
  readonly store: EvidenceStore;
  /** The base that the files' receipts are named by; they are named by that of the store afterwards. */
  readonly iris: Iris;
  readonly sources: readonly ImportSource[];
  readonly now: Instant;
  readonly cleaner: ImportCleaner;
  /** Read and check everything, and record nothing. */
  readonly checkOnly?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ImportProgress) => void;
}

/** How far an import is. */
export type ImportProgress =
  | { readonly phase: 'checking'; readonly receipts: number }
  | { readonly phase: 'recording'; readonly receipts: number; readonly total: number };

/** What became of an import. */
export interface ImportOutcome {
  readonly checked: Readonly<Checked>;
  readonly recordedEvents: number;
  readonly recordedSamples: number;
  readonly repeatedEvents: number;
  readonly repeatedSamples: number;
  /** Samples that were not taken, by reason. */
  readonly refused: Readonly<Record<'conflict' | 'too-old', number>>;
  /** The first of them, as sentences. */
  readonly refusals: readonly string[];
  /** Whether a signal stopped it before everything was recorded. */
  readonly stopped: boolean;
}

const reasons = {
  conflict: 'another value stands at that time',
  'too-old': 'it is over an hour older than the newest sample of its series',
} as const;

/** Adds up what becomes of the batches. */
class Tally {
  recordedEvents = 0;
  recordedSamples = 0;
  repeatedEvents = 0;
  repeatedSamples = 0;
  readonly refused = { conflict: 0, 'too-old': 0 };
  readonly refusals: string[] = [];

  get receipts(): number {
    const { conflict, 'too-old': tooOld } = this.refused;
    const recorded = this.recordedEvents + this.recordedSamples;
    return recorded + this.repeatedEvents + this.repeatedSamples + conflict + tooOld;
  }

  add(appended: Appended, tell: (item: number) => string): void {
    this.recordedEvents += appended.events;
    this.recordedSamples += appended.samples;
    this.repeatedEvents += appended.repeatedEvents.length;
    this.repeatedSamples += appended.repeatedSamples;
    for (const { item, why } of appended.refusedSamples) {
      this.refused[why] += 1;
      if (this.refusals.length < SHOWN_REFUSALS) this.refusals.push(`${tell(item)}: ${reasons[why]}`);
    }
  }
}

function sampleText(block: SampleBlock, item: number, labels: Labels | undefined): string {
  return `${JSON.stringify(labels ?? {})} at ${formatInstant(instantOf(block.at[item] ?? 0))}`;
}

/** Records what waits in the order of time, so that nothing of a fresh folder is too old; answers whether it got to the end. */
async function record(
  { store, signal, onProgress }: ImportRequest,
  check: ImportCheck,
  staged: Staging,
  tally: Tally,
): Promise<boolean> {
  const total = check.checked.events + check.checked.samples;
  const tell = (): void => onProgress?.({ phase: 'recording', receipts: tally.receipts, total });
  for await (const events of staged.events()) {
    if (signal?.aborted === true) return false;
    tally.add(await store.append({ events }), String);
    tell();
  }
  const { series } = check;
  const refs = Uint32Array.from({ length: series.size }, (_, number) =>
    store.intern(series.labelsOf(number) ?? {}),
  );
  for await (const block of staged.samples()) {
    if (signal?.aborted === true) return false;
    const samples = {
      ...block,
      length: block.length,
      series: block.series.map((number) => refs[number] ?? 0),
    };
    tally.add(await store.append({ events: [], samples }), (item) =>
      sampleText(block, item, series.labelsOf(block.series[item] ?? 0)),
    );
    tell();
  }
  return true;
}

/**
 * Imports files: everything is read and checked before anything is recorded, so a file with a fault changes nothing.
 * What is recorded already is recorded once. Fails with `bad-file` and the faults.
 */
export async function importEvidence(request: ImportRequest): Promise<ImportOutcome> {
  const { store, iris, sources, now, cleaner, signal, onProgress } = request;
  const staging = await store.transfer.openStaging();
  try {
    const check = new ImportCheck({
      ...{ store, staging, iris, now, cleaner },
      ...(signal === undefined ? {} : { signal }),
      onProgress: ({ events, samples }) => onProgress?.({ phase: 'checking', receipts: events + samples }),
    });
    await check.run(sources);
    const tally = new Tally();
    const done = request.checkOnly === true || (await record(request, check, staging, tally));
    const { recordedEvents, recordedSamples, repeatedEvents, repeatedSamples, refused, refusals } = tally;
    const outcome = { recordedEvents, recordedSamples, repeatedEvents, repeatedSamples, refused, refusals };
    return { checked: check.checked, ...outcome, stopped: !done };
  } finally {
    staging.close();
  }
}
