/** What happened, in order: changes, failures, alerts, what was done about them, and what the analyses came to. */
import { type EventReceipt, type Instant, parsePath, pathOfEvent } from '../../model/index.js';
import { claim, ended, personOf, phraseOf } from './claim.js';
import type { Factors } from './factors.js';
import type { Facts } from './facts.js';
import { onsetCites } from './impact.js';
import type { Claim, TimelineEntry } from './postmortem.js';

/** The longest timeline; beyond it, what matters least is left out. */
const MOST_ENTRIES = 60;

/** An entry with how much it matters: 0 belongs into every timeline. */
interface Weighed extends TimelineEntry {
  readonly place: 0 | 1 | 2;
}

function entry(
  at: Instant,
  place: Weighed['place'],
  what: string,
  path: string,
  cites: readonly string[] = [],
): Weighed {
  return { at, place, ...claim(ended(what), [path, ...cites], path) };
}

function ofOnset(facts: Facts): readonly Weighed[] {
  const { onsetAt, metric, service, title } = facts.incident;
  if (onsetAt === undefined) return [];
  const what = metric === undefined ? title : `${metric} of ${service}`;
  const [path = facts.record, ...rest] = onsetCites(facts);
  return [entry(onsetAt, 0, `Onset: ${what} began to change`, path, rest)];
}

/** Its own states, each that differs from the one before. */
function ofRecords({ records, incident }: Facts): readonly Weighed[] {
  return records.flatMap((record, index) => {
    const before = records[index - 1];
    const path = pathOfEvent(record);
    const told: Weighed[] = [];
    if (before === undefined) told.push(entry(record.at, 0, `Incident opened: ${record.title}`, path));
    if (before?.state === 'resolved' && record.state === 'open') {
      told.push(entry(record.at, 0, 'Incident opened again, since its alert fired again', path));
    }
    if (record.analysis > (before?.analysis ?? 0)) {
      told.push(entry(record.at, 2, `Analysis ${record.analysis} came to a new result`, path));
    }
    if (record.state === 'resolved' && before?.state !== 'resolved') {
      const how =
        incident.closed === undefined
          ? 'all its alerts were cleared'
          : `closed by ${personOf(incident.closed)}`;
      told.push(entry(record.endsAt ?? record.at, 0, `Incident resolved: ${how}`, path));
    }
    return told;
  });
}

function ofPeople({ incident }: Facts): readonly Weighed[] {
  const said = (message: string | undefined): string => (message === undefined ? '' : `: ${message}`);
  const taken = incident.acknowledgements.map((one) =>
    entry(one.at, 0, `Acknowledged by ${personOf(one)}${said(one.message)}`, one.receipt),
  );
  const judgements = incident.verdicts.map((one) =>
    one.judgement === 'other'
      ? entry(one.at, 0, `Verdict: ${personOf(one)} named another cause: ${one.cause.title}`, one.receipt)
      : entry(one.at, 0, `Verdict: ${personOf(one)} ${one.judgement}: ${one.candidate.title}`, one.receipt, [
          one.candidate.receipt,
        ]),
  );
  return [...taken, ...judgements];
}

/** What the analysis, or a person, made of a change, in brackets. */
function markOf(path: string, { factors, ruledOutCauses }: Factors): string {
  if (factors.some(({ lead }) => lead?.cause === path)) return ' (contributing factor)';
  return ruledOutCauses.has(path) ? ' (ruled out)' : '';
}

function ofChanges({ changes }: Facts, factors: Factors): readonly Weighed[] {
  return changes.events.map((event) => {
    const path = pathOfEvent(event);
    const mark = markOf(path, factors);
    return entry(
      event.at,
      mark === ' (contributing factor)' ? 0 : mark === '' ? 2 : 1,
      `${phraseOf(event)}${mark}`,
      path,
    );
  });
}

/** Changes that are blamed though they lie before the hour that is told of. */
function ofEarlierCauses({ changes }: Facts, { factors }: Factors): readonly Weighed[] {
  const told = new Set(changes.events.map(pathOfEvent));
  return factors.flatMap(({ lead }) => {
    const named = lead?.cause === undefined || told.has(lead.cause) ? undefined : parsePath(lead.cause);
    if (lead?.cause === undefined || named?.type !== 'event') return [];
    return [entry(named.at, 0, `${lead.title} (contributing factor)`, lead.cause)];
  });
}

function keyOf(event: EventReceipt<'failure' | 'circuit_opened' | 'circuit_closed'>): string {
  const reason = event.kind === 'failure' ? event.reason : '';
  return JSON.stringify([event.kind, event.service, event.component, reason]);
}

/** Failures and circuits: the first of each sort, with how many there were. */
function ofTroubles({ troubles }: Facts): readonly Weighed[] {
  const sorts = new Map<string, Facts['troubles']['events'][number][]>();
  for (const event of troubles.events) {
    const key = keyOf(event);
    sorts.set(key, [...(sorts.get(key) ?? []), event]);
  }
  return [...sorts.values()].flatMap((events) => {
    const [first] = events;
    if (first === undefined) return [];
    const last = events.at(-1);
    const times = events.length === 1 ? '' : ` (the first of ${events.length} times)`;
    const cites = last === undefined || last === first ? [] : [pathOfEvent(last)];
    return [entry(first.at, 1, `${phraseOf(first)}${times}`, pathOfEvent(first), cites)];
  });
}

function ofAlerts({ alerts, cleared }: Facts): readonly Weighed[] {
  return [
    ...alerts.map((alert) => entry(alert.startsAt ?? alert.at, 0, phraseOf(alert), pathOfEvent(alert))),
    ...cleared.map((alert) => entry(alert.endsAt ?? alert.at, 1, phraseOf(alert), pathOfEvent(alert))),
  ];
}

/** When effects of a change began. */
function ofEffects({ factors }: Factors): readonly Weighed[] {
  return factors.flatMap(({ lead, followers }) =>
    [...(lead === undefined || lead.causeKind !== 'metric' ? [] : [lead]), ...followers].flatMap((one) => {
      const { onsetAt, title, supporting, receipt } = one;
      if (onsetAt === undefined) return [];
      const [path = receipt] = supporting[0]?.cites ?? [];
      return [entry(onsetAt, 1, title, path)];
    }),
  );
}

function byTime(a: Weighed, b: Weighed): number {
  return a.at - b.at || a.place - b.place || a.sentence.localeCompare(b.sentence, 'en');
}

/** What is known of the order of events, and a note where it is not all told. */
export function timelineOf(
  facts: Facts,
  factors: Factors,
): { readonly entries: readonly TimelineEntry[]; readonly note: Claim | undefined } {
  const all = [
    ...ofOnset(facts),
    ...ofRecords(facts),
    ...ofPeople(facts),
    ...ofChanges(facts, factors),
    ...ofEarlierCauses(facts, factors),
    ...ofTroubles(facts),
    ...ofAlerts(facts),
    ...ofEffects(factors),
  ];
  // An effect that is an event itself is told of once.
  const once = new Map(all.toReversed().map((one) => [`${one.at} ${one.sentence}`, one] as const));
  const kept = [...once.values()]
    .toSorted((a, b) => a.place - b.place || byTime(a, b))
    .slice(0, MOST_ENTRIES);
  const entries = kept.toSorted(byTime).map(({ place, ...rest }) => rest);
  const left = once.size - entries.length;
  const more = facts.changes.more || facts.troubles.more ? ' More was recorded than was read.' : '';
  if (left === 0 && more === '') return { entries, note: undefined };
  const sentence = `${left} further entries of less weight are left out here.${more}`;
  return { entries, note: claim(sentence, [], facts.record) };
}
