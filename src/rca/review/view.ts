/** What a template of reviews may show: the places, and their values. */
import type { Recommendation } from '../../analysis/index.js';
import { type Iris, pathOf } from '../../model/index.js';
import { dayTime, duration } from '../postmortem/claim.js';
import { escapeMarkdown, Markdown } from '../postmortem/markdown.js';
import type { Places, View } from '../postmortem/view.js';
import type { HealthRow, IncidentRow, Review, ReviewClaim, ReviewQuestion, SloRow } from './review.js';
import { number, where } from './words.js';

const sentence: Places = { sentence: 'value' };

/** Every place that a template of reviews may name. */
export const reviewPlaces: Places = {
  ...{ week: 'value', timeZone: 'value', from: 'value', to: 'value', unfinished: 'value' },
  ...{ previousLink: 'value', nextLink: 'value', hasSlos: 'value', fewProposals: 'value' },
  summary: sentence,
  health: {
    ...{ where: 'value', score: 'value', band: 'value', before: 'value', costMost: 'value' },
    ...{ jidoka: 'value', kanban: 'value', andon: 'value', heijunka: 'value' },
  },
  trends: sentence,
  slos: {
    ...{ link: 'value', where: 'value', state: 'value', attained: 'value', objective: 'value' },
    ...{ coverage: 'value', budgetLeft: 'value', headroom: 'value' },
  },
  sloClaims: sentence,
  incidents: {
    ...{ number: 'value', title: 'value', link: 'value', severity: 'value', state: 'value', where: 'value' },
    ...{ startsAt: 'value', lasted: 'value', cause: 'value' },
  },
  alerting: sentence,
  improvements: sentence,
  proposals: {
    ...{ number: 'value', title: 'value', action: 'value', gain: 'value', effort: 'value', rank: 'value' },
    ...{ gainBasis: 'value', evidence: 'value', priority: 'value' },
  },
  missing: sentence,
  evidence: { number: 'value', link: 'value' },
};

/** Links shown behind one sentence; the rest stands in the list of evidence. */
const MOST_LINKS = 6;
const FEWEST_PROPOSED = 3;

const link = (text: string, address: string): string => `[${text}](${address})`;

/** Writes claims as sentences with a link to each thing that they cite, and to the questions that show them. */
class Writer {
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #iris: Iris;

  constructor({ evidence }: Review, iris: Iris) {
    this.#numbers = new Map(evidence.map(({ path, number: place }) => [path, place]));
    this.#iris = iris;
  }

  links(cites: readonly string[], questions: readonly ReviewQuestion[]): string {
    const things = cites
      .slice(0, MOST_LINKS)
      .map((path) => `\\[${link(String(this.#numbers.get(path) ?? '?'), this.#iris.ofPath(path))}\\]`);
    const more = cites.length > MOST_LINKS ? [`and ${cites.length - MOST_LINKS} more`] : [];
    const asked = questions.map((one) => `\\[${link('query', addressOf(one, this.#iris))}\\]`);
    return [...things, ...more, ...asked].join(' ');
  }

  claim({ sentence: text, cites, questions }: ReviewClaim): Markdown {
    return new Markdown(`${escapeMarkdown(text)} ${this.links(cites, questions)}`);
  }

  list(claims: readonly ReviewClaim[]): readonly View[] {
    return claims.map((one) => ({ sentence: this.claim(one) }));
  }
}

/** The address at which a question is answered. */
export function addressOf({ pack, parameters }: ReviewQuestion, { base }: Iris): string {
  const search = new URLSearchParams(parameters).toString();
  return `${base}/queries/${pack}${search === '' ? '' : `?${search}`}`;
}

/** The address of the page of a week. */
export function reviewAddress(week: string, timeZone: string, { base }: Iris): string {
  const zone = timeZone === 'UTC' ? '' : `?timeZone=${encodeURIComponent(timeZone)}`;
  return `${base}/reviews/${week}${zone}`;
}

// Digits need no escapes, which their reader in a terminal would see.
const score = (value: number | undefined): string | Markdown =>
  value === undefined ? 'no data' : new Markdown(number(value));
const percent = (value: number | undefined): string | Markdown =>
  value === undefined ? 'not known' : new Markdown(`${number(value)} %`);

function healthView({ service, score: own, band, before, pillars, costMost }: HealthRow): View {
  const scores = Object.fromEntries(pillars.map(({ pillar, score: of }) => [pillar, score(of)]));
  return { where: where(service), score: score(own), band, before: score(before), costMost, ...scores };
}

function sloView(row: SloRow, iris: Iris): View {
  const { name, service, state, attainmentPercent, objectivePercent, coverage } = row;
  return {
    link: new Markdown(link(escapeMarkdown(name), iris.ofPath(pathOf({ type: 'slo', name })))),
    ...{
      where: where(service),
      state,
      attained: percent(attainmentPercent),
      objective: percent(objectivePercent),
    },
    coverage: percent(coverage * 100),
    budgetLeft: percent(row.budgetLeftPercent),
    headroom: row.headroomPercent === undefined ? undefined : percent(row.headroomPercent),
  };
}

function incidentView(row: IncidentRow, place: number, write: Writer, iris: Iris): View {
  const { id, title, severity, state, service, startsAt, lastedMs, cause } = row;
  return {
    ...{ number: String(place), title, severity, state, where: where(service), lasted: duration(lastedMs) },
    link: new Markdown(link(escapeMarkdown(id), iris.ofPath(pathOf({ type: 'incident', id })))),
    startsAt: dayTime(startsAt),
    cause: write.claim(cause),
  };
}

const efforts = {
  small: 'small (1–2 h)',
  medium: 'medium (half a day)',
  large: 'large (a day or more)',
} as const;

function proposalView(proposal: Recommendation, place: number, write: Writer): View {
  const { title, action, expectedGainPercent, effort, rank, gainBasis, evidence, priority } = proposal;
  const things = evidence.flatMap((one) => (one.type === 'thing' ? [one.path] : []));
  const questions = evidence.flatMap((one) => (one.type === 'query' ? [one] : []));
  return {
    ...{ number: String(place), title, action, gainBasis, effort: efforts[effort], rank: score(rank) },
    ...{ gain: percent(expectedGainPercent), priority: String(priority) },
    evidence: new Markdown(write.links(things, questions)),
  };
}

/** The values of all places for a review. */
export function reviewView(review: Review, iris: Iris): View {
  const write = new Writer(review, iris);
  const { week, timeZone, window, isOver, previous, next, proposals } = review;
  return {
    ...{ week, timeZone, from: dayTime(window.from), to: dayTime(window.to) },
    unfinished: isOver ? undefined : 'so far',
    previousLink: new Markdown(link(previous, reviewAddress(previous, timeZone, iris))),
    // There is nothing to read of a week that has not begun.
    nextLink: isOver ? new Markdown(link(next, reviewAddress(next, timeZone, iris))) : undefined,
    hasSlos: review.slos.length > 0 ? 'yes' : undefined,
    fewProposals:
      proposals.length < FEWEST_PROPOSED
        ? `The evidence asks for ${proposals.length === 0 ? 'nothing' : 'no more'}.`
        : undefined,
    summary: write.list(review.summary),
    health: review.health.map(healthView),
    trends: write.list(review.trends),
    slos: review.slos.map((row) => sloView(row, iris)),
    sloClaims: write.list(review.sloClaims),
    incidents: review.incidents.map((row, index) => incidentView(row, index + 1, write, iris)),
    alerting: write.list(review.alerting),
    improvements: write.list(review.improvements),
    proposals: proposals.map((one, index) => proposalView(one, index + 1, write)),
    missing: write.list(review.missing),
    evidence: review.evidence.map(({ path, number: place }) => ({
      number: String(place),
      link: new Markdown(link(path.replace(/_/g, '\\_'), iris.ofPath(path))),
    })),
  };
}
