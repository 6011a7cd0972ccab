import type { EventContent, Fault, Instant } from '../../model/index.js';
import type { Limits } from '../limits.js';
import { NativeReader } from '../native.js';

/** What a revision of an objective says, before it is recorded. */
export type SloContent = EventContent<'slo'>;

/** A revision, or what is wrong with the fields of it. */
export type SloRead = { readonly content: SloContent } | { readonly faults: readonly Fault[] };

/** Reads revisions of objectives given by field, as the events door does. */
export class SloReader {
  readonly #reader: NativeReader;

  constructor(limits: Limits) {
    this.#reader = new NativeReader(limits);
  }

  /** Reads the fields of one; undefined and null ones are as if they were not there. */
  read(fields: Readonly<Record<string, unknown>>, now: Instant): SloRead {
    const given = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
    const native = this.#reader.read({ ...Object.fromEntries(given), kind: 'slo' }, 0, now);
    if (native.type === 'refused') return { faults: native.faults.map(({ item, ...fault }) => fault) };
    const content = native.type === 'event' ? native.content : undefined;
    return content?.kind === 'slo' ? { content } : { faults: [{ message: 'expected an objective' }] };
  }
}
