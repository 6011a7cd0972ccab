/** The ontology for people: every term with what it means, at an anchor of its own. */
import type { OntologyTerm } from '../graph/index.js';
import { TPS } from '../model/index.js';
import { type Content, type Html, html } from './pages/html.js';
import { page } from './pages/layout.js';

const NAMESPACES = [
  ['xsd', 'http://www.w3.org/2001/XMLSchema#'],
  ['rdf', 'http://www.w3.org/1999/02/22-rdf-syntax-ns#'],
  ['rdfs', 'http://www.w3.org/2000/01/rdf-schema#'],
] as const;

/** A term of the ontology as a link to its place on the page; another as its prefixed name. */
function termLink(iri: string): Html {
  if (iri.startsWith(TPS)) return html`<a href="#${iri.slice(TPS.length)}">${iri.slice(TPS.length)}</a>`;
  const known = NAMESPACES.find(([, namespace]) => iri.startsWith(namespace));
  return html`${known === undefined ? iri : `${known[0]}:${iri.slice(known[1].length)}`}`;
}

function links({ facts }: OntologyTerm, name: string): Content {
  return (facts.get(name) ?? []).map((iri, index) => html`${index > 0 ? ', ' : ''}${termLink(iri)}`);
}

function text({ facts }: OntologyTerm, ...names: readonly string[]): string {
  return names.flatMap((name) => facts.get(name) ?? []).join(', ');
}

type Column = readonly [title: string, cell: (term: OntologyTerm) => Content];

function section(
  id: string,
  title: string,
  terms: readonly OntologyTerm[],
  columns: readonly Column[],
): Html {
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
<table>
<thead><tr><th scope="col">Term</th>${columns.map(([name]) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${terms.map((term) => {
  const name = term.iri.slice(TPS.length);
  return html`<tr id="${name}"><th scope="row"><a href="#${name}">${name}</a></th>${columns.map(([, cell]) => html`<td>${cell(term)}</td>`)}</tr>
`;
})}</tbody>
</table>
</section>`;
}

const label: Column = ['Label', (term) => text(term, 'label')];
const comment: Column = ['Meaning', (term) => text(term, 'comment', 'definition')];
const unit: Column = ['Unit', (term) => text(term, 'unit')];
const classColumns: readonly Column[] = [label, comment, ['Below', (term) => links(term, 'subClassOf')]];
const propertyColumns: readonly Column[] = [
  label,
  comment,
  ['Domain', (term) => links(term, 'domain')],
  ['Range', (term) => links(term, 'range')],
  unit,
];
const metricColumns: readonly Column[] = [
  ['Pillar', (term) => links(term, 'broader')],
  comment,
  ['How it is computed', (term) => text(term, 'formula')],
  unit,
  ['Better', (term) => text(term, 'direction')],
  ['Target', (term) => text(term, 'target', 'targetLow', 'targetHigh')],
  ['Alert', (term) => text(term, 'alertThreshold')],
];

/** The page at `/ontology`. */
export function ontologyPage(terms: readonly OntologyTerm[]): string {
  const of = (type: OntologyTerm['type']) => terms.filter((term) => term.type === type);
  const [pillars, metrics] = [true, false].map((isPillar) =>
    of('concept').filter(({ facts }) => facts.has('topConceptOf') === isPillar),
  );
  const main = html`<h1>Ontology</h1>
<p>The terms in which evidence and knowledge are told, under <code>${TPS}</code>, for which queries may write
<code>tps:</code>. Labels are predicates under <code>${TPS}label#</code>, written <code>label:NAME</code>.</p>
<p>As RDF: <a href="/ontology?format=turtle">Turtle</a>, <a href="/ontology?format=jsonld">JSON-LD</a>,
<a href="/ontology?format=ntriples">N-Triples</a>. Beside it: <a href="/ontology/shapes">shapes in SHACL</a>,
<a href="/ontology/alignments">alignments</a> to PROV-O, SOSA, OWL-Time, QUDT and NORIA-O, and the
<a href="/ontology/context.jsonld">JSON-LD context</a>.</p>
${section('classes', 'Classes', of('class'), classColumns)}
${section('properties', 'Properties', of('property'), propertyColumns)}
${section('pillars', 'Pillars', pillars ?? [], [comment])}
${section('metrics', 'Metrics of the pillars', metrics ?? [], metricColumns)}`;
  return page({ title: 'Ontology', main });
}
