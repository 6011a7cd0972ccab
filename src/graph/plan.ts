/** From the algebra of a query to the evidence that it can touch. */
import type { Term } from '@rdfjs/types';
import { type Algebra, Types } from '@traqula/algebra-transformations-1-1';
import type { Instant } from '../model/index.js';
import { anyFact, anyStar, contains, type Fact, isNothing, meetStars, type Star } from './bounds.js';
import { type Facts, FilterReader, factOfTerm } from './filters.js';
import { enoughFor } from './glimpse.js';
import type { Rule } from './mapping.js';
import { type Need, needsOfPatterns } from './needs.js';
import { canBeEmpty, repeatedLink, stepsOf } from './paths.js';
import { type Leaf, Scope } from './scope.js';
import { type Demand, EVERY_PREDICATE, type KnowledgeView, patternText, StarReader } from './stars.js';

const nothing: Facts = new Map();

/** What the analysis of a query goes by. */
export interface PlanContext {
  readonly rules: readonly Rule[];
  readonly knowledge: KnowledgeView;
  /** The present time, for queries that say NOW(). */
  readonly now: Instant;
}

function factIn(facts: Facts, term: Term): Fact {
  return term.termType === 'Variable' ? (facts.get(term.value) ?? anyFact) : factOfTerm(term);
}

class Planner {
  readonly #stars: StarReader;
  readonly #filters: FilterReader;

  constructor({ rules, knowledge, now }: PlanContext) {
    this.#stars = new StarReader(rules, knowledge);
    this.#filters = new FilterReader(now);
  }

  plan(root: Algebra.Operation): Plan {
    // First what the patterns say by themselves and their filters add, then once more with what that tells others.
    const alone = this.#factsAtLeaves(root, new Map());
    const together = this.#factsAtLeaves(root, alone);
    const plans = [...together].map(([leaf, facts]) =>
      leaf.type === Types.BGP ? this.#planOfPatterns(leaf, facts) : this.#planOfPath(leaf, facts),
    );
    const all = [...plans, this.#planOfDescribed(root, together)];
    const enough = enoughFor(root);
    return {
      demands: absorb(all.flatMap(({ demands }) => demands)),
      needs: all.flatMap(({ needs }) => needs),
      ...(enough === undefined ? {} : { enough }),
    };
  }

  /** For each star of some patterns: the bounds of its subjects that matter. */
  stars(root: Algebra.Operation, stars: readonly LeafSubject[]): readonly Star[] {
    const facts = this.#factsAtLeaves(root, this.#factsAtLeaves(root, new Map()));
    return stars.map(({ leaf, subject }) => {
      const about = this.#stars.read(leaf.patterns, facts.get(leaf) ?? nothing).get(subject) ?? anyFact;
      return { ...about.star, subjects: about.terms };
    });
  }

  #scope(known: ReadonlyMap<Leaf, Facts>): Scope {
    return new Scope((leaf) => this.#read(leaf, known.get(leaf) ?? nothing), this.#filters);
  }

  #factsAtLeaves(root: Algebra.Operation, known: ReadonlyMap<Leaf, Facts>): ReadonlyMap<Leaf, Facts> {
    const found = new Map<Leaf, Facts>();
    this.#scope(known).visit(root, nothing, (leaf, facts) => found.set(leaf, facts));
    return found;
  }

  #read(leaf: Leaf, outer: Facts): Facts {
    if (leaf.type === Types.BGP) return this.#stars.read(leaf.patterns, outer);
    return this.#readPath(leaf, outer);
  }

  /** What a path says of its ends: those of repeated steps that only the knowledge has are where these lead. */
  #readPath({ subject, predicate, object }: Algebra.Path, outer: Facts): Facts {
    const step = repeatedLink(predicate);
    const isKnown = step !== undefined && !this.#stars.isOfEvidence(step);
    const fact = (other: Term, way: 'forth' | 'back') =>
      isKnown
        ? this.#stars.endOf(factIn(outer, other), { predicate: step, way, mayStay: canBeEmpty(predicate) })
        : anyFact;
    const facts = [
      [subject, fact(object, 'back')],
      [object, fact(subject, 'forth')],
    ] as const;
    return new Map(
      facts.flatMap(([end, about]) => (end.termType === 'Variable' ? [[end.value, about] as const] : [])),
    );
  }

  #planOfPatterns({ patterns }: Algebra.Bgp, outer: Facts): Plan {
    const facts = this.#stars.read(patterns, outer);
    return { demands: this.#stars.demands(patterns, facts), needs: needsOfPatterns(patterns, facts) };
  }

  #planOfPath({ subject, predicate, object }: Algebra.Path, outer: Facts): Plan {
    const isOpen = (end: Term) => end.termType === 'Variable' && outer.get(end.value)?.isNode !== true;
    const pattern = `${patternText({ subject, predicate: subject, object })} (a property path)`;
    if (canBeEmpty(predicate) && isOpen(subject) && isOpen(object)) {
      const predicates = new Set([EVERY_PREDICATE]);
      return {
        demands: [{ star: anyStar, predicates, pattern }],
        needs: [{ subjects: undefined, predicates }],
      };
    }
    const steps = stepsOf(predicate, 'subject').map((step) => {
      const end = step.from === 'subject' ? subject : step.from === 'object' ? object : undefined;
      const about = end === undefined ? anyFact : factIn(outer, end);
      const predicates = new Set([step.predicate ?? EVERY_PREDICATE]);
      return { star: this.#starOfStep(step.predicate, about), subjects: about.terms, predicates };
    });
    return {
      demands: steps.flatMap(({ star, predicates }) =>
        isNothing(star) ? [] : [{ star, predicates, pattern }],
      ),
      needs: steps,
    };
  }

  #starOfStep(predicate: string | undefined, about: Fact): Star {
    const from: Star = this.#stars.unknownOnly({ ...about.star, subjects: about.terms });
    return predicate === undefined ? from : meetStars(from, this.#stars.starWith(predicate));
  }

  /** DESCRIBE shows all triples of what it names or finds. */
  #planOfDescribed(root: Algebra.Operation, known: ReadonlyMap<Leaf, Facts>): Plan {
    // A LIMIT stands around all of a query.
    const described = root.type === Types.SLICE ? root.input : root;
    if (described.type !== Types.DESCRIBE) return { demands: [], needs: [] };
    const found = this.#scope(known).certain(described.input);
    const predicates = new Set([EVERY_PREDICATE]);
    const about = described.terms.map((term) => ({ term, fact: factIn(found, term) }));
    return {
      demands: about.flatMap(({ term, fact }) => {
        const star = this.#stars.unknownOnly({ ...fact.star, subjects: fact.terms });
        const pattern = `DESCRIBE ${patternText({ subject: term, predicate: term, object: term }).split(' ')[0]}`;
        return isNothing(star) ? [] : [{ star, predicates, pattern }];
      }),
      needs: about.map(({ fact }) => ({ subjects: fact.terms, predicates })),
    };
  }
}

/** Lets demands that lie within others be served by them, so that no row is read and written twice. */
function absorb(demands: readonly Demand[]): readonly Demand[] {
  const kept: Demand[] = [];
  for (const demand of demands) {
    const within = kept.findIndex((other) => contains(other.star, demand.star));
    const wider = within >= 0 ? kept[within] : undefined;
    if (wider !== undefined) {
      kept[within] = { ...wider, predicates: new Set([...wider.predicates, ...demand.predicates]) };
      continue;
    }
    const predicates = new Set(demand.predicates);
    for (let index = kept.length - 1; index >= 0; index -= 1) {
      const other = kept[index];
      if (other === undefined || !contains(demand.star, other.star)) continue;
      for (const predicate of other.predicates) predicates.add(predicate);
      kept.splice(index, 1);
    }
    kept.push({ ...demand, predicates });
  }
  return kept;
}

/** A variable that some patterns of a query are about. */
export interface LeafSubject {
  readonly leaf: Algebra.Bgp;
  readonly subject: string;
}

/** What bounds the subjects of some patterns in the rows of a query that matter, erring on the side of too much. */
export function starsIn(
  root: Algebra.Operation,
  stars: readonly LeafSubject[],
  context: PlanContext,
): readonly Star[] {
  return new Planner(context).stars(root, stars);
}

/** What a query can touch, erring on the side of too much. */
export interface Plan {
  /** Of the evidence. */
  readonly demands: readonly Demand[];
  /** Of the knowledge. */
  readonly needs: readonly Need[];
  /** So many receipts of the demands answer the query, whichever they are; absent where it needs all. */
  readonly enough?: number;
}

/** Plans a query: what it can touch of the evidence and of the knowledge. */
export function planOf(root: Algebra.Operation, context: PlanContext): Plan {
  return new Planner(context).plan(root);
}
