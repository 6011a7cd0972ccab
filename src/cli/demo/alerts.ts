import { formatInstant, type Instant, SECOND_MS, shift } from '../../model/index.js';
import type { ServiceState, ShopState } from './simulate.js';

/** An alerting rule of the shop: what is watched on which service. */
interface Rule {
  readonly name: string;
  readonly service: string;
  readonly severity: 'critical' | 'warning';
  readonly expression: string;
  readonly summary: string;
  readonly holds: (state: ServiceState) => boolean;
}

/** The service on which the outage is seen first. */
export const SYMPTOM_SERVICE = 'frontend';

const rules: readonly Rule[] = [
  {
    name: 'FrontendSlow',
    service: SYMPTOM_SERVICE,
    severity: 'critical',
    expression:
      'histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{service="frontend"}[1m]))) > 1.5',
    summary: 'The slowest hundredth of the shop’s pages takes over 1.5 s',
    holds: ({ latency }) => latency.p99Ms > 1_500,
  },
  {
    name: 'CheckoutFailing',
    service: 'checkout',
    severity: 'critical',
    expression:
      'sum(rate(http_requests_total{service="checkout",code="500"}[1m])) / sum(rate(http_requests_total{service="checkout"}[1m])) > 0.2',
    summary: 'Over a fifth of the checkouts fails',
    holds: ({ errorRatio }) => errorRatio > 0.2,
  },
];

/** How many steps in a row a condition must hold before its alert fires. */
const STEPS_TO_FIRE = 5;

/** How long Alertmanager collects alerts before it notifies, in milliseconds. */
const GROUP_WAIT_MS = 10 * SECOND_MS;

/** An alert from its first firing to its end; without one it fires still. */
interface Episode {
  readonly rule: Rule;
  /** Told apart from others by Alertmanager. */
  readonly fingerprint: string;
  readonly startsAt: Instant;
  readonly endsAt?: Instant;
}

/** When a rule fires: from the step at which its condition has held long enough to the first at which it does not. */
function episodes(rule: Rule, index: number, states: readonly ShopState[]): readonly Episode[] {
  const found: Episode[] = [];
  const fingerprint = `5409d3a0c0ffee${String(index).padStart(2, '0')}`;
  let held = 0;
  for (const { at, services } of states) {
    const service = services.get(rule.service);
    const holds = service !== undefined && rule.holds(service);
    const firing = found.at(-1);
    if (!holds && held >= STEPS_TO_FIRE && firing !== undefined)
      found.splice(-1, 1, { ...firing, endsAt: at });
    held = holds ? held + 1 : 0;
    if (held === STEPS_TO_FIRE) found.push({ rule, fingerprint, startsAt: at });
  }
  return found;
}

/** An alert as Alertmanager tells of it at a time. */
function alertOf({ rule, fingerprint, startsAt, endsAt }: Episode, at: Instant) {
  const isOver = endsAt !== undefined && endsAt <= at;
  const query = new URLSearchParams({ 'g0.expr': rule.expression, 'g0.tab': '1' });
  return {
    status: isOver ? 'resolved' : 'firing',
    labels: { alertname: rule.name, service: rule.service, severity: rule.severity },
    annotations: {
      summary: rule.summary,
      runbook_url: `https://runbooks.shop.example/${rule.name}`,
    },
    startsAt: formatInstant(startsAt),
    endsAt: isOver ? formatInstant(endsAt) : '0001-01-01T00:00:00Z',
    generatorURL: `http://prometheus.shop.example/graph?${query}`,
    fingerprint,
  };
}

/** A notification of Alertmanager: the body of its webhook, version 4, and when it is sent. */
export interface Notification {
  readonly at: Instant;
  readonly body: { readonly alerts: readonly unknown[] };
}

/**
 * What Alertmanager sends: one notification each time an alert joins the group or is over, with all that fire then and
 * those that have just ended.
 */
export function notifications(states: readonly ShopState[]): readonly Notification[] {
  const all = rules.flatMap((rule, index) => episodes(rule, index, states));
  const turns = all.flatMap(({ startsAt, endsAt }) =>
    endsAt === undefined ? [startsAt] : [startsAt, endsAt],
  );
  return [...new Set(turns)]
    .sort((one, other) => one - other)
    .map((turn) => {
      const told = all
        .filter(({ startsAt, endsAt }) => startsAt <= turn && (endsAt === undefined || endsAt >= turn))
        .sort((one, other) => one.startsAt - other.startsAt)
        .map((episode) => alertOf(episode, turn));
      return {
        at: shift(turn, GROUP_WAIT_MS),
        body: {
          version: '4',
          groupKey: '{}:{team="shop"}',
          truncatedAlerts: 0,
          status: told.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
          receiver: 'genchi',
          groupLabels: { team: 'shop' },
          commonLabels: { severity: 'critical' },
          commonAnnotations: {},
          externalURL: 'http://alertmanager.shop.example',
          alerts: told,
        },
      };
    });
}
