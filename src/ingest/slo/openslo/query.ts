/** Reads the queries of indicators of OpenSLO. */
import { type QuerySeries, seriesOfQuery } from '../promql.js';
import type { References } from './references.js';
import type { Source } from './schema.js';
import { type Say, Untaken } from './untaken.js';

/** What kind of a source a metric is read from; undefined where nobody says. */
function sourceKind(
  { metricSource: { metricSourceRef: reference, type } }: Source,
  path: readonly PropertyKey[],
  { sources }: References,
  say: Say,
): string | undefined {
  if (type !== undefined) return type;
  if (reference === undefined) {
    say(path, 'no type and no metricSourceRef: taken as a query of Prometheus');
    return undefined;
  }
  const found = sources.get(reference);
  if (found === undefined) {
    say(
      [...path, 'metricSourceRef'],
      `there is no DataSource ${reference} among the documents that were given: taken as Prometheus`,
    );
  }
  return found;
}

/** The series of a metric's query; fails where it is no simple one of Prometheus. */
export function queryOf(
  source: Source,
  path: readonly PropertyKey[],
  references: References,
  say: Say,
): QuerySeries {
  const at = [...path, 'metricSource'];
  const kind = sourceKind(source, at, references, say);
  if (kind !== undefined && kind.toLowerCase() !== 'prometheus') {
    throw new Untaken(at, `metrics of ${kind} are not taken, only those of Prometheus`);
  }
  const series = seriesOfQuery(source.metricSource.spec.query);
  if (typeof series === 'string') throw new Untaken([...at, 'spec', 'query'], series);
  if (series.grouping !== undefined) {
    say([...at, 'spec', 'query'], `${series.grouping} is left out: all series are judged together`);
  }
  return series;
}
