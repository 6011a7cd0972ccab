/** Things whose state is what the latest record of them says. */
import type { EventReceipt } from '../model/index.js';
import type { Rule } from './mapping.js';
import { triplesOfEvent } from './ntriples.js';
import { RDF_TYPE, tps } from './vocabulary.js';

/** Predicates that belong to a record and not to what it is of. */
const ofTheRecord = new Set(
  [RDF_TYPE, ...['timestamp', 'receivedAt', 'door'].map(tps)].map((iri) => `<${iri}>`),
);

/** When something was recorded. */
export type Recording = Pick<EventReceipt, 'at' | 'receivedAt'>;

/** Whether a record is older than another of the same thing. */
export function isBefore(a: Recording, b: Recording): boolean {
  return a.at < b.at || (a.at === b.at && a.receivedAt < b.receivedAt);
}

/** What a record says, said of the thing itself, whose IRI in brackets is the subject. */
export function stateOf(record: EventReceipt, subject: string, rules: readonly Rule[]): readonly string[] {
  return triplesOfEvent(record, rules).flatMap((triple) => {
    const [, predicate, ...object] = triple.split(' ');
    return predicate === undefined || ofTheRecord.has(predicate)
      ? []
      : [[subject, predicate, ...object].join(' ')];
  });
}
