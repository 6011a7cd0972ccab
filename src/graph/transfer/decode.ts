import {
  describeSeries,
  type EventReceipt,
  faultOfTime,
  type Identity,
  type Instant,
  type Iris,
  isEventKind,
  type Labels,
  METRIC_LABEL,
  type Named,
  type SeriesRef,
  TPS,
} from '../../model/index.js';
import type { Rule } from '../mapping.js';
import { LABEL, RDF_TYPE } from '../vocabulary.js';
import { assembleEvent, Misfit } from './assemble.js';
import { type Column, type Reading, type Readings, readingsOf } from './columns.js';
import type { Fact, Subject } from './facts.js';
import { readTerm } from './values.js';

/** What a subject of a file is; knowledge and the ontology follow from receipts, and are not read. */
export type Decoded =
  | { readonly type: 'event'; readonly event: EventReceipt }
  | {
      readonly type: 'sample';
      readonly series: Identity;
      readonly at: Instant;
      readonly value: number | null;
    }
  | { readonly type: 'series'; readonly key: Identity; readonly labels: Labels }
  | { readonly type: 'derived' };

function labelOf(predicate: string): string | undefined {
  if (!predicate.startsWith(LABEL)) return undefined;
  try {
    return decodeURIComponent(predicate.slice(LABEL.length));
  } catch {
    return undefined;
  }
}

/** A name of a column as users know it. */
function fieldOf(predicate: string): string {
  return predicate.startsWith(TPS) ? predicate.slice(TPS.length) : predicate;
}

/** Checks that a series is named by its labels, all of them; answers these, the metric's name among them. */
export function checkSeries(key: Identity, metric: unknown, labels: unknown): Labels {
  if (typeof metric !== 'string') throw new Misfit('metric', 'is missing');
  const others = Object.entries(labels ?? {}).map(([name, value]) => [name, String(value)]);
  const all: Labels = { [METRIC_LABEL]: metric, ...Object.fromEntries(others) };
  if (describeSeries(0 as SeriesRef, all).key === key) return all;
  throw new Misfit('labels', 'expected those that the series is named by: one is missing, added or changed');
}

/** Checks the time and the value of a sample. */
export function checkSample(at: Instant, value: unknown, stale: unknown, now: Instant): number | null {
  const fault = faultOfTime(at, now);
  if (fault !== undefined) throw new Misfit('timestamp', fault);
  if (stale === true && value === undefined) return null;
  if (stale !== true && typeof value === 'number') return value;
  throw new Misfit('metricValue', 'expected either a number or a staleness marker');
}

/** Reads subjects of files back into receipts, by the rules of the mapping. */
export class Decoder {
  readonly #iris: Iris;
  readonly #now: Instant;
  readonly #readings: Readings;

  constructor(iris: Iris, rules: readonly Rule[], now: Instant) {
    this.#iris = iris;
    this.#now = now;
    this.#readings = readingsOf(rules);
  }

  /** Reads one subject; fails with a {@link Misfit} that says what is wrong. */
  decode(subject: Subject): Decoded {
    const named = this.#iris.parse(subject.iri);
    switch (named?.type) {
      case 'event': {
        const values = this.#valuesOf(this.#readings.event(named.kind), subject.facts, named);
        return { type: 'event', event: assembleEvent(named, values, this.#now) };
      }
      case 'sample': {
        const values = this.#valuesOf(this.#readings.sample, subject.facts, named);
        const value = checkSample(named.at, values.get('value'), values.get('stale'), this.#now);
        return { type: 'sample', series: named.series, at: named.at, value };
      }
      case 'series': {
        const values = this.#valuesOf(this.#readings.series, subject.facts, named);
        const labels = checkSeries(named.series, values.get('metric'), values.get('labels'));
        return { type: 'series', key: named.series, labels };
      }
      // A roll-up follows from its samples; those that are imported are rolled up anew when their time comes.
      case 'rollup':
      case 'service':
      case 'incident':
      case 'runbook':
      case 'slo':
        return { type: 'derived' };
      case undefined:
        return this.#foreign(subject.iri);
    }
  }

  #foreign(iri: string): Decoded {
    const { prefix, base } = this.#iris;
    const [sort = '', ...rest] = iri.startsWith(prefix) ? iri.slice(prefix.length).split('/') : [];
    // `incident/ID` and `slo/NAME` are things that receipts tell of, `incident/TIME/IDENTITY` is a receipt.
    const isThing = rest.length === 1 && isEventKind(sort);
    if (!isThing && (isEventKind(sort) || sort === 'sample' || sort === 'series')) {
      throw new Misfit(undefined, 'expected KIND/TIME/IDENTITY, sample/TIME/SERIES or series/SERIES');
    }
    if (sort !== '' || iri.startsWith(TPS)) return { type: 'derived' };
    throw new Misfit(undefined, `expected a receipt of ${base}, or what is known from its receipts`);
  }

  #valuesOf(reading: Reading, facts: readonly Fact[], named: Named): ReadonlyMap<string, unknown> {
    const values = new Map<string, unknown>();
    for (const { predicate, object } of facts) {
      const column = reading.columns.get(predicate);
      if (column !== undefined) {
        if (!column.copy) this.#take(values, column, { predicate, object }, named);
      } else if (predicate === RDF_TYPE) {
        if (object.type !== 'iri' || !reading.classes.has(object.value)) {
          throw new Misfit('type', `expected a class of a ${kindOf(named)}, got ${object.value}`);
        }
      } else if (!reading.hasLabels || !takeLabel(values, { predicate, object })) {
        throw new Misfit(fieldOf(predicate), `a ${kindOf(named)} has no such field`);
      }
    }
    const labels = values.get('labels');
    if (labels instanceof Map) values.set('labels', Object.fromEntries(labels));
    return values;
  }

  #take(values: Map<string, unknown>, { name, type }: Column, fact: Fact, named: Named): void {
    const read = readTerm(type, fact.object, this.#iris);
    if ('expected' in read) throw new Misfit(fieldOf(fact.predicate), read.expected);
    const known = values.get(name);
    if (type === 'receipts') {
      if (Array.isArray(known)) known.push(read.value);
      else values.set(name, [read.value]);
      return;
    }
    if (known !== undefined && !Object.is(known, read.value)) {
      throw new Misfit(fieldOf(fact.predicate), 'expected one value, got several');
    }
    if (differsFromName(name, read.value, named)) {
      throw new Misfit(fieldOf(fact.predicate), 'expected what the IRI of the receipt says');
    }
    values.set(name, read.value);
  }
}

function differsFromName(column: string, value: unknown, named: Named): boolean {
  if (column === 'at') return 'at' in named && named.at !== value;
  return column === 'seriesKey' && 'series' in named && named.series !== value;
}

function kindOf(named: Named): string {
  return named.type === 'event' ? named.kind : named.type;
}

function takeLabel(values: Map<string, unknown>, { predicate, object }: Fact): boolean {
  const name = labelOf(predicate);
  if (name === undefined) return false;
  if (object.type !== 'literal' || object.datatype !== undefined) {
    throw new Misfit(`label ${name}`, 'expected a plain text');
  }
  const known = values.get('labels');
  const labels = known instanceof Map ? known : new Map<string, string>();
  if (labels.has(name) && labels.get(name) !== object.value) {
    throw new Misfit(`label ${name}`, 'expected one value, got several');
  }
  labels.set(name, object.value);
  values.set('labels', labels);
  return true;
}
