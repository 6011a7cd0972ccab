import { type Instant, pathOfEvent } from '../model/index.js';
import type { Argument } from './analysis.js';
import { clusterArgument } from './explain.js';
import type { FailureCluster } from './failures.js';
import { isMore, isTroubled } from './log-templates.js';
import type { Finding } from './onset.js';
import type { Scene } from './scene.js';

/** A text that may tell of a cause from outside, with the receipts that it stands in. */
export interface Told {
  readonly service: string;
  readonly text: string;
  /** 0..1 */
  readonly weight: number;
  readonly at: Instant;
  readonly argument: Argument;
  readonly cluster?: FailureCluster;
}

/** Failures of all services, within reach and beyond. */
export function allClusters(scene: Scene): readonly FailureCluster[] {
  return [...scene.clusters, ...[...scene.beyond.values()].flatMap(({ failures }) => failures)];
}

/** What changed on all services, within reach and beyond. */
export function allFindings(scene: Scene): readonly Finding[] {
  return [...scene.scan.findings, ...[...scene.beyond.values()].flatMap(({ findings }) => findings)];
}

/** Everything in words that was told of the trouble, from failures, logs and alerts. */
export function toldOf(scene: Scene): readonly Told[] {
  const clusters = allClusters(scene).map(
    (cluster): Told => ({
      service: cluster.service,
      text: `${cluster.component} ${cluster.reason ?? ''}`,
      weight: cluster.strength,
      at: cluster.onsetAt,
      argument: clusterArgument(cluster),
      cluster,
    }),
  );
  const logs = scene.templates
    .filter((one) => isMore(one) && isTroubled(one))
    .map(
      ({ service, template, count, usual, first, firstAt }): Told => ({
        service,
        text: template,
        weight: (count - usual) / (count - usual + 10),
        at: firstAt,
        argument: {
          sentence: `${service} logged "${template}" ${count} times, where ${Math.round(usual)} are usual.`,
          cites: [pathOfEvent(first)],
        },
      }),
    );
  const alerts = scene.alerts.map(
    (alert): Told => ({
      service: alert.service ?? '',
      text: `${alert.name} ${alert.summary ?? ''} ${alert.description ?? ''}`,
      weight: 0.6,
      at: alert.at,
      argument: {
        sentence: `The alert ${alert.name} says: ${alert.summary ?? alert.description ?? alert.name}`,
        cites: [pathOfEvent(alert)],
      },
    }),
  );
  return [...clusters, ...logs, ...alerts];
}
