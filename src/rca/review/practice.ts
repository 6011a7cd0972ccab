/** How alerting and measuring worked, and what came of improvements and experiments. */
import { type Holding, type JudgedImprovement, STALLED_MS, type WeekFigures } from '../../analysis/index.js';
import { DAY_MS, formatInstant, pathOf, pathOfEvent } from '../../model/index.js';
import { duration, ended } from '../postmortem/claim.js';
import type { ReviewClaim } from './review.js';
import { many, number, ofService, over, said, where } from './words.js';

/** So many sentences of one sort are told, at most; a last one says how many more there are. */
const MOST_OF_A_SORT = 5;

function shortened<T>(
  items: readonly T[],
  tell: (item: T) => ReviewClaim,
  rest: (more: number) => ReviewClaim,
) {
  const told = items.slice(0, MOST_OF_A_SORT).map(tell);
  return items.length > MOST_OF_A_SORT ? [...told, rest(items.length - MOST_OF_A_SORT)] : told;
}

/** How many alerts there were, and which of them were no help. */
export function alertClaims({ alerts, firedBefore, window }: WeekFigures): readonly ReviewClaim[] {
  const { fired, days, busiestMinute, flapping, unattended, together, thresholds } = alerts;
  const fatigue = over('alerts/fatigue', window);
  const loudest = alerts.alerts.slice(0, 3);
  const overfull = days.filter((day) => day.fired > 50).length;
  const busiest =
    busiestMinute === undefined
      ? ''
      : `; at most ${busiestMinute.fired} in a minute, at ${formatInstant(busiestMinute.from).slice(0, 16)}Z`;
  const loud =
    loudest.length === 0
      ? ''
      : ` Most often: ${loudest.map((one) => `${one.name} of ${where(one.service)} (${one.fired})`).join(', ')}.`;
  const count = said(
    `${many(fired, 'alert')} fired, ${firedBefore} in the same part of the week before; over 50 on ${many(overfull, 'day')}${busiest}.${loud}`,
    loudest.map(({ latest }) => pathOfEvent(latest)),
    fatigue,
  );
  const more = (what: string) => (count: number) => said(`${count} more ${what}.`, [], fatigue);
  return [
    count,
    ...shortened(
      flapping,
      ({ name, service, hour, fired: times }) =>
        said(
          `${name} of ${where(service)} flapped: ${times} times within the hour of ${formatInstant(hour).slice(0, 16)}Z.`,
          [ofService(service)],
          fatigue,
        ),
      more('alerts flapped'),
    ),
    ...shortened(
      unattended,
      ({ incident, waitedMs, wasTakenOn }) =>
        said(
          `“${incident.title}” had nobody for ${duration(waitedMs)}${wasTakenOn ? ' until somebody took it on' : ''}.`,
          [pathOf({ type: 'incident', id: incident.incident })],
        ),
      more('incidents waited for over 30 minutes'),
    ),
    ...shortened(
      together,
      ({ service, incidents, surplus }) =>
        said(
          `${many(surplus, 'alert')} on ${where(service)} told of a cause that another alert had told of, in ${many(incidents.length, 'incident')}.`,
          incidents.slice(0, 3).map((id) => pathOf({ type: 'incident', id })),
        ),
      more('services had several alerts of one cause'),
    ),
    ...thresholds.map(({ name, slo, receipt, threshold }) =>
      said(`${name} fires at ${number(threshold)}, the target of ${slo.slo} itself.`, [
        receipt,
        pathOf({ type: 'slo', name: slo.slo }),
      ]),
    ),
  ];
}

const holdings: Readonly<Record<Holding, string>> = {
  held: 'it holds',
  'not-held': 'it does not hold',
  'not-enough-data': 'whether it holds is not known yet',
};

function improvementClaim({ improvement, measure }: JudgedImprovement): ReviewClaim {
  const { title, source, owner, metric, service, doneAt, receipts, surprise, id } = improvement;
  const { holding, comparison, missing } = measure;
  // What its author recorded stands where nothing could be measured.
  const { medianBefore = improvement.before, medianAfter = improvement.after } = comparison ?? {};
  const by = owner === undefined ? '' : ` by ${owner}`;
  const when = doneAt === undefined ? '' : `, ${formatInstant(doneAt).slice(0, 10)}`;
  const moved =
    metric === undefined || medianBefore === undefined || medianAfter === undefined
      ? ''
      : ` ${metric} went from ${number(medianBefore)} to ${number(medianAfter)}.`;
  const why = missing === undefined ? '' : ` ${missing}`;
  const surprising = surprise === undefined ? '' : ` Surprising: ${ended(surprise)}`;
  const what = source === 'experiment' ? `Experiment ${id}, “${title}”` : `“${title}”`;
  return said(
    `${what} (${improvement.state.replace('_', ' ')}${by}${when}): ${holdings[holding]}.${moved}${why}${surprising}`,
    [...receipts.map(pathOfEvent), ofService(service)],
  );
}

/** What was improved and whether it held, and the experiments that ended. */
export function improvementClaims(figures: WeekFigures): readonly ReviewClaim[] {
  const { improvements, improvementsBefore, window } = figures;
  const question = over('correlation/around-time', window);
  const done =
    improvements.length === 0
      ? [said('No improvement was done and no experiment ended.', [], question)]
      : improvements.map(improvementClaim);
  const held = improvementsBefore.filter(({ measure }) => measure.holding === 'held').length;
  const lost = improvementsBefore.filter(({ measure }) => measure.holding === 'not-held');
  if (improvementsBefore.length === 0) return done;
  const before = said(
    `Of ${many(improvementsBefore.length, 'improvement')} of the four weeks before, ${held} hold and ${lost.length} do not.`,
    improvementsBefore.slice(0, 3).flatMap(({ improvement }) => improvement.receipts.map(pathOfEvent)),
    question,
  );
  return [...done, before, ...lost.map(improvementClaim)];
}

/** What is missing, so that nobody takes silence for good news. */
export function missingClaims({
  coverage,
  gaps,
  alerts,
  window,
  slos,
  health,
}: WeekFigures): readonly ReviewClaim[] {
  const stalled = { pack: 'series/stalled', parameters: stalledSince(window) };
  const unscored = health.filter(({ service, score }) => service !== undefined && score === undefined);
  const unknown = slos.filter(({ state }) => state === 'unknown');
  const claims = [
    ...shortened(
      coverage,
      ({ service, hours, hoursWithData }) =>
        said(`${service} has tasks, failures or queue readings in ${hoursWithData} of ${hours} hours.`, [
          ofService(service),
        ]),
      (more) => said(`${more} more services lack them in some hours.`, [], stalled),
    ),
    ...shortened(
      gaps,
      ({ service, metric, from, until }) =>
        said(
          `${metric} of ${where(service)}, which an objective holds, was silent from ${formatInstant(from).slice(0, 16)}Z ${until === undefined ? 'on' : `to ${formatInstant(until).slice(0, 16)}Z`}.`,
          [ofService(service)],
          stalled,
        ),
      (more) => said(`${more} more gaps of metrics that objectives hold.`, [], stalled),
    ),
    ...(unscored.length === 0
      ? []
      : [
          said(
            `${many(unscored.length, 'service')} have too little data for a score.`,
            unscored.slice(0, 5).map(({ service }) => ofService(service)),
          ),
        ]),
    ...unknown.map(({ slo, coverage: share }) =>
      said(`${slo.slo} has data for ${number(share * 100)} % of its window, too little to judge it.`, [
        pathOf({ type: 'slo', name: slo.slo }),
      ]),
    ),
    ...(alerts.fired === 0
      ? [
          said(
            'No alert fired: either nothing was wrong, or nothing watches.',
            [],
            over('alerts/fatigue', window),
          ),
        ]
      : []),
  ];
  return claims.length === 0 ? [said('Nothing is known to be missing.', [], stalled)] : claims;
}

/** The last day of a window, and what has been silent at its end. */
function stalledSince({ to }: WeekFigures['window']): Readonly<Record<string, string>> {
  return {
    since: new Date(to - DAY_MS).toISOString(),
    silentSince: new Date(to - STALLED_MS).toISOString(),
  };
}
