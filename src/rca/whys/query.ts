import { type EventKind, formatInstant, type Instant, type Iris, kinds, TPS } from '../../model/index.js';
import type { WhyQuery } from './why.js';

function time(at: Instant): string {
  return `"${formatInstant(at)}"^^xsd:dateTime`;
}

const PREFIXES = `PREFIX tps: <${TPS}>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>`;

/** A text as a literal of SPARQL, which has the escapes of JSON. */
function literal(text: string): string {
  return JSON.stringify(text);
}

/** The query that finds the receipts behind a step, as SPARQL 1.1 that can be pasted anywhere. */
export function sparqlOf(query: WhyQuery, iris: Iris): string {
  const { from, to } = query.window;
  const within = `FILTER (?at >= ${time(from)} && ?at < ${time(to)})`;
  switch (query.type) {
    case 'samples':
      return `${PREFIXES}
SELECT ?at ?value ?receipt WHERE {
  ?receipt a tps:MetricSample ;
    tps:series <${iris.of({ type: 'series', series: query.series })}> ;
    tps:timestamp ?at ;
    tps:metricValue ?value .
  ${within}
}
ORDER BY ?at`;
    case 'events': {
      const { service, component } = query;
      const about = [
        ...(service === undefined ? [] : [`tps:service <${iris.of({ type: 'service', name: service })}>`]),
        ...(component === undefined ? [] : [`tps:component ${literal(component)}`]),
      ];
      const pattern = (kind: EventKind): string =>
        `?receipt a tps:${kinds[kind].classes[0]} ; ${[...about, 'tps:timestamp ?at'].join(' ; ')} . ${within}`;
      const groups = query.kinds.map((kind) => `  { ${pattern(kind)} }`);
      return `${PREFIXES}
SELECT ?at ?receipt WHERE {
${groups.join('\n  UNION\n')}
}
ORDER BY ?at`;
    }
  }
}
