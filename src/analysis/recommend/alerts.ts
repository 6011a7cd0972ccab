/** What to do about alerts that tire people, or that nobody takes on. */
import { DAY_MS, formatInstant, pathOf, pathOfEvent } from '../../model/index.js';
import type { FiredAlert } from '../hygiene/alert-counts.js';
import { type AlertHygiene, alertRules } from '../hygiene/alerts.js';
import { ask, type Findings, figure, lasting, listed, servicePath, things, whereOf } from './findings.js';
import type { Proposal } from './recommendation.js';

const share = (part: number, whole: number): number => (whole === 0 ? 0 : (part / whole) * 100);

const serviceOf = (service: string | undefined) => (service === undefined ? {} : { service });

const alertPath = ({ latest }: FiredAlert): string => pathOfEvent(latest);

/** Alerts as people name them: with their service, where it is not said already. */
const nameOf = ({
  name,
  service,
}: {
  readonly name: string;
  readonly service: string | undefined;
}): string => (service === undefined ? name : `${name} of ${service}`);

const fatigue = ({ window: { from, to } }: AlertHygiene) => ask('alerts/fatigue', { since: from, until: to });

function fromVolume(hygiene: AlertHygiene): readonly Proposal[] {
  const { fired, window, alerts } = hygiene;
  const days = Math.max(1, (window.to - window.from) / DAY_MS);
  const perDay = fired / days;
  if (perDay <= alertRules.perDay) return [];
  const loudest = alerts.slice(0, 3);
  const loud = loudest.reduce((sum, one) => sum + one.fired, 0);
  return [
    {
      ...{ source: 'alert-volume', subject: 'per-day', priority: 2, effort: 'medium' },
      title: `${figure(perDay)} alerts fired a day, over ${alertRules.perDay}; ${figure(share(loud, fired))} % of them were ${listed(loudest.map(nameOf))}`,
      action:
        'Raise the thresholds of the loudest ones, ask that they hold for some minutes, or join them with what users feel.',
      evidence: [...things(loudest.map(alertPath)), fatigue(hygiene)],
      expectedGainPercent: share(fired - alertRules.perDay * days, fired),
      gainBasis: `The share of the alerts that is over ${alertRules.perDay} a day.`,
    },
  ];
}

function fromStorms(hygiene: AlertHygiene): readonly Proposal[] {
  const { storms, busiestMinute, fired, alerts } = hygiene;
  if (storms.length === 0 || busiestMinute === undefined) return [];
  const surplus = storms.reduce((sum, minute) => sum + minute.fired - alertRules.perMinute, 0);
  const { from } = busiestMinute;
  return [
    {
      ...{ source: 'alert-storm', subject: 'per-minute', priority: 2, effort: 'medium' },
      title: `${busiestMinute.fired} alerts fired within the minute of ${formatInstant(from)}; over ${alertRules.perMinute} in ${storms.length} ${storms.length === 1 ? 'minute' : 'minutes'}`,
      action: 'Group alerts by what they have in common, and inhibit those that follow from another one.',
      evidence: [...things(alerts.slice(0, 3).map(alertPath)), fatigue(hygiene)],
      expectedGainPercent: share(surplus, fired),
      gainBasis: `The share of the alerts that is over ${alertRules.perMinute} a minute.`,
    },
  ];
}

function fromFlapping(hygiene: AlertHygiene): readonly Proposal[] {
  return hygiene.flapping.map((flapping) => {
    const { name, service, fired, hour, firedInAll } = flapping;
    const same = hygiene.alerts.filter((one) => one.name === name && one.service === service);
    return {
      ...{ source: 'alert-flapping', subject: name, priority: 3, effort: 'small', ...serviceOf(service) },
      title: `${nameOf(flapping)} flaps: it fired ${fired} times within the hour of ${formatInstant(hour)}`,
      action:
        'Ask that its condition holds for some minutes before it fires (`for`) and after (`keep_firing_for`), or smooth what it looks at.',
      evidence: [...things([...same.map(alertPath), ...servicePath(service)]), fatigue(hygiene)],
      expectedGainPercent: share(firedInAll - 1, hygiene.fired),
      gainBasis: 'The share of all alerts that were this one coming back.',
    };
  });
}

function fromTogether({ together, fired }: AlertHygiene, { at }: Findings): readonly Proposal[] {
  return together.map(({ service, incidents, alerts, surplus }) => {
    const paths = incidents.map((id) => pathOf({ type: 'incident', id }));
    const last = incidents.at(-1);
    return {
      ...{
        source: 'alerts-of-one-cause',
        subject: 'incidents',
        priority: 3,
        effort: 'small',
        ...serviceOf(service),
      },
      title: `One cause sets off several alerts on ${whereOf(service)}: ${listed(alerts.map(nameOf))}, in ${incidents.length} ${incidents.length === 1 ? 'incident' : 'incidents'}`,
      action: 'Keep the one that users feel, and let it inhibit the others or turn them into tickets.',
      evidence: [
        ...things([...paths, ...servicePath(service)]),
        ...(last === undefined ? [] : [ask('incident/evidence', { incident: last })]),
      ],
      expectedGainPercent: share(surplus, Math.max(fired, surplus)),
      gainBasis: `The share of the alerts that told of a cause that another one had told of, up to ${formatInstant(at)}.`,
    };
  });
}

function fromThresholds({ thresholds, alerts, fired }: AlertHygiene): readonly Proposal[] {
  return thresholds.map((tight) => {
    const { name, service, metric, threshold, slo, receipt } = tight;
    const own = alerts.find((one) => one.name === name && one.service === service)?.fired ?? 0;
    return {
      ...{ source: 'alert-threshold', subject: `${name} ${slo.slo}`, metric, priority: 3, effort: 'small' },
      ...serviceOf(service),
      title: `${nameOf(tight)} fires at ${figure(threshold)}, which is the target of ${slo.slo}: when it fires, the objective is missed already`,
      action:
        'Alert on how fast the error budget burns instead (`genchi slo rules`), or well before the target is reached.',
      evidence: things([receipt, pathOf({ type: 'slo', name: slo.slo }), pathOfEvent(slo)]),
      expectedGainPercent: share(own, fired),
      gainBasis: 'The share of all alerts that this one was.',
    };
  });
}

function fromUnattended({ unattended }: AlertHygiene): readonly Proposal[] {
  return unattended.map(({ incident, waitedMs, isOpen, wasTakenOn }) => {
    const { incident: id, service, title, severity, cites } = incident;
    const isWaiting = isOpen && !wasTakenOn;
    const waited = lasting(waitedMs);
    return {
      ...{ source: 'alert-unacknowledged', subject: id, effort: 'small', ...serviceOf(service) },
      priority: isWaiting ? (severity.toLowerCase() === 'critical' ? 1 : 2) : 4,
      title: isWaiting
        ? `Nobody has taken on “${title}” for ${waited}`
        : `“${title}” had nobody for ${waited}`,
      action: isWaiting
        ? `Take it on (\`genchi incidents ack ${id}\`) or escalate it; where it needs nobody, its alert need not fire.`
        : 'Escalate sooner, or take away the alert: what may wait so long need not wake anybody.',
      evidence: things([pathOf({ type: 'incident', id }), ...cites.slice(0, 3), ...servicePath(service)]),
      expectedGainPercent: share(waitedMs - alertRules.unattendedMs, waitedMs),
      gainBasis: 'The share of its wait that is over 30 minutes.',
    };
  });
}

/** What alerting asks for. */
export function fromAlerts(findings: Findings): readonly Proposal[] {
  const { alerts } = findings;
  return [
    ...fromUnattended(alerts),
    ...fromVolume(alerts),
    ...fromStorms(alerts),
    ...fromFlapping(alerts),
    ...fromTogether(alerts, findings),
    ...fromThresholds(alerts),
  ];
}
