import type { Topology } from '../graph/index.js';
import type { EventReceipt, Instant } from '../model/index.js';
import type { Question } from './analysis.js';
import type { Change } from './changes.js';
import type { FailureCluster } from './failures.js';
import type { InstanceChange } from './instances.js';
import type { Locus } from './localise.js';
import type { ServiceEvidence } from './localise-evidence.js';
import type { LogTemplate } from './log-templates.js';
import type { Finding, Reading, Scan } from './onset.js';
import type { Reach } from './reach.js';
import { NOT_AWAITED, ORDER_SLACK_MS } from './weights.js';
import type { Windows } from './windows.js';

/** What was seen on the service that was asked about. */
export interface Symptom {
  readonly metric: string | undefined;
  /** When it began; undefined when no lasting change of it was found. */
  readonly onsetAt: Instant | undefined;
  readonly finding: Finding | undefined;
  /** The same, or what the asked metric reads though it shows no lasting change. */
  readonly reading: Reading | undefined;
}

/** Everything an analysis has read, before anything is blamed. */
export interface Scene {
  readonly question: Question;
  readonly windows: Windows;
  readonly topology: Topology;
  readonly reach: Reach;
  readonly scan: Scan;
  readonly evidence: ReadonlyMap<string, ServiceEvidence>;
  readonly loci: ReadonlyMap<string, Locus>;
  readonly clusters: readonly FailureCluster[];
  readonly changes: readonly Change[];
  readonly alerts: readonly EventReceipt<'alert_fired'>[];
  readonly symptom: Symptom;
  /** What is found about services beyond reach: who calls, and those that no call links. */
  readonly beyond: ReadonlyMap<string, ServiceEvidence>;
  /** Templates of logs of all services in the recent window. */
  readonly templates: readonly LogTemplate[];
  /** Instances of the services within reach that went away or came in the recent window. */
  readonly instances: readonly InstanceChange[];
}

/** All that was found about a service, within reach or beyond. */
export function evidenceOf({ evidence, beyond }: Scene, service: string): ServiceEvidence | undefined {
  return evidence.get(service) ?? beyond.get(service);
}

/** The time that a cause must not come after: the symptom's onset, or when it was seen. */
export function effectAt({ symptom, question }: Scene): Instant {
  return symptom.onsetAt ?? question.at;
}

/**
 * When the change of a metric began, as far as its order tells: one that was there when the recent window opened may
 * have begun when the symptom did, if that was before it.
 */
export function begunAt(scene: Scene, onsetAt: Instant): Instant {
  const opened = onsetAt - scene.windows.recent.from <= ORDER_SLACK_MS;
  const effect = effectAt(scene);
  return opened && effect < onsetAt ? effect : onsetAt;
}

/** How far what happens on a service can be felt where the symptom is: little when nobody there waits for it. */
export function bearingOf({ reach }: Scene, service: string): number {
  return reach.awaited.has(service) ? 1 : NOT_AWAITED;
}

/** The degradation that is a service's own, as far as it can be felt where the symptom is, 0..1. */
function bearingOwn(scene: Scene, service: string): number {
  return (scene.loci.get(service)?.own ?? 0) * bearingOf(scene, service);
}

/** The service whose degradation is most its own; undefined when nothing is abnormal. */
export function mostOriginating(scene: Scene): Locus | undefined {
  const best = scene.reach.services.reduce<string | undefined>(
    (a, b) => (a === undefined || bearingOwn(scene, b) > bearingOwn(scene, a) ? b : a),
    undefined,
  );
  return best === undefined || bearingOwn(scene, best) === 0 ? undefined : scene.loci.get(best);
}

/** What of the degradation begins at a service, 0..1, as a share of the service where most begins. */
export function originOf(scene: Scene, service: string): number {
  const most = mostOriginating(scene)?.service;
  return most === undefined ? 0 : bearingOwn(scene, service) / bearingOwn(scene, most);
}
