/** The page at `/sparql`: a form for a query, and its answer as a table or as Turtle. */
import { z } from 'zod';
import type { QueryAnswer } from '../../graph/index.js';
import { type Iris, parseInstant, TPS } from '../../model/index.js';
import type { Problem } from '../problem.js';
import { type Content, type Html, html } from './html.js';
import { page } from './layout.js';
import { linkTo, timeElement } from './links.js';

/** A query with its answer, or with what was wrong. */
export type Asked =
  | { readonly text: string; readonly answer: QueryAnswer }
  | { readonly text: string; readonly problem: Problem };

/** Beyond these a page is no help; the answer has links to the whole of it. */
const SHOWN_ROWS = 1_000;
const SHOWN_BYTES = 4 * 1_024 * 1_024;

const EXAMPLE = `# The newest changes, with their services.
SELECT ?change ?time ?service ?what {
  ?change a tps:Change ; tps:timestamp ?time ; tps:service ?service .
  OPTIONAL { ?change tps:version ?what }
  FILTER(?time >= NOW() - "PT24H"^^xsd:dayTimeDuration)
}
ORDER BY DESC(?time) LIMIT 50`;

const term = z.object({ type: z.string(), value: z.string(), datatype: z.string().optional() });
type Term = z.output<typeof term>;
const results = z.object({
  head: z.object({ vars: z.array(z.string()).optional() }),
  boolean: z.boolean().optional(),
  results: z.object({ bindings: z.array(z.record(z.string(), term)) }).optional(),
});

function cellOf({ type, value, datatype }: Term, iris: Iris): Content {
  if (type === 'uri') {
    if (iris.parse(value) !== undefined) return linkTo(value.slice(iris.prefix.length));
    return value.startsWith(TPS)
      ? html`<a href="/ontology#${value.slice(TPS.length)}">tps:${value.slice(TPS.length)}</a>`
      : html`<code>${value}</code>`;
  }
  const at = datatype?.endsWith('#dateTime') === true ? parseInstant(value) : undefined;
  return at === undefined ? value : timeElement(at);
}

function tableOf(body: string, iris: Iris): Html {
  const { head, boolean, results: found } = results.parse(JSON.parse(body));
  if (boolean !== undefined) return html`<p><strong>${boolean ? 'yes' : 'no'}</strong></p>`;
  const names = head.vars ?? [];
  const rows = found?.bindings ?? [];
  const count =
    rows.length > SHOWN_ROWS ? `the first ${SHOWN_ROWS} of ${rows.length} rows` : `${rows.length} rows`;
  return html`<div class="scroll"><table>
<caption>${rows.length === 1 ? 'one row' : count}</caption>
<thead><tr>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.slice(0, SHOWN_ROWS).map(
    (row) =>
      html`<tr>${names.map((name) => {
        const cell = row[name];
        return html`<td>${cell === undefined ? undefined : cellOf(cell, iris)}</td>`;
      })}</tr>\n`,
  )}</tbody>
</table></div>`;
}

function answerOf({ contentType, body }: QueryAnswer, iris: Iris): Html {
  if (body.byteLength > SHOWN_BYTES) {
    return html`<p>The answer has ${body.byteLength} bytes, too many for a page.</p>`;
  }
  const text = Buffer.from(body).toString('utf8');
  return contentType === 'application/sparql-results+json' ? tableOf(text, iris) : html`<pre>${text}</pre>`;
}

function formatLinks(text: string, contentType: string): Content {
  if (contentType === 'application/json') return undefined;
  const isTable = contentType === 'application/sparql-results+json';
  const formats = isTable ? ['json', 'xml', 'csv', 'tsv'] : ['turtle', 'ntriples', 'jsonld'];
  const query = encodeURIComponent(text);
  const links = formats.map(
    (format) => html` <a href="/sparql?query=${query}&amp;format=${format}">${format}</a>`,
  );
  return html`<p>The whole answer as${links}, and
<a href="/sparql?query=${query}&amp;explain=true">how it was answered</a>.</p>`;
}

function outcome(asked: Asked, iris: Iris): Html {
  if ('problem' in asked) {
    return html`<section role="alert"><h2>${asked.problem.title}</h2>\n<p>${asked.problem.detail}</p></section>`;
  }
  const { receipts, sliceMs, queryMs } = asked.answer.cost;
  return html`<h2>Answer</h2>
${formatLinks(asked.text, asked.answer.contentType)}
${answerOf(asked.answer, iris)}
<p class="soft">${receipts} receipts touched, ${(sliceMs + queryMs).toFixed(0)} ms.</p>`;
}

/** Writes the page at `/sparql`, with what was asked when there is something. */
export function sparqlPage(iris: Iris, asked: Asked | undefined): string {
  const main = html`<h1>SPARQL</h1>
<form action="/sparql" method="get">
<label for="query">A query of SPARQL 1.1 over all evidence and knowledge. The prefixes <code>tps:</code>
(<a href="/ontology">ontology</a>), <code>label:</code>, <code>service:</code>, <code>incident:</code>,
<code>rdf:</code>, <code>rdfs:</code>, <code>xsd:</code>, <code>prov:</code> and <code>skos:</code> need not be declared.</label>
<textarea id="query" name="query" rows="12" spellcheck="false" required>${asked?.text ?? EXAMPLE}</textarea>
<p><button type="submit">Ask</button>
<label>Deadline <input name="timeout" type="number" min="1" size="8" placeholder="of the server"> ms</label>
<label><input name="explain" type="checkbox" value="true"> tell how it was answered</label></p>
</form>
${asked === undefined ? undefined : outcome(asked, iris)}
<p class="soft">Programs ask the same address by the SPARQL 1.1 Protocol, and find it described as RDF here and at
<a href="/.well-known/void">/.well-known/void</a>. Questions with names are <a href="/queries">query packs</a>.</p>`;
  return page({ title: 'SPARQL', main });
}
