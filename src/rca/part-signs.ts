/** What stands on each part of one incident, compared with the other parts. */
import type { EventReceipt } from '../model/index.js';
import { factsOf, keyOfPart, type Part, type PartFact } from './evidence-types.js';

/** A part with its facts and how much each sign of it counts. */
export interface PartSigns {
  readonly part: Part;
  readonly facts: readonly PartFact[];
  /** How much of each kind of evidence: 1 for its presence, a logarithm for its count. */
  readonly signs: ReadonlyMap<string, number>;
  /** How rare what stands on it is among the parts: the sum of the logarithms of the inverse shares. */
  readonly rarity: number;
}

/** The sign that a kind of evidence stands on no other part, and that it stands on no replica of the same service. */
const ONLY = ' (on no other part)';
const NOT_REPLICAS = ' (on no replica of it)';
const COUNT = ' (how many)';

/** The sign that a replica of the same service has a kind of evidence which the part has not. */
const ONLY_REPLICAS = ' (on a replica of it only)';

/** Templates of logs are so many that their pairs would say nothing twice. */
const isLog = (type: string): boolean => type.startsWith('log ');

/** Two kinds of evidence that stand on a part together: a busy processor and slow calls say more than each alone. */
function pairsOf(types: readonly string[]): readonly string[] {
  const sorted = types.filter((type) => !isLog(type)).sort();
  return sorted.flatMap((first, place) => sorted.slice(place + 1).map((second) => `${first} + ${second}`));
}

function counted(facts: readonly PartFact[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { type } of facts) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
}

function signsOf(
  key: string,
  service: string,
  counts: ReadonlyMap<string, number>,
  bearers: ReadonlyMap<string, ReadonlySet<string>>,
  replicas: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, number> {
  const signs = new Map<string, number>();
  const others = (replicas.get(service) ?? []).filter((other) => other !== key);
  for (const [type, count] of counts) {
    const on = bearers.get(type) ?? new Set();
    signs.set(type, 1);
    if (on.size === 1) signs.set(`${type}${ONLY}`, 1);
    if (others.length > 0 && !others.some((other) => on.has(other))) signs.set(`${type}${NOT_REPLICAS}`, 1);
    if (count > 1) signs.set(`${type}${COUNT}`, Math.log(count));
  }
  for (const pair of pairsOf([...counts.keys()])) signs.set(pair, 1);
  for (const [type, on] of bearers) {
    if (!counts.has(type) && others.some((other) => on.has(other))) signs.set(`${type}${ONLY_REPLICAS}`, 1);
  }
  return signs;
}

/** Compares the parts that these receipts speak of; in the order of their keys. */
export function signsOfParts(receipts: readonly EventReceipt[]): readonly PartSigns[] {
  const parts = new Map<string, { readonly part: Part; readonly facts: PartFact[] }>();
  for (const fact of receipts.flatMap(factsOf)) {
    const key = keyOfPart(fact.part);
    const known = parts.get(key);
    if (known === undefined) parts.set(key, { part: fact.part, facts: [fact] });
    else known.facts.push(fact);
  }
  const bearers = new Map<string, Set<string>>();
  const replicas = new Map<string, string[]>();
  for (const [key, { part, facts }] of parts) {
    replicas.set(part.service, [...(replicas.get(part.service) ?? []), key]);
    for (const { type } of facts) bearers.set(type, (bearers.get(type) ?? new Set()).add(key));
  }
  return [...parts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { part, facts }]) => {
      const counts = counted(facts);
      const rarities = [...counts.keys()].map((type) =>
        Math.log(parts.size / (bearers.get(type)?.size ?? 1)),
      );
      return {
        part,
        facts,
        signs: signsOf(key, part.service, counts, bearers, replicas),
        rarity: rarities.reduce((sum, one) => sum + one, 0),
      };
    });
}
