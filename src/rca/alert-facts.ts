import { type EventReceipt, type Instant, instantOf, MINUTE_MS, pathOfEvent } from '../model/index.js';

/** How long after its start an alert that was delivered late is still taken to speak of the present. */
const LATE_MS = 2 * MINUTE_MS;

/** What an incident needs to know of an alert. */
export interface AlertFact {
  /** The path of its receipt. */
  readonly path: string;
  readonly name: string;
  readonly service: string | undefined;
  readonly severity: string;
  readonly fingerprint: string | undefined;
  /** When it began to fire. */
  readonly startsAt: Instant;
  /** When it last began to: later than its start when it was taken for ended in between. */
  readonly firedAt: Instant;
  readonly receivedAt: Instant;
  /** When it was heard of, at most two minutes after it fired: evidence of what it speaks of goes up to then. */
  readonly heardAt: Instant;
  readonly metric: string | undefined;
  readonly runbookUrl: string | undefined;
  readonly groupKey: string | undefined;
}

/** Reads what an incident needs from the receipt of an alert. */
export function alertFactOf(receipt: EventReceipt<'alert_fired'>): AlertFact {
  const {
    name,
    service,
    severity,
    fingerprint,
    startsAt = receipt.at,
    receivedAt,
    metric,
    correlatedMetric,
    runbookUrl,
    groupKey,
  } = receipt;
  const firedAt = instantOf(Math.max(startsAt, receipt.at));
  return {
    path: pathOfEvent(receipt),
    name,
    service,
    severity,
    fingerprint,
    startsAt,
    firedAt,
    receivedAt,
    heardAt: instantOf(Math.max(firedAt, Math.min(receivedAt, firedAt + LATE_MS))),
    metric: metric ?? correlatedMetric,
    runbookUrl,
    groupKey,
  };
}

/** What tells alerts apart. */
interface AlertIdentity {
  readonly name: string;
  readonly service?: string | undefined;
  readonly fingerprint?: string | undefined;
}

/** Whether two alerts are the same one: by fingerprint where both have one, else by name and service. */
export function isSameAlert(a: AlertIdentity, b: AlertIdentity): boolean {
  if (a.fingerprint !== undefined && b.fingerprint !== undefined) return a.fingerprint === b.fingerprint;
  return a.name === b.name && a.service === b.service;
}

/**
 * Whether a receipt of a cleared alert ends this alert: the same one, and not one that began after the end. One that
 * fired again after its end, with the same start, is ended by what comes in later.
 */
export function isEndOf(cleared: EventReceipt<'alert_cleared'>, alert: AlertFact): boolean {
  const endsAt = cleared.endsAt ?? cleared.at;
  if (!isSameAlert(cleared, alert) || endsAt < alert.startsAt) return false;
  return endsAt >= alert.firedAt || cleared.receivedAt >= alert.receivedAt;
}

const SEVERITIES: Readonly<Record<string, number>> = {
  emergency: 5,
  critical: 5,
  page: 5,
  fatal: 5,
  high: 4,
  error: 4,
  major: 4,
  warning: 3,
  warn: 3,
  medium: 3,
  minor: 2,
  low: 2,
  info: 1,
  none: 0,
};

/** How severe a severity is: the usual words in their order, words of one's own as a warning. */
export function severityRank(severity: string): number {
  return SEVERITIES[severity.toLowerCase()] ?? 3;
}
