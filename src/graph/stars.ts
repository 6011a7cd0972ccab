/** What the patterns of a query say about the evidence that their subjects can be. */
import type { Term } from '@rdfjs/types';
import type { Algebra } from '@traqula/algebra-transformations-1-1';
import {
  anyFact,
  anyStar,
  type Fact,
  hullFacts,
  hullStars,
  isNothing,
  meetFacts,
  meetStars,
  noStar,
  rulesFor,
  type Star,
  starOfRules,
  type TermKey,
} from './bounds.js';
import { type Facts, factOfTerm, termKey } from './filters.js';
import type { Rule } from './mapping.js';
import { RDF_TYPE, tps } from './vocabulary.js';

/** What the analysis may ask of the knowledge. Undefined answers mean too many to be of use as bounds. */
export interface KnowledgeView {
  /** Whether every triple of this subject is in the knowledge, whatever the evidence holds. */
  isComplete(subject: TermKey): boolean;
  /** Whether every triple of this subject is known here, so that what it leads to is known; more than the complete ones. */
  isRead(subject: TermKey): boolean;
  subjectsWith(
    predicate: string,
    objects: ReadonlySet<TermKey> | undefined,
  ): ReadonlySet<TermKey> | undefined;
  objectsOf(predicate: string, subjects: ReadonlySet<TermKey> | undefined): ReadonlySet<TermKey> | undefined;
}

/** Bounds of what one pattern can touch, and the predicates that it can see there. */
export interface Demand {
  readonly star: Star;
  /** Predicates, `rdf:type CLASS` for a single class, or `*` for all. */
  readonly predicates: ReadonlySet<string>;
  /** The pattern, for people. */
  readonly pattern: string;
}

/** Stands for every predicate in {@link Demand.predicates}. */
export const EVERY_PREDICATE = '*';

/** How {@link Demand.predicates} names one class of `rdf:type`. */
export function typeDemand(ofClass: string): string {
  return `${RDF_TYPE} ${ofClass}`;
}

/** Facts of one pattern can sharpen another's; more rounds than this sharpen nothing that people write. */
const ROUNDS = 3;

/** The name under which facts about a term are kept. */
export function nameOf(term: Term): string | undefined {
  return term.termType === 'Variable' ? term.value : termKey(term);
}

function isSubset(inner: ReadonlySet<TermKey>, test: (key: TermKey) => boolean): boolean {
  for (const key of inner) if (!test(key)) return false;
  return true;
}

/** Any number of steps of one predicate, along it or back. */
export interface Steps {
  readonly predicate: string;
  readonly way: 'forth' | 'back';
  /** Whether no step at all is among them. */
  readonly mayStay: boolean;
}

/** All that is reached by steps from some terms, or from any; undefined when that is too much to be of use. */
function closure(
  from: ReadonlySet<TermKey> | undefined,
  next: (from: ReadonlySet<TermKey> | undefined) => ReadonlySet<TermKey> | undefined,
): ReadonlySet<TermKey> | undefined {
  const reached = new Set<TermKey>();
  let edge = next(from);
  while (from !== undefined && edge !== undefined && edge.size > 0) {
    for (const term of edge) reached.add(term);
    const far = next(edge);
    edge = far && new Set([...far].filter((term) => !reached.has(term)));
  }
  return from === undefined || edge === undefined ? edge : reached;
}

/** Reads stars out of basic graph patterns, by the rules of the mapping and what is in the knowledge. */
export class StarReader {
  readonly #rules: readonly Rule[];
  readonly #knowledge: KnowledgeView;
  readonly #stars = new Map<string, Star>();

  constructor(rules: readonly Rule[], knowledge: KnowledgeView) {
    this.#rules = rules;
    this.#knowledge = knowledge;
  }

  /** The evidence that has a predicate or, for `rdf:type`, a class. */
  starWith(predicate: string, ofClass?: string): Star {
    const key = `${predicate} ${ofClass ?? ''}`;
    const known = this.#stars.get(key);
    if (known !== undefined) return known;
    const star = starOfRules(rulesFor(this.#rules, predicate, ofClass));
    this.#stars.set(key, star);
    return star;
  }

  /** Whether any evidence can have a predicate. */
  isOfEvidence(predicate: string): boolean {
    return !isNothing(this.starWith(predicate));
  }

  /** The facts about each variable and constant of some patterns, given what is known of them from outside. */
  read(patterns: readonly Algebra.Pattern[], outer: Facts): Facts {
    const facts = new Map<string, Fact>();
    const note = (term: Term, isNode: boolean) => {
      const name = nameOf(term);
      if (name === undefined) return;
      const itself = term.termType === 'Variable' ? anyFact : factOfTerm(term);
      const known = facts.get(name) ?? outer.get(name) ?? anyFact;
      facts.set(name, meetFacts(known, { ...itself, isNode }));
    };
    for (const { subject, predicate, object } of patterns) {
      note(subject, true);
      note(predicate, false);
      note(object, true);
    }
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const pattern of patterns) this.#sharpen(pattern, facts);
    }
    return facts;
  }

  #sharpen({ subject, predicate, object }: Algebra.Pattern, facts: Map<string, Fact>): void {
    const name = nameOf(subject);
    if (name === undefined) return;
    const about = facts.get(name) ?? anyFact;
    const objectName = nameOf(object);
    const value = objectName === undefined ? factOfTerm(object) : (facts.get(objectName) ?? anyFact);
    const star = this.starOf(
      { ...about, star: { ...about.star, subjects: about.terms } },
      predicate,
      value,
      facts,
    );
    facts.set(name, { ...about, star });
    if (predicate.termType !== 'NamedNode') return;
    if (objectName !== undefined) {
      facts.set(objectName, { ...value, star: meetStars(value.star, this.#objectStar(predicate.value)) });
    }
    const isKnown =
      isNothing(star) ||
      (about.terms !== undefined && isSubset(about.terms, (key) => this.#knowledge.isRead(key)));
    if (isKnown) this.#sharpenByKnowledge(name, predicate.value, objectName, value, facts);
  }

  /** The star of a subject that has this predicate with this object. */
  starOf(about: Fact, predicate: Term, value: Fact, facts: Facts): Star {
    if (predicate.termType !== 'NamedNode') {
      const predicates = facts.get(nameOf(predicate) ?? '')?.terms;
      return predicates === undefined
        ? about.star
        : meetStars(about.star, this.#hullOf([...predicates].map((key) => this.starWith(key.slice(1, -1)))));
    }
    const iri = predicate.value;
    if (iri === RDF_TYPE) {
      const classes = value.terms;
      return meetStars(
        about.star,
        classes === undefined
          ? anyStar
          : this.#hullOf([...classes].map((key) => this.starWith(RDF_TYPE, key.slice(1, -1)))),
      );
    }
    const bounds: Star = {
      ...this.starWith(iri),
      ...(iri === tps('timestamp') ? { since: value.since, until: value.until } : {}),
      values: value.terms === undefined ? new Map() : new Map([[iri, value.terms]]),
    };
    return meetStars(about.star, bounds);
  }

  /** What is known of an end of repeated steps that only the knowledge has, given what is known of the other end. */
  endOf(other: Fact, { predicate, way, mayStay }: Steps): Fact {
    const next = (from: ReadonlySet<TermKey> | undefined) =>
      way === 'forth'
        ? this.#knowledge.objectsOf(predicate, from)
        : this.#knowledge.subjectsWith(predicate, from);
    const star = way === 'forth' ? this.#objectStar(predicate) : noStar;
    const led: Fact = { ...anyFact, star, terms: closure(other.terms, next) };
    return mayStay ? { ...hullFacts(led, other), isNode: false } : led;
  }

  #hullOf(stars: readonly Star[]): Star {
    return stars.reduce(hullStars, noStar);
  }

  /** The evidence that an object of this predicate can be: services and literals are none. */
  #objectStar(predicate: string): Star {
    if (predicate === RDF_TYPE || predicate === tps('dependsOn')) return noStar;
    const types = rulesFor(this.#rules, predicate).map((rule) => rule.column?.type);
    if (types.length === 0 || types.some((type) => type === 'receipt' || type === 'receipts')) return anyStar;
    return types.includes('series') ? { ...noStar, series: true } : noStar;
  }

  #sharpenByKnowledge(
    name: string,
    predicate: string,
    objectName: string | undefined,
    value: Fact,
    facts: Map<string, Fact>,
  ): void {
    const about = facts.get(name) ?? anyFact;
    const subjects = this.#knowledge.subjectsWith(predicate, value.terms);
    if (subjects !== undefined) {
      facts.set(name, meetFacts(about, { ...anyFact, terms: subjects }));
    }
    const objects = this.#knowledge.objectsOf(predicate, facts.get(name)?.terms);
    if (objectName === undefined || objects === undefined) return;
    const known = facts.get(objectName) ?? anyFact;
    facts.set(objectName, meetFacts(known, { ...anyFact, terms: objects }));
  }

  /** What some patterns need of the evidence, given the facts about their terms. */
  demands(patterns: readonly Algebra.Pattern[], facts: Facts): readonly Demand[] {
    return patterns.flatMap((pattern) => {
      const name = nameOf(pattern.subject);
      if (name === undefined) return [];
      const about = facts.get(name) ?? anyFact;
      const objectName = nameOf(pattern.object);
      const value =
        objectName === undefined ? factOfTerm(pattern.object) : (facts.get(objectName) ?? anyFact);
      const predicates = this.#seen(pattern.predicate, value, facts);
      const star = this.unknownOnly({ ...about.star, subjects: about.terms });
      return predicates.length === 0 || isNothing(star)
        ? []
        : [{ star, predicates: new Set(predicates), pattern: patternText(pattern) }];
    });
  }

  /** Leaves out the subjects that the knowledge holds completely. */
  unknownOnly(star: Star): Star {
    if (star.subjects === undefined) return star;
    const subjects = [...star.subjects].filter((key) => !this.#knowledge.isComplete(key));
    return { ...star, subjects: new Set(subjects) };
  }

  #seen(predicate: Term, value: Fact, facts: Facts): readonly string[] {
    if (predicate.termType !== 'NamedNode') {
      const some = facts.get(nameOf(predicate) ?? '')?.terms;
      return some === undefined
        ? [EVERY_PREDICATE]
        : [...some].map((key) => key.slice(1, -1)).filter((iri) => this.isOfEvidence(iri));
    }
    if (!this.isOfEvidence(predicate.value)) return [];
    return predicate.value === RDF_TYPE && value.terms !== undefined
      ? [...value.terms].map((key) => typeDemand(key.slice(1, -1)))
      : [predicate.value];
  }
}

function termText(term: Term): string {
  if (term.termType === 'Variable') return `?${term.value}`;
  if (term.termType === 'NamedNode') {
    const short = term.value.startsWith(tps('')) && /^[\w]+$/.test(term.value.slice(tps('').length));
    if (term.value === RDF_TYPE) return 'a';
    return short ? `tps:${term.value.slice(tps('').length)}` : `<${term.value}>`;
  }
  return JSON.stringify(term.value);
}

/** A pattern as a query would say it. */
export function patternText({
  subject,
  predicate,
  object,
}: Pick<Algebra.Pattern, 'subject' | 'predicate' | 'object'>): string {
  return `${termText(subject)} ${termText(predicate)} ${termText(object)}`;
}
