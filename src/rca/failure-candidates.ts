import { pathOfEvent } from '../model/index.js';
import type { Argument } from './analysis.js';
import { clusterArgument } from './explain.js';
import type { FailureCluster } from './failures.js';
import { lateness, originTerm, placeArguments, precedenceTerm } from './origin.js';
import type { Scene } from './scene.js';
import { type Draft, scoreOf, term } from './terms.js';
import { FAILURE_SPECIFICITY, FAILURE_WEIGHTS, NAMES_ANOTHER } from './weights.js';
import { overlapOf, tellingWords, type WordBag } from './words.js';

/** The service that a failure's words or component name, when its own service calls it. */
function namedCallee(scene: Scene, cluster: FailureCluster): string | undefined {
  const text = `${cluster.component} ${cluster.reason ?? ''}`.toLowerCase();
  return scene.topology
    .callees(cluster.service)
    .find((callee) => callee !== cluster.service && text.includes(callee.toLowerCase()));
}

function termsOf(scene: Scene, cluster: FailureCluster, named: boolean, alertWords: WordBag): Draft['terms'] {
  const { causeKind, service, component, reason, count, usual, onsetAt } = cluster;
  const overlap = overlapOf(tellingWords(`${component} ${reason ?? ''}`), alertWords, new Map());
  return [
    originTerm(scene, service, FAILURE_WEIGHTS.origin),
    term(
      'strength',
      cluster.strength,
      FAILURE_WEIGHTS.strength,
      `${count} of them, where ${usual.toFixed(1)} are usual in as long a time.`,
    ),
    precedenceTerm(scene, { service, onsetAt }, FAILURE_WEIGHTS.precedence),
    term(
      'specificity',
      FAILURE_SPECIFICITY[causeKind] * (named ? NAMES_ANOTHER : 1),
      FAILURE_WEIGHTS.specificity,
      causeKind === 'circuit'
        ? 'A circuit opens because something behind it failed.'
        : 'A failure with its reason says what went wrong.',
    ),
    term(
      'words',
      overlap.value,
      FAILURE_WEIGHTS.words,
      `Words that it shares with the alerts: ${overlap.words.join(', ') || 'none'}.`,
    ),
  ];
}

function failureDraft(scene: Scene, cluster: FailureCluster, alertWords: WordBag): Draft {
  const { causeKind, service, component, reason, onsetAt, receipts } = cluster;
  const callee = namedCallee(scene, cluster);
  const rejected = lateness(scene, onsetAt);
  const terms = rejected === undefined ? termsOf(scene, cluster, callee !== undefined, alertWords) : [];
  const place = placeArguments(scene, service);
  const [first] = receipts.map(pathOfEvent);
  const cites = first === undefined ? [] : [first];
  const names: readonly Argument[] =
    callee === undefined ? [] : [{ sentence: `It names ${callee}, which ${service} calls.`, cites }];
  return {
    score: scoreOf(terms),
    causeKind,
    title:
      causeKind === 'failure'
        ? `${component} of ${service} failed: ${reason}`
        : `The circuit ${component} of ${service} opened`,
    service,
    component,
    onsetAt,
    ...(first === undefined ? {} : { cause: first }),
    terms,
    supporting: [clusterArgument(cluster), ...(rejected === undefined ? place.supporting : [])],
    opposing: rejected === undefined ? [...names, ...place.opposing] : [{ sentence: rejected, cites }],
    ...(rejected === undefined ? {} : { rejected }),
  };
}

/** The failures and circuit openings within reach that may be the cause. */
export function failureCandidates(scene: Scene, alertWords: WordBag): readonly Draft[] {
  return scene.clusters.map((cluster) => failureDraft(scene, cluster, alertWords));
}
