/** Drafts the post-mortem of an incident from its evidence. */
import { formatInstant, MINUTE_MS, parsePath } from '../../model/index.js';
import type { Incident } from '../incident.js';
import { stepsOf } from '../whys/index.js';
import { actionsOf } from './actions.js';
import { claim, dayTime, ended } from './claim.js';
import { type Factors, factorsOf } from './factors.js';
import { type Facts, type PostmortemSources, readFacts } from './facts.js';
import { impactOf, objectivesOf } from './impact.js';
import { lessonsOf } from './lessons.js';
import type { CitedReceipt, Claim, Postmortem, WhyLine } from './postmortem.js';
import { timelineOf } from './timeline.js';

function summaryOf(facts: Facts, { factors, notes }: Factors): readonly Claim[] {
  const { incident, record } = facts;
  const { title, service, startsAt, alerts } = incident;
  const where = service === undefined ? '' : ` It was seen on ${service}.`;
  const seen = claim(`${title}, first seen at ${dayTime(startsAt)}.${where}`, alerts.slice(0, 2), record);
  const [course] = impactOf(facts);
  const told = factors.slice(0, 3).map(({ statement }) => statement);
  const none = factors.length === 0 ? notes.slice(0, 1) : [];
  return [seen, ...(course === undefined ? [] : [course]), ...told, ...none];
}

function whyLinesOf({ incident, record }: Facts): readonly WhyLine[] {
  if (incident.why === undefined) return [];
  return stepsOf(incident.why).map(({ place, sentence, cites, receipt = record, end, query }) => ({
    place,
    claim: claim(ended(sentence), cites, receipt),
    end:
      end &&
      claim(`Here evidence stops: ${ended(end.reason)} Needed: ${ended(end.needed)}`, [receipt], record),
    query,
  }));
}

/** An argument of a shell, quoted where it must be. */
function shellWord(text: string): string {
  return /^[\w.:/@+-]+$/.test(text) ? text : `'${text.replace(/\s+/g, ' ').replaceAll("'", "'\\''")}'`;
}

/** The command that asks the same question of the same evidence. */
function commandOf({ incident, sources }: Facts): string | undefined {
  const { service, metric, evidenceUntil } = incident;
  if (service === undefined || evidenceUntil === undefined) return undefined;
  const asked = metric === undefined ? '' : ` --metric ${shellWord(metric)}`;
  const window = `${Math.round(sources.windowMs / MINUTE_MS)}m`;
  return `genchi rca --service ${shellWord(service)}${asked} --at ${formatInstant(evidenceUntil)} --window ${window}`;
}

function cited(path: string, number: number): CitedReceipt {
  const named = parsePath(path);
  const kind = named === undefined ? 'receipt' : named.type === 'event' ? named.kind : named.type;
  const at = named?.type === 'event' || named?.type === 'sample' ? named.at : undefined;
  return { number, path, kind, at };
}

/** Every claim of a draft, in the order of the document. */
export function claimsIn(draft: Omit<Postmortem, 'evidence'>): readonly Claim[] {
  const factors = draft.factors.flatMap(({ statement, verdicts, supporting, opposing, effects }) => [
    statement,
    ...verdicts,
    ...supporting,
    ...opposing,
    ...effects,
  ]);
  return [
    draft.origin,
    ...draft.summary,
    ...draft.impact,
    ...draft.objectives,
    ...draft.timeline,
    ...(draft.timelineNote === undefined ? [] : [draft.timelineNote]),
    ...factors,
    ...draft.factorNotes,
    ...draft.ruledOut,
    ...draft.whys.flatMap(({ claim: told, end }) => (end === undefined ? [told] : [told, end])),
    ...draft.wentWell,
    ...draft.wentPoorly,
    ...draft.wentLucky,
    ...draft.actions.map(({ claim: told }) => told),
  ];
}

function originOf({ incident, evidenceUntil, record, runbooks }: Facts): Claim {
  const unasked = runbooks.unasked.length === 0 ? '' : ` ${runbooks.unasked.map(ended).join(' ')}`;
  const state =
    incident.analysis === 0
      ? 'It has not been analysed yet.'
      : `Analysis ${incident.analysis} was the latest.`;
  return claim(
    `Drafted from the evidence up to ${dayTime(evidenceUntil)}. ${state}${unasked}`,
    [record],
    record,
  );
}

/**
 * Drafts a post-mortem: the same evidence gives the same draft. Fails as the store does, or with `bad-window` where
 * analyses look back for less than a minute or over a week.
 */
export async function draftPostmortem(incident: Incident, sources: PostmortemSources): Promise<Postmortem> {
  const facts = await readFacts(incident, sources);
  const factors = factorsOf(facts);
  const { entries, note } = timelineOf(facts, factors);
  const lessons = lessonsOf(facts, factors);
  const draft = {
    incident: incident.id,
    title: incident.title,
    state: incident.state,
    severity: incident.severity,
    service: incident.service,
    startsAt: incident.startsAt,
    evidenceUntil: facts.evidenceUntil,
    origin: originOf(facts),
    reproduce: commandOf(facts),
    summary: summaryOf(facts, factors),
    impact: impactOf(facts),
    objectives: await objectivesOf(facts, factors),
    timeline: entries,
    timelineNote: note,
    factors: factors.factors.map(({ statement, verdicts, supporting, opposing, effects }) => ({
      ...{ statement, verdicts, supporting, opposing, effects },
    })),
    factorNotes: factors.notes,
    ruledOut: factors.ruledOut,
    whys: whyLinesOf(facts),
    wentWell: lessons.well,
    wentPoorly: lessons.poorly,
    wentLucky: lessons.lucky,
    actions: actionsOf(facts, factors),
  };
  const paths = new Set(claimsIn(draft).flatMap(({ cites }) => cites));
  return { ...draft, evidence: [...paths].map((path, index) => cited(path, index + 1)) };
}
