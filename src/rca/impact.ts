/** Who suffers: the services beside the one where failing begins on which something is felt. */

import type { Instant } from '../model/index.js';
import type { Candidate } from './analysis.js';
import type { ServiceEvidence } from './localise-evidence.js';
import { isMore, isTroubled } from './log-templates.js';
import { effectAt, mostOriginating, originOf, type Scene } from './scene.js';
import { ORDER_SLACK_MS } from './weights.js';
import { earliest } from './windows.js';

/** How strong what is felt must be. */
const FELT = 0.3;

/** The share of the most own degradation from which on the service that was asked about has as much of its own. */
const AS_MUCH = 0.8;

function suffers({ findings, failures }: ServiceEvidence, since: number): boolean {
  return (
    findings.some(
      ({ harmful, role, strength, onsetAt }) =>
        harmful && (role === 'symptom' || role === 'waiting') && strength >= FELT && onsetAt >= since,
    ) || failures.some(({ strength, onsetAt }) => strength >= FELT / 2 && onsetAt >= since)
  );
}

/** When a service was first felt to be degraded; undefined when it was not. */
function feltSince({ findings, failures }: ServiceEvidence): Instant | undefined {
  return earliest([
    ...findings
      .filter(({ harmful, role, strength }) => harmful && role === 'symptom' && strength >= FELT)
      .map(({ onsetAt }) => onsetAt),
    ...failures.filter(({ strength }) => strength >= FELT).map(({ onsetAt }) => onsetAt),
  ]);
}

/**
 * Where failing begins: where most of the degradation is a service's own, unless the one that was asked about failed
 * clearly before it, or no later and nearly as much.
 */
export function firstFailingOf(scene: Scene): string {
  const asked = scene.question.service;
  const most = mostOriginating(scene)?.service;
  const own = scene.evidence.get(most ?? asked);
  const askedSince = scene.symptom.onsetAt;
  const since = own === undefined ? undefined : feltSince(own);
  if (most === undefined || since === undefined || askedSince === undefined) return asked;
  const earlier = askedSince < since - ORDER_SLACK_MS;
  const asMuch = askedSince <= since && originOf(scene, asked) >= AS_MUCH;
  return earlier || asMuch ? asked : most;
}

/** The other services that are degraded since the onset, but for the one where the cause lies. Sorted by name. */
export function affectedOf(
  scene: Scene,
  blamed: Pick<Candidate, 'causeKind' | 'service'> | undefined,
): readonly string[] {
  const first = firstFailingOf(scene);
  // What fails from outside is no victim of it; a service that was changed may be one of its own change.
  const culprit = blamed?.causeKind === 'outside' ? blamed.service : undefined;
  const since = effectAt(scene) - ORDER_SLACK_MS;
  const all = [...scene.evidence.values(), ...scene.beyond.values()];
  const felt = all.filter((evidence) => suffers(evidence, since)).map(({ service }) => service);
  const logged = scene.templates
    .filter((one) => isMore(one) && isTroubled(one) && one.firstAt >= since)
    .map(({ service }) => service);
  return [...new Set([...felt, ...logged])]
    .filter((service) => service !== first && service !== culprit && service !== '')
    .sort();
}
