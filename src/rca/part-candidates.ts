import type { EvidenceStore } from '../evidence/index.js';
import { type EventReceipt, pathOfEvent } from '../model/index.js';
import type { Argument } from './analysis.js';
import { keyOfPart, type PartFact } from './evidence-types.js';
import { type Experience, shares } from './experience.js';
import { type PartSigns, signsOfParts } from './part-signs.js';
import type { Scene } from './scene.js';
import { type Draft, scoreOf, term } from './terms.js';
import { MOST_PARTS, PART_WEIGHTS, TAUGHT_WEIGHT } from './weights.js';

const MOST_EVENTS = 10_000;
const SHOWN_SIGNS = 5;
const SHOWN_SENTENCES = 2;

/** Everything that was told of trouble in the recent window: alerts, failures, circuits, templates of logs. */
async function readTold(
  store: EvidenceStore,
  { windows, reach, beyond }: Scene,
): Promise<readonly EventReceipt[]> {
  return store.events({
    kinds: ['alert_fired', 'failure', 'circuit_opened', 'log_volume'],
    services: [...reach.services, ...beyond.keys()],
    window: windows.recent,
    order: 'oldest-first',
    limit: MOST_EVENTS,
  });
}

/** What a part's signs weigh by experience, the weightiest first. */
function weighed(
  { signs }: PartSigns,
  { weights }: Experience,
): readonly { readonly sign: string; readonly weight: number }[] {
  return [...signs]
    .map(([sign, count]) => ({ sign, weight: count * (weights.get(sign) ?? 0) }))
    .sort((a, b) => b.weight - a.weight || (a.sign < b.sign ? -1 : 1));
}

function factOf(facts: readonly PartFact[], sign: string): PartFact | undefined {
  return facts.find(
    ({ type }) => sign === type || sign.startsWith(`${type} (`) || sign.startsWith(`${type} + `),
  );
}

function taught(parts: PartSigns, experience: Experience): readonly Argument[] {
  return weighed(parts, experience)
    .filter(({ weight }) => weight > 0)
    .slice(0, SHOWN_SIGNS)
    .map(({ sign }) => {
      const { onCause, all } = experience.standings.get(sign) ?? { onCause: 0, all: 0 };
      const fact = factOf(parts.facts, sign);
      return {
        sentence: `On ${keyOfPart(parts.part)}: ${sign}. In past incidents it stood on the cause ${onCause} of ${all} times.`,
        cites: fact === undefined ? [] : [pathOfEvent(fact.receipt)],
      };
    });
}

function rarest({ part, facts }: PartSigns): readonly Argument[] {
  const types = [...new Set(facts.map(({ type }) => type))].slice(0, SHOWN_SIGNS);
  return types.map((type) => {
    const fact = factOf(facts, type);
    return {
      sentence: `On ${keyOfPart(part)}: ${type}.`,
      cites: fact === undefined ? [] : [pathOfEvent(fact.receipt)],
    };
  });
}

function draftOf(
  parts: PartSigns,
  likely: number | undefined,
  rare: number,
  experience: Experience | undefined,
): Draft {
  const { part, facts } = parts;
  const terms = [
    likely === undefined || experience === undefined
      ? term(
          'rarity',
          rare,
          PART_WEIGHTS.rarity,
          'How rare what stands on it is among the parts of this incident, as a share of the part with the rarest.',
        )
      : term(
          'experience',
          likely,
          PART_WEIGHTS.experience,
          `What the kinds of evidence on it taught in ${experience.incidents} past incidents with a confirmed cause, as a share among all parts.`,
        ),
  ];
  const kinds = new Set(facts.map(({ type }) => type)).size;
  const first = facts[0];
  return {
    score: scoreOf(terms),
    causeKind: 'part',
    title: `${keyOfPart(part)}, on which ${kinds} ${kinds === 1 ? 'kind' : 'kinds'} of evidence stand`,
    service: part.service,
    ...(part.instance === undefined ? {} : { component: part.instance }),
    ...(first === undefined ? {} : { onsetAt: first.receipt.at }),
    terms,
    supporting: experience === undefined ? rarest(parts) : taught(parts, experience),
    opposing: [],
  };
}

/** What the signs on parts say of what is wrong. */
export interface Parts {
  /** The parts that stand out, as candidates. */
  readonly drafts: readonly Draft[];
  /** What past incidents taught of each service by what stands on its parts. */
  readonly taught: ReadonlyMap<string, Taught>;
}

/** How likely a service is the cause by what past incidents taught. */
interface Taught {
  readonly share: number;
  readonly incidents: number;
  readonly sentences: readonly Argument[];
}

const NOTHING: Parts = { drafts: [], taught: new Map() };

function taughtOf(
  parts: readonly PartSigns[],
  likely: readonly number[],
  experience: Experience,
): Parts['taught'] {
  const all = new Map<string, Taught>();
  parts.forEach((one, place) => {
    const { service } = one.part;
    const before = all.get(service);
    all.set(service, {
      share: (before?.share ?? 0) + (likely[place] ?? 0),
      incidents: experience.incidents,
      sentences: [...(before?.sentences ?? []), ...taught(one, experience)].slice(0, SHOWN_SENTENCES),
    });
  });
  return all;
}

/**
 * The parts (pods, instances, services) that stand out by what was told of them, weighed by what past incidents taught,
 * else by how rare it is. Where metrics can be compared they are no candidates, since those say more; what was taught
 * then speaks for the candidates of the same service, see {@link withTaught}.
 */
export async function readParts(
  store: EvidenceStore,
  scene: Scene,
  experience: Experience | undefined,
): Promise<Parts> {
  const compared = scene.scan.readings.length > 0;
  if (experience === undefined && compared) return NOTHING;
  const parts = signsOfParts(await readTold(store, scene));
  if (parts.length < 2) return NOTHING;
  const likely = experience === undefined ? undefined : shares(parts.map((one) => sumOf(one, experience)));
  if (compared && likely !== undefined && experience !== undefined) {
    return { drafts: [], taught: taughtOf(parts, likely, experience) };
  }
  const rarest = Math.max(...parts.map(({ rarity }) => rarity), Number.MIN_VALUE);
  const drafts = parts
    .map((one, place) => draftOf(one, likely?.[place], one.rarity / rarest, experience))
    .sort((a, b) => b.score - a.score || (a.title < b.title ? -1 : 1))
    .slice(0, MOST_PARTS);
  return { drafts, taught: new Map() };
}

/** A candidate with what past incidents taught of its service. */
export function withTaught(draft: Draft, { taught: services }: Parts): Draft {
  const found = services.get(draft.service);
  if (found === undefined || draft.rejected !== undefined) return draft;
  const { share, incidents, sentences } = found;
  const meaning = `What the kinds of evidence on ${draft.service} taught in ${incidents} past incidents with a confirmed cause, as a share among all services.`;
  const terms = [...draft.terms, term('experience', share, TAUGHT_WEIGHT, meaning)];
  return { ...draft, terms, score: scoreOf(terms), supporting: [...draft.supporting, ...sentences] };
}

function sumOf(parts: PartSigns, experience: Experience): number {
  return weighed(parts, experience).reduce((sum, { weight }) => sum + weight, 0);
}
