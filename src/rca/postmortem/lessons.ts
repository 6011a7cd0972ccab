/** What went well, what went poorly and where luck helped: only what the evidence shows; the rest is for people. */
import { MINUTE_MS, pathOf, pathOfEvent, SECOND_MS } from '../../model/index.js';
import { claim, duration, ended, personOf } from './claim.js';
import type { Factors } from './factors.js';
import type { Facts } from './facts.js';
import { callersOf, onsetCites } from './impact.js';
import type { Claim } from './postmortem.js';

/** After how long an alert that nobody acknowledged is a fault of its own. */
const ACKNOWLEDGE_WITHIN_MS = 30 * MINUTE_MS;

/** Lessons by their sort. */
export interface Lessons {
  readonly well: readonly Claim[];
  readonly poorly: readonly Claim[];
  readonly lucky: readonly Claim[];
}

const NONE: Lessons = { well: [], poorly: [], lucky: [] };

/** How soon it was detected, against the target and the alert threshold of `andon_mttd_secs`. */
function ofDetection(facts: Facts): Lessons {
  const { incident, record, sources } = facts;
  const { onsetAt, startsAt, alerts } = incident;
  const { target, alert } = sources.detection;
  if (onsetAt === undefined) return NONE;
  const took = Math.max(0, startsAt - onsetAt);
  const cites = [...onsetCites(facts), ...alerts.slice(0, 1)];
  const told = `It was detected ${duration(took)} after its onset`;
  if (target !== undefined && took <= target) {
    return {
      ...NONE,
      well: [claim(`${told}, within the target of ${target / SECOND_MS} s.`, cites, record)],
    };
  }
  if (alert === undefined || took <= alert) return NONE;
  return {
    ...NONE,
    poorly: [claim(`${told}, past the threshold of ${alert / SECOND_MS} s.`, cites, record)],
  };
}

function ofAcknowledgement({ incident, evidenceUntil, record, alerts }: Facts): Lessons {
  const { startsAt, endsAt } = incident;
  const [first] = incident.acknowledgements;
  const alert = alerts[0] === undefined ? record : pathOfEvent(alerts[0]);
  const waited = (first?.at ?? endsAt ?? evidenceUntil) - startsAt;
  if (first !== undefined && waited <= ACKNOWLEDGE_WITHIN_MS) {
    const sentence = `${personOf(first)} acknowledged it ${duration(waited)} after it was detected.`;
    return { ...NONE, well: [claim(sentence, [first.receipt, alert], record)] };
  }
  if (waited <= ACKNOWLEDGE_WITHIN_MS) return NONE;
  const until = first === undefined ? 'No acknowledgement is recorded for' : 'It was acknowledged only after';
  const cites = first === undefined ? [alert, record] : [first.receipt, alert];
  return { ...NONE, poorly: [claim(`${until} ${duration(waited)}.`, cites, record)] };
}

function ofRunbooks({ runbooks, incident, record }: Facts): Lessons {
  const [match] = runbooks.matches;
  if (match === undefined) {
    return { ...NONE, poorly: [claim('No runbook matches it.', [], record)] };
  }
  const known = match.runbook;
  const path = known === undefined ? incident.alerts[0] : pathOf({ type: 'runbook', name: known.name });
  const title = known === undefined ? (match.type === 'named' ? match.url : '') : known.title;
  const candidate = match.type === 'matched' ? match.candidate?.receipt : undefined;
  const sentence = `A runbook was there for it, ${title}. ${ended(match.reason)}`;
  return { ...NONE, well: [claim(sentence, [path, candidate], record)] };
}

function ofCircuits({ troubles }: Facts): Lessons {
  const opened = troubles.events.find(({ kind }) => kind === 'circuit_opened');
  if (opened === undefined) return NONE;
  const where = opened.service === undefined ? '' : ` of ${opened.service}`;
  const sentence = `The circuit ${opened.component}${where} opened and kept further calls away.`;
  return { ...NONE, well: [claim(sentence, [pathOfEvent(opened)], pathOfEvent(opened))] };
}

/** What analysis lacked, and whether it opened again after it had been taken for resolved. */
function ofEvidence({ incident, record, reach, records }: Facts): Lessons {
  const missing = incident.missing.map((sentence) => claim(ended(sentence), [], record));
  const unknown =
    reach !== undefined && !reach.graphKnown && missing.length === 0
      ? [claim('No dependency between services is recorded.', [], record)]
      : [];
  const again = records.find(
    ({ state }, index) => state === 'open' && records[index - 1]?.state === 'resolved',
  );
  const flapped =
    again === undefined
      ? []
      : [claim('It was taken for resolved and went on.', [pathOfEvent(again)], record)];
  return { ...NONE, poorly: [...missing, ...unknown, ...flapped] };
}

/** An end that nothing recorded explains is luck until somebody knows better; so is a caller that did not suffer. */
function ofLuck(facts: Facts): Lessons {
  const { incident, changes, reach, record } = facts;
  const { endsAt, startsAt } = incident;
  const { hit, spared } = callersOf(facts);
  const remedy = changes.events.find(({ at }) => at >= startsAt && at <= (endsAt ?? startsAt));
  const unexplained =
    endsAt === undefined || remedy !== undefined || reach === undefined
      ? []
      : [
          claim(
            'It ended although no change within its reach is recorded between its detection and its end, so that what ended it is not known.',
            [],
            record,
          ),
        ];
  return { ...NONE, lucky: [...unexplained, ...(hit.length === 0 ? [] : spared.slice(0, 3))] };
}

/** A change that was taken back before the end. */
function ofRemedy({ changes, incident, record }: Facts, { factors }: Factors): Lessons {
  const { startsAt, endsAt } = incident;
  const services = new Set(factors.flatMap(({ lead }) => lead?.service ?? []));
  const back = changes.events.find(
    (event) =>
      event.kind === 'deployment' &&
      event.action === 'rolledback' &&
      services.has(event.service ?? '') &&
      event.at >= startsAt &&
      event.at <= (endsAt ?? event.at),
  );
  if (back === undefined) return NONE;
  const sentence = `${back.service} was rolled back ${duration(back.at - startsAt)} after the detection.`;
  return { ...NONE, well: [claim(sentence, [pathOfEvent(back)], record)] };
}

/** What the evidence shows of how the incident was met. */
export function lessonsOf(facts: Facts, factors: Factors): Lessons {
  const found = [
    ofDetection(facts),
    ofAcknowledgement(facts),
    ofRunbooks(facts),
    ofCircuits(facts),
    ofRemedy(facts, factors),
    ofEvidence(facts),
    ofLuck(facts),
  ];
  return {
    well: found.flatMap(({ well }) => well),
    poorly: found.flatMap(({ poorly }) => poorly),
    lucky: found.flatMap(({ lucky }) => lucky),
  };
}
