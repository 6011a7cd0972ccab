import type { Instant } from '../model/index.js';
import type { Placed } from './change-place.js';
import type { FailureCluster } from './failures.js';
import type { Finding } from './onset.js';
import { evidenceOf, type Scene } from './scene.js';
import { ORDER_SLACK_MS, STEPPED_WITH_IT } from './weights.js';
import { earliest } from './windows.js';

/** What began on the service where a change acts, after it. */
export interface Effect {
  /** 0..1 */
  readonly value: number;
  readonly onsetAt: Instant | undefined;
  readonly findings: readonly Finding[];
  readonly failures: readonly FailureCluster[];
}

/** Finds what began after a change where it acts, on its own service or on another that it makes busy. */
export function effectOf(scene: Scene, { service, at, actsOn }: Placed): Effect {
  const own = effectOn(scene, service, at);
  const other = actsOn === undefined ? undefined : effectOn(scene, actsOn, at);
  return other === undefined || other.value <= own.value ? own : other;
}

/** What got worse on a service after a time, and what stepped just then. */
function effectOn(scene: Scene, service: string | undefined, at: Instant): Effect {
  const evidence = service === undefined ? undefined : evidenceOf(scene, service);
  const after = (evidence?.findings ?? []).filter(({ onsetAt }) => onsetAt >= at);
  const findings = after.filter(({ harmful }) => harmful);
  // A limit that fell or a cache that emptied is no harm by itself, but tells what the change did.
  const stepped = after.filter(
    ({ harmful, role, onsetAt }) => !harmful && role !== 'load' && onsetAt - at <= ORDER_SLACK_MS,
  );
  const failures = (evidence?.failures ?? []).filter(({ onsetAt }) => onsetAt >= at);
  const explained = (service === undefined ? undefined : scene.loci.get(service)?.explained) ?? 0;
  const felt = (finding: Finding): number => (finding.role === 'resource' ? 1 : 1 - explained);
  // How soon it came is weighed by the lag alone: counted twice, the latest change would always win.
  const values = [
    ...findings.map((one) => one.strength * felt(one)),
    ...stepped.map((one) => one.strength * STEPPED_WITH_IT),
    ...failures.map((one) => one.strength * (1 - explained)),
  ];
  const shown = [...findings, ...stepped];
  return {
    value: Math.max(0, ...values),
    onsetAt: earliest([...shown, ...failures].map(({ onsetAt }) => onsetAt)),
    findings: shown,
    failures,
  };
}
