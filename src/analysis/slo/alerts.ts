/** Burn rules that fire are alerts like any other: a receipt when one begins, and one when it is over. */
import type { EvidenceStore, Recorder } from '../../evidence/index.js';
import {
  type EventReceipt,
  type Identity,
  type Instant,
  identityOf,
  MINUTE_MS,
  pathOf,
  pathOfEvent,
  shift,
} from '../../model/index.js';
import type { BurnRuleName } from './burn-rules.js';
import { countSlo } from './judge.js';
import type { BurnStatus, SloRevision, SloStatus } from './status.js';

/** The door of alerts that Genchi's own rules fire. It is none of `genchi`, whose receipts open no incident. */
export const SLO_DOOR = 'slo';

/** The name of every alert of a burn rule; what it is on stands in its labels. */
export const BURN_ALERT = 'SloBudgetBurn';

type AlertEvent = EventReceipt<'alert_fired' | 'alert_cleared'>;

/** The receipts of the alerts that fire, by fingerprint. */
type Firing = Map<string, EventReceipt<'alert_fired'>>;

const severities = { page: 'critical', ticket: 'warning' } as const;

/** What tells the alerts of objectives apart. */
export function fingerprintOf(slo: string, rule: BurnRuleName): Identity {
  return identityOf('slo-alert', slo, rule);
}

function lengthOf(ms: number): string {
  const minutes = ms / MINUTE_MS;
  if (minutes % 1_440 === 0) return `${minutes / 1_440}d`;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}

const rateOf = (rate: number | undefined): string =>
  rate === undefined ? 'without end' : `${rate.toPrecision(3)} times`;

function summaryOf({ slo }: SloStatus, { rule, long, short }: BurnStatus): string {
  const windows = `over ${lengthOf(rule.longMs)} and ${rateOf(short.rate)} over ${lengthOf(rule.shortMs)}`;
  return `${slo.title ?? slo.slo} uses up its error budget ${rateOf(long.rate)} as fast as it may ${windows}; ${rule.factor} times is too fast`;
}

function labelsOf(slo: SloRevision, { rule }: BurnStatus): Readonly<Record<string, string>> {
  return {
    alertname: BURN_ALERT,
    slo: slo.slo,
    rule: rule.name,
    factor: String(rule.factor),
    long_window: lengthOf(rule.longMs),
    short_window: lengthOf(rule.shortMs),
    ...(slo.owner === undefined ? {} : { owner: slo.owner }),
  };
}

/** What both receipts of an alert say. */
function alertOf(status: SloStatus, burn: BurnStatus) {
  const { slo } = status;
  const metric = slo.metric ?? slo.badMetric ?? slo.goodMetric;
  return {
    name: BURN_ALERT,
    severity: severities[burn.rule.urgency],
    door: SLO_DOOR,
    fingerprint: fingerprintOf(slo.slo, burn.rule.name),
    labels: labelsOf(slo, burn),
    ...(slo.service === undefined ? {} : { service: slo.service }),
    ...(metric === undefined ? {} : { metric }),
  };
}

/** The receipts that show a fast burn: the revision, and samples of a level that were past its target. */
async function citesOf(
  store: EvidenceStore,
  { slo, window }: SloStatus,
  { rule }: BurnStatus,
): Promise<readonly string[]> {
  const found = await countSlo(store, slo, { from: shift(window.to, -rule.longMs), to: window.to });
  const marks = [found?.firstBad, found?.lastBad].flatMap((mark) =>
    mark === undefined
      ? []
      : pathOf({ type: 'sample', series: store.seriesOf(mark.series).key, at: mark.at }),
  );
  return [...new Set([pathOfEvent(slo), ...marks])];
}

/** Alerts of Genchi's own burn rules that fire, as their receipts tell. */
async function readFiring(store: EvidenceStore): Promise<Firing> {
  const [fired, cleared] = await Promise.all([
    store.latestEvents('alert_fired', ['fingerprint']),
    store.latestEvents('alert_cleared', ['fingerprint']),
  ]);
  const ends = new Map(
    cleared.flatMap(({ event }) =>
      event.kind === 'alert_cleared' && event.door === SLO_DOOR ? [[event.fingerprint, event] as const] : [],
    ),
  );
  const firing: Firing = new Map();
  for (const { event } of fired) {
    if (event.kind !== 'alert_fired' || event.door !== SLO_DOOR || event.fingerprint === undefined) continue;
    const end = ends.get(event.fingerprint);
    if (end?.startsAt === undefined || end.startsAt < event.at) firing.set(event.fingerprint, event);
  }
  return firing;
}

/**
 * Fires and clears the alerts of burn rules, each once, also over restarts: what fires is read from the receipts. An
 * alert whose burn rate is not known goes on, since no data is no good news; one whose objective was retired is cleared.
 */
export class SloAlerts {
  readonly #store: EvidenceStore;
  readonly #recorder: Recorder;
  #firing: Promise<Firing> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(store: EvidenceStore, recorder: Recorder) {
    this.#store = store;
    this.#recorder = recorder;
  }

  /**
   * Records what changed with these statuses, which must be of all objectives in force at one moment; answers the
   * receipts. `now` is when they are recorded. Fails as the store does, and then changes nothing.
   */
  evaluate(statuses: readonly SloStatus[], now: Instant): Promise<readonly AlertEvent[]> {
    const turn = this.#turn.then(() => this.#evaluate(statuses, now));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #evaluate(statuses: readonly SloStatus[], now: Instant): Promise<readonly AlertEvent[]> {
    this.#firing ??= readFiring(this.#store);
    const firing = await this.#firing.catch((error: unknown) => {
      this.#firing = undefined;
      throw error;
    });
    const events: AlertEvent[] = [];
    const inForce = new Set<string>();
    for (const status of statuses) {
      for (const burn of status.burns) {
        const fingerprint = fingerprintOf(status.slo.slo, burn.rule.name);
        inForce.add(fingerprint);
        const known = firing.get(fingerprint);
        if (known === undefined && burn.firing === true) events.push(await this.#fired(status, burn, now));
        if (known !== undefined && burn.firing === false)
          events.push(clearedOf(known, status.window.to, now));
      }
    }
    for (const [fingerprint, fired] of firing) {
      if (!inForce.has(fingerprint)) events.push(clearedOf(fired, now, now));
    }
    if (events.length === 0) return [];
    await this.#recorder.record({ events }, SLO_DOOR);
    for (const event of events) {
      const { fingerprint = '' } = event;
      if (event.kind === 'alert_fired') firing.set(fingerprint, event);
      else firing.delete(fingerprint);
    }
    return events;
  }

  async #fired(status: SloStatus, burn: BurnStatus, now: Instant): Promise<EventReceipt<'alert_fired'>> {
    const startsAt = status.window.to;
    const alert = alertOf(status, burn);
    return {
      ...alert,
      kind: 'alert_fired',
      id: identityOf('slo-alert', alert.fingerprint, String(startsAt), 'fired'),
      at: startsAt,
      receivedAt: now,
      startsAt,
      summary: summaryOf(status, burn),
      cites: await citesOf(this.#store, status, burn),
    };
  }
}

function clearedOf(
  fired: EventReceipt<'alert_fired'>,
  endsAt: Instant,
  now: Instant,
): EventReceipt<'alert_cleared'> {
  const { name, severity, fingerprint, labels, service, metric } = fired;
  return {
    kind: 'alert_cleared',
    id: identityOf('slo-alert', fingerprint, String(fired.at), 'cleared'),
    at: endsAt,
    receivedAt: now,
    door: SLO_DOOR,
    name,
    severity,
    startsAt: fired.at,
    endsAt,
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(labels === undefined ? {} : { labels }),
    ...(service === undefined ? {} : { service }),
    ...(metric === undefined ? {} : { metric }),
  };
}
