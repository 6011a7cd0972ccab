/** Changes and alerts as marks on an axis of time. */
import type { Happening, Lane } from '../charts/lanes.js';
import type { EventKind, RecentHappeningsQuery } from '../generated/graphql.js';
import { documentPath } from '../paths.js';

const LANES: readonly (readonly [label: string, kinds: readonly EventKind[]])[] = [
  ['Deployments', ['deployment']],
  ['Configuration', ['config_change']],
  ['Flags', ['flag_change']],
  ['Experiments', ['experiment_started', 'experiment_ended']],
];

type Changes = RecentHappeningsQuery['changes']['nodes'];
type Alerts = RecentHappeningsQuery['alerts']['nodes'];

function ofChange({ at, title, service, receipt }: Changes[number]): Happening {
  const where = service === null || title.includes(service) ? '' : ` of ${service}`;
  return {
    ...{ id: receipt.iri, at: Date.parse(at), href: documentPath(receipt.iri), tone: 'accent' },
    title: `${title}${where}`,
  };
}

function ofAlert({ firedAt, name, severity, service, summary, receipt }: Alerts[number]): Happening {
  const isBad = ['critical', 'page', 'error', 'high'].includes(severity.toLowerCase());
  return {
    ...{ id: receipt.iri, at: Date.parse(firedAt), href: documentPath(receipt.iri) },
    tone: isBad ? 'bad' : 'strained',
    title: [`${name} (${severity})`, service === null ? '' : `on ${service}`, summary ?? '']
      .filter(Boolean)
      .join(', '),
  };
}

/** A lane for each sort of change, and one for alerts. */
export function lanesOf({ changes, alerts }: RecentHappeningsQuery): readonly Lane[] {
  return [
    ...LANES.map(([label, kinds]) => ({
      label,
      happenings: changes.nodes.filter(({ kind }) => kinds.includes(kind)).map(ofChange),
    })),
    { label: 'Alerts', happenings: alerts.nodes.map(ofAlert) },
  ];
}

/** What is left out of the lanes, as a sentence; undefined when nothing is. */
export function leftOutOf({ changes, alerts }: RecentHappeningsQuery): string | undefined {
  const all = [
    changes.pageInfo.hasNextPage ? 'changes' : '',
    alerts.pageInfo.hasNextPage ? 'alerts' : '',
  ].filter(Boolean);
  return all.length === 0
    ? undefined
    : `Only the newest 100 ${all.join(' and the newest 100 ')} of this span are shown.`;
}
