/** How well alerting works: how many alerts there are, which of them tire people, and which nobody took on. */
import type { EvidenceStore } from '../../evidence/index.js';
import { type EventReceipt, MINUTE_MS, type Window } from '../../model/index.js';
import {
  type FiredAlert,
  type FiredIn,
  type FlappingAlert,
  firedIn,
  readFired,
  readFiredMinutes,
  readFlapping,
} from './alert-counts.js';
import {
  type AlertsTogether,
  readIncidents,
  readTogether,
  readUnattended,
  type UnattendedIncident,
} from './alert-incidents.js';
import { type TightThreshold, tightThresholds } from './alert-threshold.js';

/** What counts as too much; the figures of the rules. */
export const alertRules = {
  /** More alerts than this in a day tire people. */
  perDay: 50,
  /** More than this in a minute cannot be read. */
  perMinute: 10,
  /** So many firings within an hour, with clearings in between, are flapping. */
  flappingPerHour: 4,
  /** An alert that nobody takes on for longer is ignored. */
  unattendedMs: 30 * MINUTE_MS,
} as const;

/** Over what alerting is looked at. */
export interface AlertQuestion {
  readonly window: Window;
  /** The days of the window, which do not overlap; the window itself unless given. */
  readonly days?: readonly Window[];
  /** The objectives in force, which thresholds are held against. */
  readonly slos: readonly EventReceipt<'slo'>[];
}

/** How alerting did over a window. */
export interface AlertHygiene {
  readonly window: Window;
  /** How many alerts fired, and by day. */
  readonly fired: number;
  readonly days: readonly FiredIn[];
  /** The minute in which most fired; undefined when none did. */
  readonly busiestMinute: FiredIn | undefined;
  /** The minutes in which more than ten fired. */
  readonly storms: readonly FiredIn[];
  /** By service and name, those that fired most first. */
  readonly alerts: readonly FiredAlert[];
  readonly flapping: readonly FlappingAlert[];
  readonly unattended: readonly UnattendedIncident[];
  readonly together: readonly AlertsTogether[];
  readonly thresholds: readonly TightThreshold[];
  /** The incidents that were on within the window, in their latest state then. */
  readonly incidents: readonly EventReceipt<'incident'>[];
}

/**
 * Reads how alerting did, in seven statements whatever the number of services. Fails as the store does, and with
 * `too-many-events` when alerts flap in over 20,000 hours of the window.
 */
export async function readAlertHygiene(store: EvidenceStore, question: AlertQuestion): Promise<AlertHygiene> {
  const { window, days = [window], slos } = question;
  const [alerts, minutes, flapping, incidents] = await Promise.all([
    readFired(store, window),
    readFiredMinutes(store, window),
    readFlapping(store, window, alertRules.flappingPerHour),
    readIncidents(store, window),
  ]);
  const [unattended, together] = await Promise.all([
    readUnattended(store, incidents, window, alertRules.unattendedMs),
    readTogether(store, incidents),
  ]);
  const busiestMinute = minutes.reduce<FiredIn | undefined>(
    (most, minute) => (most === undefined || minute.fired > most.fired ? minute : most),
    undefined,
  );
  return {
    ...{ window, alerts, flapping, incidents, unattended, together, busiestMinute },
    fired: alerts.reduce((sum, { fired }) => sum + fired, 0),
    days: firedIn(minutes, days),
    storms: minutes.filter(({ fired }) => fired > alertRules.perMinute),
    thresholds: tightThresholds(
      alerts.map(({ latest }) => latest),
      slos,
    ),
  };
}
