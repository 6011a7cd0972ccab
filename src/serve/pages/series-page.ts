/** The page of a series: what it is, its latest values and what they come to. */
import { pathOf, type Series } from '../../model/index.js';
import type { Reading, SeriesFigures } from '../series-figures.js';
import { chart } from './chart.js';
import { type Content, type Html, html } from './html.js';
import { linkTo, linkToService, readableTime } from './links.js';
import { labelTable, row } from './receipt-page.js';

/** How many of the newest values are listed. */
const LISTED = 10;

/** A value with as many digits as a person compares. */
function figure(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(6))) : String(value);
}

function readingRow({ at, value }: Reading, { key }: Series): Html {
  const path = pathOf({ type: 'sample', at, series: key });
  return html`<tr><th scope="row">${linkTo(path, readableTime(at))}</th><td class="figure">${Number.isNaN(value) ? 'NaN or stale' : String(value)}</td></tr>\n`;
}

function queryOf(iri: string, from: string): string {
  return encodeURIComponent(`SELECT ?time ?value {
  ?sample tps:series <${iri}> ; tps:timestamp ?time ; tps:metricValue ?value .
  FILTER(?time >= "${from}"^^xsd:dateTime)
}
ORDER BY DESC(?time)`);
}

function figures(series: Series, { readings, summary }: SeriesFigures, iri: string): Content {
  const newest = readings.at(-1);
  const first = readings[0];
  if (newest === undefined || first === undefined) return undefined;
  const span = `${readings.length} samples from ${readableTime(first.at)} to ${readableTime(newest.at)}`;
  return html`<h2>Latest values</h2>
<table>
<caption>${span}</caption>
<tbody>${
    summary === undefined
      ? row('values', 'none of them is finite')
      : [
          row('least', figure(summary.min)),
          row('median', figure(summary.median)),
          row('most', figure(summary.max)),
        ]
  }</tbody></table>
${chart(readings, { from: first.at, to: newest.at }, newest.at)}
<table>
<thead><tr><th scope="col">Time</th><th scope="col" class="figure">Value</th></tr></thead>
<tbody>${readings
    .slice(-LISTED)
    .toReversed()
    .map((reading) => readingRow(reading, series))}</tbody>
</table>
<p><a href="/sparql?query=${queryOf(iri, new Date(first.at).toISOString())}">These values by SPARQL</a></p>`;
}

/** The content of a series' page. */
export function seriesPage(series: Series, latest: SeriesFigures | undefined, iri: string): Html {
  return html`<h1>Series of ${series.metric}</h1>
<table><tbody>
${row('metric', html`<code>${series.metric}</code>`)}${
  series.service === undefined ? undefined : row('service', linkToService(series.service))
}${series.component === undefined ? undefined : row('component', series.component)}</tbody></table>
${labelTable(series.labels)}
${latest === undefined ? html`<p class="soft">It has no samples of the last 90 days, or too many a minute to sum up here.</p>` : figures(series, latest, iri)}`;
}
