import { pathOf, rollupSpanMs, shift } from '../../model/index.js';
import type { RollupReceipt } from '../rollup.js';
import { type Html, html } from './html.js';
import { linkTo, linkToService, timeElement } from './links.js';
import { labelTable, row } from './receipt-page.js';

/** The content of a roll-up's page: what the samples of its span came to. */
export function rollupPage({ series, span, at, ...figures }: RollupReceipt): Html {
  const mean = figures.sum / figures.count;
  return html`<h1>Roll-up of ${series.metric}</h1>
<table>
<caption>What its samples of one ${span} came to</caption>
<tbody>
${row('from', timeElement(at))}${row('until', timeElement(shift(at, rollupSpanMs[span])))}${row(
  'series',
  linkTo(pathOf({ type: 'series', series: series.key }), series.metric),
)}${series.service === undefined ? undefined : row('service', linkToService(series.service))}${row(
  'samples',
  String(figures.count),
)}${row('mean', String(mean))}${row('least', String(figures.min))}${row('most', String(figures.max))}${row(
  'last',
  String(figures.last),
)}${row('sum', String(figures.sum))}${
  figures.increase === undefined ? undefined : row('grew by', String(figures.increase))
}</tbody>
</table>
${labelTable(series.labels)}`;
}
