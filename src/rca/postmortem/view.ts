/** What a template may show: the places of a post-mortem, and their values. */
import { formatInstant, type Iris, parsePath, pathOf } from '../../model/index.js';
import { dayTime } from './claim.js';
import { escapeMarkdown, fenced, Markdown } from './markdown.js';
import type { Claim, Factor, Postmortem } from './postmortem.js';

/** The places of a template by name: a value, or a list whose items have places of their own. */
export interface Places {
  readonly [name: string]: 'value' | Places;
}

const sentence: Places = { sentence: 'value' };

/** Every place that a template may name, with what stands in it. */
export const places: Places = {
  ...{ title: 'value', incident: 'value', incidentLink: 'value', status: 'value', severity: 'value' },
  ...{ state: 'value', service: 'value', date: 'value', evidenceUntil: 'value', origin: 'value' },
  ...{ reproduce: 'value', evidenceLink: 'value', timelineNote: 'value' },
  summary: sentence,
  impact: sentence,
  objectives: sentence,
  timeline: { at: 'value', sentence: 'value' },
  factors: {
    number: 'value',
    statement: 'value',
    verdicts: sentence,
    supporting: sentence,
    opposing: sentence,
    effects: sentence,
  },
  factorNotes: sentence,
  ruledOut: sentence,
  whys: { place: 'value', indent: 'value', sentence: 'value', end: 'value' },
  queries: { place: 'value', query: 'value' },
  wentWell: sentence,
  wentPoorly: sentence,
  wentLucky: sentence,
  actions: { kind: 'value', sentence: 'value' },
  evidence: { number: 'value', link: 'value', kind: 'value', at: 'value' },
};

/** A value of a place: a text, which is escaped; Markdown, which is not; or items. Absent and empty ones are passed over. */
export type ViewValue = string | Markdown | undefined | readonly View[];
/** The values of the places of a template. */
export interface View {
  readonly [name: string]: ViewValue;
}

/** Links shown behind one sentence; the rest stands in the list of evidence. */
const MOST_LINKS = 8;

const ACTION_WORDS = { mitigate: 'Mitigate', prevent: 'Prevent', detect: 'Detect', learn: 'Learn' } as const;

/** A link as Markdown; IRIs have no character that would end it. */
function link(text: string, iri: string): string {
  return `[${text}](${iri})`;
}

/** Writes claims as sentences with a link to each of their receipts. */
class Writer {
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #iris: Iris;

  constructor({ evidence }: Postmortem, iris: Iris) {
    this.#numbers = new Map(evidence.map(({ path, number }) => [path, number]));
    this.#iris = iris;
  }

  claim({ sentence: text, cites }: Claim): Markdown {
    const links = cites
      .slice(0, MOST_LINKS)
      .map((path) => `\\[${link(String(this.#numbers.get(path) ?? '?'), this.#iris.ofPath(path))}\\]`);
    const more = cites.length > MOST_LINKS ? ` and ${cites.length - MOST_LINKS} more` : '';
    return new Markdown(`${escapeMarkdown(text)} ${links.join(' ')}${more}`);
  }

  list(claims: readonly Claim[]): readonly View[] {
    return claims.map((one) => ({ sentence: this.claim(one) }));
  }
}

function factorView(factor: Factor, number: number, write: Writer): View {
  return {
    number: String(number),
    statement: write.claim(factor.statement),
    verdicts: write.list(factor.verdicts),
    supporting: write.list(factor.supporting),
    opposing: write.list(factor.opposing),
    effects: write.list(factor.effects),
  };
}

function whyViews({ whys }: Postmortem, write: Writer): readonly View[] {
  return whys.map(({ place, claim, end }) => ({
    place: place === '0' ? 'The problem' : `Why ${place}`,
    indent: new Markdown('  '.repeat(place === '0' ? 0 : place.split('.').length)),
    sentence: write.claim(claim),
    end: end && write.claim(end),
  }));
}

function evidenceViews({ evidence }: Postmortem, iris: Iris): readonly View[] {
  return evidence.map(({ number, path, kind, at }) => ({
    number: String(number),
    link: new Markdown(link(path.replace(/_/g, '\\_'), iris.ofPath(path))),
    kind: parsePath(path) === undefined ? 'receipt' : kind.replaceAll('_', ' '),
    at: at === undefined ? undefined : formatInstant(at),
  }));
}

function headOf(draft: Postmortem, iris: Iris, write: Writer): View {
  const { incident: id, title, severity, state, service, startsAt, evidenceUntil, origin, reproduce } = draft;
  const evidence = `${iris.base}/queries/incident/evidence?incident=${encodeURIComponent(id)}`;
  return {
    ...{ title, severity, state, service, incident: id, status: 'draft' },
    incidentLink: new Markdown(link(id, iris.ofPath(pathOf({ type: 'incident', id })))),
    date: formatInstant(startsAt).slice(0, 10),
    evidenceUntil: dayTime(evidenceUntil),
    origin: write.claim(origin),
    reproduce: reproduce === undefined ? undefined : fenced(reproduce, 'sh'),
    evidenceLink: new Markdown(link('the query for all evidence of the incident', evidence)),
    timelineNote: draft.timelineNote && write.claim(draft.timelineNote),
  };
}

/** The values of all places for a draft. */
export function viewOf(draft: Postmortem, iris: Iris): View {
  const write = new Writer(draft, iris);
  return {
    ...headOf(draft, iris, write),
    summary: write.list(draft.summary),
    impact: write.list(draft.impact),
    objectives: write.list(draft.objectives),
    timeline: draft.timeline.map((one) => ({ at: dayTime(one.at), sentence: write.claim(one) })),
    factors: draft.factors.map((factor, index) => factorView(factor, index + 1, write)),
    factorNotes: write.list(draft.factorNotes),
    ruledOut: write.list(draft.ruledOut),
    whys: whyViews(draft, write),
    queries: draft.whys.flatMap(({ place, query }) =>
      query === undefined ? [] : [{ place, query: fenced(query, 'sparql') }],
    ),
    wentWell: write.list(draft.wentWell),
    wentPoorly: write.list(draft.wentPoorly),
    wentLucky: write.list(draft.wentLucky),
    actions: draft.actions.map(({ kind, claim }) => ({
      kind: ACTION_WORDS[kind],
      sentence: write.claim(claim),
    })),
    evidence: evidenceViews(draft, iris),
  };
}
