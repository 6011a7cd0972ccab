import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import {
  callOf,
  canonicalLabels,
  describeSeries,
  type Identity,
  type Labels,
  METRIC_LABEL,
  type Series,
  type SeriesRef,
} from '../../model/index.js';
import { EvidenceError } from '../errors.js';
import type { SeriesQuery } from '../samples.js';
import { SeriesKeys } from './log/series-keys.js';
import { NamedPlaces } from './named-places.js';
import { SeriesRefs } from './series-refs.js';

/** The columns of a series' row, in the order that {@link seriesOf} takes them. */
export const SERIES_COLUMNS = 'ref, key, metric, service, component, labels';

/** Reads a row back; what it says of service and component was read from the labels when the series was made. */
export function seriesOf([ref, key, metric, service, component, text]: readonly DuckDBValue[]): Series {
  const labels: Labels = JSON.parse(String(text));
  const call = callOf(labels);
  return {
    ref: Number(ref) as SeriesRef,
    key: String(key) as Identity,
    metric: String(metric),
    ...(service === null || service === undefined ? {} : { service: String(service) }),
    ...(component === null || component === undefined ? {} : { component: String(component) }),
    // A series that was made before such labels were read keeps its own service, and so has no caller.
    ...(call !== undefined && call.callee === service ? { caller: call.caller } : {}),
    labels,
  };
}

/** Labels may have so many characters for each series that there may be, on average over all of them. */
const MEAN_CHARACTERS = 1_024;

/** All series in memory, by number and by labels; new ones are written with the next commit. */
export class SeriesTable {
  /** In the order in which they were made. */
  readonly #series: Series[] = [];
  readonly #byRef = new Map<number, Series>();
  readonly #byLabels = new Map<string, SeriesRef>();
  readonly #byMetric = new NamedPlaces();
  readonly #byService = new NamedPlaces();
  readonly #byKey = new Map<Identity, Series>();
  /** The keys as bytes. */
  readonly keys = new SeriesKeys();
  #refs = new SeriesRefs();
  #saved = 0;
  #characters = 0;

  static async load(connection: DuckDBConnection): Promise<SeriesTable> {
    const table = new SeriesTable();
    const reader = await connection.runAndReadAll(`SELECT ${SERIES_COLUMNS} FROM series ORDER BY rowid`);
    for (const row of reader.getRows()) {
      const series = seriesOf(row);
      table.#add(series, canonicalLabels({ [METRIC_LABEL]: series.metric, ...series.labels }));
    }
    table.#refs = new SeriesRefs(table.#series.map(({ ref, metric }) => [ref, metric]));
    table.#saved = table.#series.length;
    return table;
  }

  get size(): number {
    return this.#series.length;
  }

  /** The number of the series with these labels; undefined where it is new and there may be no more than `most`. */
  intern(labels: Labels, most: number): SeriesRef | undefined {
    const text = canonicalLabels(labels);
    const known = this.#byLabels.get(text);
    if (known !== undefined) return known;
    const isFull = this.size >= most || this.#characters + text.length > most * MEAN_CHARACTERS;
    if (isFull) return undefined;
    const ref = this.#refs.take(labels[METRIC_LABEL] ?? '') as SeriesRef;
    this.#add(describeSeries(ref, labels), text);
    return ref;
  }

  /** Forgets the series that were made since there were so many; none of them may be saved. */
  forgetSince(size: number): void {
    while (this.#series.length > Math.max(size, this.#saved)) {
      const series = this.#series.pop();
      if (series === undefined) return;
      const text = canonicalLabels({ [METRIC_LABEL]: series.metric, ...series.labels });
      this.#byRef.delete(series.ref);
      this.#byLabels.delete(text);
      this.#byKey.delete(series.key);
      this.#byMetric.takeBack(series.metric);
      if (series.service !== undefined) this.#byService.takeBack(series.service);
      this.#characters -= text.length;
      this.#refs.giveBack(series.metric, series.ref);
    }
  }

  #add(series: Series, text: string): void {
    this.#characters += text.length;
    this.#byMetric.add(series.metric, this.size);
    if (series.service !== undefined) this.#byService.add(series.service, this.size);
    this.#series.push(series);
    this.#byRef.set(series.ref, series);
    this.#byLabels.set(text, series.ref);
    this.#byKey.set(series.key, series);
    this.keys.add(series.ref, series.key);
  }

  get(ref: SeriesRef): Series {
    const series = this.#byRef.get(ref);
    if (series === undefined) throw new EvidenceError('store-failed', `There is no series number ${ref}.`);
    return series;
  }

  find(query: SeriesQuery): readonly Series[] {
    const services = query.services && new Set(query.services);
    const metrics = query.metrics && new Set(query.metrics);
    const pool = query.keys?.flatMap((key) => this.#byKey.get(key) ?? []) ?? this.#pool(services, metrics);
    return pool.filter(
      (series) =>
        (services === undefined || (series.service !== undefined && services.has(series.service))) &&
        (metrics === undefined || metrics.has(series.metric)),
    );
  }

  /** Series, in their order, among which are all of some services and of some metrics. */
  #pool(
    services: ReadonlySet<string> | undefined,
    metrics: ReadonlySet<string> | undefined,
  ): readonly Series[] {
    const ofServices = services === undefined ? this.size : this.#byService.count(services);
    const ofMetrics = metrics === undefined ? this.size : this.#byMetric.count(metrics);
    if (services !== undefined && ofServices <= ofMetrics) return this.#at(this.#byService.of(services));
    return metrics === undefined ? this.#series : this.#at(this.#byMetric.of(metrics));
  }

  #at(places: readonly number[]): readonly Series[] {
    return places.flatMap((place) => this.#series[place] ?? []);
  }

  /** Writes the series that are not saved yet, and answers them; tell {@link saved} their number after the commit. */
  async write(connection: DuckDBConnection, batch: number): Promise<readonly Series[]> {
    const fresh = this.#series.slice(this.#saved);
    if (fresh.length === 0) return fresh;
    const appender = await connection.createAppender('series');
    for (const series of fresh) {
      appender.appendUInteger(series.ref);
      appender.appendVarchar(series.key);
      appender.appendVarchar(series.metric);
      if (series.service === undefined) appender.appendNull();
      else appender.appendVarchar(series.service);
      if (series.component === undefined) appender.appendNull();
      else appender.appendVarchar(series.component);
      appender.appendVarchar(JSON.stringify(series.labels));
      appender.appendUInteger(batch);
      appender.endRow();
    }
    appender.closeSync();
    return fresh;
  }

  /** Notes that so many more series are on disk. */
  saved(count: number): void {
    this.#saved += count;
  }
}
