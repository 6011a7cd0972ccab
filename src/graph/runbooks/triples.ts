/** Runbooks as RDF: what makes them match is there in full, so that SPARQL can match them too. */
import type { Iris } from '../../model/index.js';
import { escapeLiteral } from '../ntriples.js';
import { RDF_TYPE, tps, XSD_INTEGER } from '../vocabulary.js';
import { patternOf, type Runbook, type RunbookClause } from './runbook.js';

type Fact = readonly [predicate: string, value: string | undefined];

/** A plain literal for each value. */
const texts = (predicate: string, values: readonly (string | undefined)[]): readonly Fact[] =>
  values.map((value) => [predicate, value]);

const patterns = (predicate: string, values: readonly string[]): readonly Fact[] =>
  texts(predicate, values.map(patternOf));

function literals(subject: string, facts: readonly Fact[]): readonly string[] {
  return facts.flatMap(([predicate, value]) =>
    value === undefined ? [] : [`${subject} <${tps(predicate)}> "${escapeLiteral(value)}" .`],
  );
}

function clauseFacts(clause: RunbookClause): readonly Fact[] {
  return [
    ...patterns('alertPattern', clause.alerts),
    ...texts('causeKind', clause.causes),
    ...texts('changeKind', clause.changes),
    ...patterns('componentPattern', clause.components),
    ...patterns('metricPattern', clause.metrics),
    ...patterns('titlePattern', clause.titles),
    ['ask', clause.ask],
  ];
}

/** The triples of a runbook: its clauses are `IRI#match-N` and its steps `IRI#step-N`, from 1. */
export function triplesOfRunbook(runbook: Runbook, iris: Iris): readonly string[] {
  const iri = iris.of({ type: 'runbook', name: runbook.name });
  const subject = `<${iri}>`;
  const { name, title, owner, services, severities, evidence, match, steps } = runbook;
  return [
    `${subject} <${RDF_TYPE}> <${tps('Runbook')}> .`,
    ...literals(subject, [
      ['name', name],
      ['title', title],
      ['owner', owner],
      ...patterns('servicePattern', services),
      ...texts('severity', severities),
      ...texts('expects', evidence),
    ]),
    ...match.flatMap((clause, index) => {
      const part = `<${iri}#match-${index + 1}>`;
      return [
        `${subject} <${tps('matchClause')}> ${part} .`,
        `${part} <${RDF_TYPE}> <${tps('MatchClause')}> .`,
        ...literals(part, clauseFacts(clause)),
      ];
    }),
    ...steps.flatMap((text, index) => {
      const part = `<${iri}#step-${index + 1}>`;
      return [
        `${subject} <${tps('step')}> ${part} .`,
        `${part} <${RDF_TYPE}> <${tps('RunbookStep')}> .`,
        `${part} <${tps('position')}> "${index + 1}"^^<${XSD_INTEGER}> .`,
        ...literals(part, [['instruction', text]]),
      ];
    }),
  ];
}
