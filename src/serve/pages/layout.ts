/** The frame of every evidence page: one style, light or dark as the reader has it, and one small script. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Content, Html, html } from './html.js';

/** The colours and the type that the web interface has too. */
const TOKENS = readFileSync(new URL('../../../templates/tokens.css', import.meta.url), 'utf8');

const STYLE = `${TOKENS}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem 1.25rem 3rem; max-width: 60rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 var(--sans); font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
header.site, footer { color: var(--soft); font-size: .875rem; }
footer { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: .75rem; }
nav a { margin-right: 1rem; }
h1 { font-size: 1.6rem; letter-spacing: -.012em; line-height: 1.25; margin: 1rem 0 .5rem; unicode-bidi: isolate; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; padding-bottom: .3rem; border-bottom: 1px solid var(--ink); }
h3 { font-size: 1.05rem; margin: 0 0 .25rem; }
h4 { font-size: .95rem; margin: .75rem 0 .25rem; }
a { color: var(--accent); }
a.term { color: inherit; text-decoration-style: dotted; }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
caption { text-align: left; color: var(--soft); font-size: .875rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line);
  unicode-bidi: isolate; }
th[scope=row] { font-weight: 600; white-space: nowrap; }
th { overflow-wrap: normal; }
td > a, td > time { overflow-wrap: break-word; }
figure { margin: 1rem 0; }
td.figure, th.figure { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
article { border: 1px solid var(--line); border-radius: .5rem; background: var(--surface); padding: 1rem; margin: .75rem 0; }
ul, ol { padding-left: 1.25rem; margin: .25rem 0; }
li { unicode-bidi: isolate; }
ol.candidates { list-style: none; padding: 0; }
meter { width: 8rem; vertical-align: middle; }
.soft { color: var(--soft); }
.state { font-weight: 600; }
.state.open { color: var(--bad); }
.state.resolved { color: var(--good); }
.cites { font-size: .875rem; }
pre { white-space: pre-wrap; background: var(--surface); border: 1px solid var(--line); border-radius: .5rem;
  padding: .75rem; font-size: .875rem; }
code, pre { font-family: var(--mono); }
code { font-size: .9em; }
textarea { width: 100%; font: .9rem/1.4 var(--mono); color: inherit; background: var(--surface);
  border: 1px solid var(--line); border-radius: .5rem; padding: .75rem; }
form p { display: flex; flex-wrap: wrap; gap: 1rem; align-items: center; }
button, select, input { font: inherit; }
.scroll { overflow-x: auto; }
.scroll > table { min-width: 44rem; }
svg { width: 100%; height: auto; background: var(--surface); border: 1px solid var(--line); border-radius: .5rem; }
svg polyline { fill: none; stroke: var(--accent); stroke-width: 1.5; }
svg circle { fill: var(--bad); }
@media print {
  :root { color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  header.site, form { display: none; }
  h2, h3 { break-after: avoid; }
  tr, article, figure, pre { break-inside: avoid; }
  .scroll { overflow: visible; }
  .scroll > table { min-width: 0; }
}
`;

/** Tells the reader's local time of every time, which the server cannot know; without it pages lose nothing else. */
const SCRIPT = `
for (const time of document.querySelectorAll('time[datetime]'))
  time.title = new Date(time.dateTime).toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'long' });
`;

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const securityOf = (formAction: string): string =>
  [
    "default-src 'none'",
    `style-src ${hashOf(STYLE)}`,
    `script-src ${hashOf(SCRIPT)}`,
    "base-uri 'none'",
    `form-action ${formAction}`,
    "frame-ancestors 'none'",
  ].join('; ');

/** What an evidence page may load: its one style and its one script, and nothing else from anywhere. */
export const PAGE_SECURITY = securityOf("'none'");
/** The same for a page with a form, which may send it to this server only. */
export const PAGE_WITH_FORM = securityOf("'self'");

/** What a page is about: its IRI, and its path below `/id/`. */
export interface Subject {
  readonly iri: string;
  readonly path: string;
}

/** A page: the title of the window, what it is about when that has an IRI, and its content. */
export interface PageParts {
  readonly title: string;
  readonly about?: Subject;
  readonly main: Content;
  /** The path that it leads on to by itself. */
  readonly refreshTo?: string;
}

const RDF_FORMS = [
  ['turtle', 'text/turtle', 'Turtle'],
  ['ntriples', 'application/n-triples', 'N-Triples'],
  ['jsonld', 'application/ld+json', 'JSON-LD'],
] as const;

/** The page of the web interface that shows the same, where there is one. */
function inApplication(path: string): Content {
  if (path === 'runbooks') return html` <a href="/runbooks">Its page, kept up to date</a>.`;
  const [, kind, name] = /^(service|incident|slo|runbook)\/(.+)$/.exec(path) ?? [];
  return name === undefined ? undefined : html` <a href="/${kind}s/${name}">Its page, kept up to date</a>.`;
}

function footer({ iri, path }: Subject): Html {
  const forms = RDF_FORMS.map(
    ([format, , name]) => html` <a href="/id/${path}?format=${format}">${name}</a>`,
  );
  return html`<footer>
<p>This page is <code>${iri}</code>. As RDF:${forms}, which programs get from the same address by the media type that
they accept. <a href="/sparql?query=${encodeURIComponent(`DESCRIBE <${iri}>`)}">Ask for it in SPARQL</a>,
or <a href="/explore?query=${encodeURIComponent(`DESCRIBE <${iri}>`)}">explore from it</a>.${inApplication(path)}</p>
</footer>`;
}

function alternates({ path }: Subject): Content {
  return RDF_FORMS.map(
    ([format, type]) => html`<link rel="alternate" type="${type}" href="/id/${path}?format=${format}">\n`,
  );
}

/** Writes a whole page. */
export function page({ title, about, main, refreshTo }: PageParts): string {
  const content = html`${main}`;
  const whole = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · Genchi</title>
${refreshTo === undefined ? undefined : html`<meta http-equiv="refresh" content="0; url=${refreshTo}">\n`}${about === undefined ? undefined : alternates(about)}
<style>${new Html(STYLE)}</style>
</head>
<body>
<header class="site"><nav aria-label="Genchi"><a href="/"><strong>Genchi</strong></a> <a href="/incidents">Incidents</a> <a href="/documents">Documents</a> <a href="/sparql">SPARQL</a> <a href="/queries">Queries</a> <a href="/graphql">GraphQL</a> <a href="/ontology">Ontology</a></nav></header>
<main>
${content}
</main>
${about === undefined ? undefined : footer(about)}
${content.text.includes('<time ') ? html`<script>${new Html(SCRIPT)}</script>` : undefined}
</body>
</html>
`;
  return whole.text;
}
