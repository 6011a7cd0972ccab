import { z } from 'zod';
import { type EventReceipt, type Instant, type Iris, identityOf, pathOfEvent } from '../../model/index.js';
import { sparqlOf } from './query.js';
import { type Why, type WhyEnd, type WhyKind, whyKinds } from './why.js';

/** A step of a why chain as it is told: with its query written out, and its receipt where it has one. */
export interface ToldWhy {
  readonly place: string;
  readonly kind: WhyKind;
  readonly sentence: string;
  readonly service: string;
  readonly onsetAt: Instant | undefined;
  readonly cites: readonly string[];
  /** SPARQL that finds the receipts; undefined of a problem that no receipt shows. */
  readonly query: string | undefined;
  readonly causes: readonly ToldWhy[];
  readonly end?: WhyEnd;
  /** The path of its own receipt; undefined when its analysis was made just now. */
  readonly receipt?: string;
}

/** Which analysis of which incident a chain belongs to. */
export interface WhyOwner {
  readonly incident: string;
  readonly analysis: number;
  readonly at: Instant;
  /** The door that its receipts name. */
  readonly door: string;
}

/** Writes out the queries of a chain. */
export function toldWhy({ query, causes, ...step }: Why, iris: Iris): ToldWhy {
  return {
    ...step,
    query: query === undefined ? undefined : sparqlOf(query, iris),
    causes: causes.map((cause) => toldWhy(cause, iris)),
  };
}

function receiptOf(step: ToldWhy, owner: WhyOwner, explains: string | undefined): EventReceipt<'why'> {
  const { place, kind, sentence, service, onsetAt, query, end, cites } = step;
  const { incident, analysis, at, door } = owner;
  return {
    kind: 'why',
    id: identityOf('why', incident, String(analysis), place),
    at,
    receivedAt: at,
    door,
    service,
    incident,
    analysis,
    place,
    stepKind: kind,
    sentence,
    ...(explains === undefined ? {} : { explains }),
    ...(onsetAt === undefined ? {} : { onsetAt }),
    ...(query === undefined ? {} : { query }),
    ...(end === undefined ? {} : { reason: end.reason, needed: end.needed }),
    cites,
  };
}

/** The receipts of a chain, the problem first. */
export function whyReceipts(
  step: ToldWhy,
  owner: WhyOwner,
  explains?: string,
): readonly EventReceipt<'why'>[] {
  const receipt = receiptOf(step, owner, explains);
  const path = pathOfEvent(receipt);
  return [receipt, ...step.causes.flatMap((cause) => whyReceipts(cause, owner, path))];
}

const kindShape = z.enum(whyKinds);

/** By place: `1.2` before `1.10`. */
function byPlace(a: EventReceipt<'why'>, b: EventReceipt<'why'>): number {
  return a.place.localeCompare(b.place, 'en', { numeric: true });
}

/** Reads a chain back from the receipts of one analysis; undefined of none. */
export function whyOf(receipts: readonly EventReceipt<'why'>[]): ToldWhy | undefined {
  const below = (path: string | undefined): readonly ToldWhy[] =>
    receipts
      .filter(({ explains }) => explains === path)
      .toSorted(byPlace)
      .map((receipt): ToldWhy => {
        const { place, sentence, service = '', onsetAt, query, reason, needed, cites } = receipt;
        const path = pathOfEvent(receipt);
        const end = reason === undefined || needed === undefined ? {} : { end: { reason, needed } };
        const kind = kindShape.parse(receipt.stepKind);
        return {
          ...{ place, kind, sentence, service, onsetAt, cites, query },
          causes: below(path),
          ...end,
          receipt: path,
        };
      });
  return below(undefined)[0];
}
