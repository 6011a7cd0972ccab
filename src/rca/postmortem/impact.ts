/** What an incident did: for how long, to which services, and to their objectives. */
import { pathOf, pathOfEvent } from '../../model/index.js';
import { citesOf, shiftArgument } from '../explain.js';
import { byStrength, type Finding } from '../onset.js';
import { claim, dayTime, duration } from './claim.js';
import type { Factors } from './factors.js';
import type { Facts } from './facts.js';
import { objectiveClaim } from './objectives.js';
import type { Claim } from './postmortem.js';

/** Callers that are told of one by one. */
const MOST_CALLERS = 20;

/** The receipt that shows the onset: the first of the problem of the why chain, else the record. */
export function onsetCites({ incident, record }: Facts): readonly string[] {
  const cites = incident.why?.cites ?? [];
  return cites.length === 0 ? [record] : cites.slice(0, 1);
}

/** The record that says that it is over. */
function endRecord({ records, record }: Facts): string {
  const last = records.findLast(({ state }) => state === 'resolved');
  return last === undefined ? record : pathOfEvent(last);
}

function lasted(facts: Facts): Claim {
  const { incident, window, evidenceUntil, record } = facts;
  const { endsAt, onsetAt, startsAt } = incident;
  const since = `${onsetAt === undefined ? 'was first seen' : 'began'} at ${dayTime(window.from)}`;
  const cites = onsetAt === undefined ? incident.alerts.slice(0, 1) : onsetCites(facts);
  return endsAt === undefined
    ? claim(`It ${since} and still went on at ${dayTime(evidenceUntil)}.`, [...cites, record], record)
    : claim(
        `It ${since} and ended at ${dayTime(endsAt)}: ${duration(endsAt - Math.min(onsetAt ?? startsAt, startsAt))}.`,
        [...cites, endRecord(facts)],
        record,
      );
}

function detected(facts: Facts): readonly Claim[] {
  const { incident, record } = facts;
  const { onsetAt, startsAt, endsAt, alerts } = incident;
  const toDetect =
    onsetAt === undefined
      ? claim('How long it took to be detected is not known: no onset was found.', [], record)
      : claim(
          `It was detected ${startsAt <= onsetAt ? 'no later than its onset' : `${duration(startsAt - onsetAt)} after its onset`}.`,
          [...onsetCites(facts), ...alerts.slice(0, 1)],
          record,
        );
  if (endsAt === undefined) return [toDetect];
  const toResolve = `It was resolved ${duration(endsAt - startsAt)} after it was detected.`;
  return [toDetect, claim(toResolve, [...alerts.slice(0, 1), endRecord(facts)], record)];
}

/** What was found on a caller itself: what got worse most, else that it failed or alerted. */
function symptomOf(caller: string, { callerFindings, troubles, alerts }: Facts): Claim | undefined {
  const findings = callerFindings.filter(({ service }) => service === caller);
  const [worst]: readonly Finding[] = findings.toSorted(byStrength);
  if (worst !== undefined) {
    const { sentence, cites } = shiftArgument(worst);
    return claim(sentence, cites, citesOf(worst)[0] ?? pathOf({ type: 'service', name: caller }));
  }
  const failed = troubles.events.filter(
    ({ service, kind }) => service === caller && kind !== 'circuit_closed',
  );
  const [first] = failed;
  if (first !== undefined) {
    const times = failed.length === 1 ? 'once' : `${failed.length} times`;
    const sentence = `${caller} recorded failures ${times} while it went on.`;
    return claim(sentence, failed.slice(0, 3).map(pathOfEvent), pathOfEvent(first));
  }
  const alert = alerts.find(({ service }) => service === caller);
  return (
    alert && claim(`${caller} raised the alert ${alert.name}.`, [pathOfEvent(alert)], pathOfEvent(alert))
  );
}

/** A caller without a symptom of its own, by the receipt that it calls. */
function unaffected(caller: string, facts: Facts): Claim {
  const { dependencies, incident } = facts;
  const service = pathOf({ type: 'service', name: caller });
  const edge =
    dependencies.find((one) => one.caller === caller && one.callee === incident.service) ??
    dependencies.find((one) => one.caller === caller);
  const sentence = `${caller} depends on ${incident.service}, and no symptom of its own was found.`;
  return claim(sentence, [edge && pathOfEvent(edge.receipt)], service);
}

/** Callers with a symptom of their own, and callers without. */
export function callersOf(facts: Facts): {
  readonly hit: readonly Claim[];
  readonly spared: readonly Claim[];
} {
  const callers = [...(facts.reach?.callers ?? [])].sort();
  const told = callers.map((caller) => ({ caller, symptom: symptomOf(caller, facts) }));
  return {
    hit: told.flatMap(({ symptom }) => symptom ?? []).slice(0, MOST_CALLERS),
    spared: told.flatMap(({ caller, symptom }) => (symptom === undefined ? [unaffected(caller, facts)] : [])),
  };
}

function callerClaims(facts: Facts): readonly Claim[] {
  const { reach, record, incident } = facts;
  const { hit, spared } = callersOf(facts);
  const service = incident.service ?? '';
  if (reach === undefined) return [];
  const path = pathOf({ type: 'service', name: service });
  if (!reach.graphKnown) {
    const sentence = 'Which services depend on it is not known, since no dependency is recorded.';
    return [claim(sentence, [record, path], record)];
  }
  if (reach.callers.size === 0) {
    return [claim(`No service is recorded that calls ${service}.`, [path], record)];
  }
  const left = hit.length + spared.length - MOST_CALLERS;
  const shown = [...hit, ...spared].slice(0, MOST_CALLERS);
  if (left <= 0) return shown;
  return [...shown, claim(`${left} further services call it.`, [path], record)];
}

/** How long it lasted, how soon it was detected and resolved, and who felt it. */
export function impactOf(facts: Facts): readonly Claim[] {
  return [lasted(facts), ...detected(facts), ...callerClaims(facts)];
}

/** The services on whose objectives it may have had an effect. */
function touched({ incident, reach, alerts }: Facts, { factors }: Factors): ReadonlySet<string> {
  const named = [
    incident.service,
    ...(reach?.callers ?? []),
    ...alerts.map(({ service }) => service),
    ...factors.map(({ lead }) => lead?.service),
  ];
  return new Set(named.flatMap((name) => (name === undefined || name === '' ? [] : [name])));
}

/** What it did to the objectives of the services that it touched. Fails as the store does. */
export async function objectivesOf(facts: Facts, factors: Factors): Promise<readonly Claim[]> {
  const { sources, window, record } = facts;
  const services = touched(facts, factors);
  const slos = sources.graph.slos().filter(({ service }) => service !== undefined && services.has(service));
  if (slos.length === 0) {
    const names = [...services].sort();
    const some =
      names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
    const sentence = `No objective is defined for ${some === '' ? 'what it touched' : some}.`;
    const cites = names.slice(0, 5).map((name) => pathOf({ type: 'service', name }));
    return [claim(sentence, cites, record)];
  }
  return await Promise.all(slos.map((slo) => objectiveClaim(sources.store, slo, window)));
}
