import { type Instant, pathOfEvent } from '../model/index.js';
import type { Argument } from './analysis.js';
import type { Change } from './changes.js';
import { clockTime, clusterArgument, nameOf, shiftArgument, span } from './explain.js';
import type { FailureCluster } from './failures.js';
import type { Finding } from './onset.js';
import { placeArguments } from './origin.js';
import { effectAt, mostOriginating, originOf, type Scene } from './scene.js';
import { type Draft, decayed, scoreOf, term } from './terms.js';
import {
  CHANGE_WEIGHTS,
  CLEARLY_ABNORMAL,
  LAG_HALF_LIFE_MS,
  ORDER_SLACK_MS,
  UNMEASURED_ORIGIN,
  WORDLESS,
} from './weights.js';
import { earliest } from './windows.js';
import { type Overlap, overlapOf, tellingWords, type WordBag } from './words.js';

/** What began on the change's own service after it. */
interface Effect {
  /** 0..1 */
  readonly value: number;
  readonly onsetAt: Instant | undefined;
  readonly findings: readonly Finding[];
  readonly failures: readonly FailureCluster[];
}

function effectOf(scene: Scene, change: Change): Effect {
  const { at, service } = change.receipt;
  const evidence = service === undefined ? undefined : scene.evidence.get(service);
  const findings = (evidence?.findings ?? []).filter(({ harmful, onsetAt }) => harmful && onsetAt >= at);
  const failures = (evidence?.failures ?? []).filter(({ onsetAt }) => onsetAt >= at);
  const explained = (service === undefined ? undefined : scene.loci.get(service)?.explained) ?? 0;
  const felt = (finding: Finding): number => (finding.role === 'resource' ? 1 : 1 - explained);
  // How soon it came is weighed by the lag alone: counted twice, the latest change would always win.
  const values = [
    ...findings.map((one) => one.strength * felt(one)),
    ...failures.map((one) => one.strength * (1 - explained)),
  ];
  const onsets = [...findings, ...failures].map(({ onsetAt }) => onsetAt);
  return {
    value: Math.max(0, ...values),
    onsetAt: earliest(onsets),
    findings,
    failures,
  };
}

/** How close the change lies to where the degradation begins. */
function originValue(scene: Scene, service: string | undefined): number {
  if (service === undefined) return 0.3;
  const locus = scene.loci.get(service);
  if (locus?.measured === true) return originOf(scene, service);
  if (mostOriginating(scene) === undefined) {
    return UNMEASURED_ORIGIN / (1 + (scene.reach.distance.get(service) ?? 1));
  }
  const callers = scene.topology.callers(service).map((caller) => originOf(scene, caller));
  return UNMEASURED_ORIGIN * Math.max(0, ...callers);
}

function wordsValue(change: Change, overlap: Overlap): number {
  return tellingWords(change.text).length === 0 ? WORDLESS : overlap.value;
}

function wordsMeaning(change: Change, overlap: Overlap): string {
  if (tellingWords(change.text).length === 0) return 'The change says nothing of what it changed.';
  if (overlap.value === 0) return 'None of its own words meet those of what went wrong.';
  if (overlap.words.length === 0) return 'Its words are of the same field as those of what went wrong.';
  return `Its own words that meet those of what went wrong: ${overlap.words.slice(0, 8).join(', ')}.`;
}

/** Why a change cannot be the cause; undefined when it can. */
export function rejectionOf(scene: Scene, change: Change): string | undefined {
  const { at, service } = change.receipt;
  const { reach, question } = scene;
  if (service !== undefined && !reach.distance.has(service)) {
    const relation = reach.callers.has(service)
      ? `${service} calls ${question.service}, not the other way round`
      : `${question.service} does not depend on ${service}`;
    return `Out of reach: ${relation}.`;
  }
  const effect = effectAt(scene);
  if (at > effect) return `It came ${span(at - effect)} after the symptom began at ${clockTime(effect)}.`;
  return service === undefined ? undefined : abnormalBefore(scene, service, at);
}

/** What was clearly wrong with a service before a time, the worst of it too; a wobble rules nothing out. */
function abnormalBefore(scene: Scene, service: string, at: Instant): string | undefined {
  const evidence = scene.evidence.get(service);
  const clear = [
    ...(evidence?.findings ?? [])
      .filter(({ harmful }) => harmful)
      .map((finding) => ({ ...finding, what: nameOf(finding) })),
    ...(evidence?.failures ?? []).map((cluster) => ({
      ...cluster,
      what: `failures of ${cluster.component}`,
    })),
  ].filter(({ strength }) => strength >= CLEARLY_ABNORMAL);
  const first = clear.toSorted((a, b) => a.onsetAt - b.onsetAt)[0];
  const strongest = clear.toSorted((a, b) => b.strength - a.strength)[0];
  const limit = at - ORDER_SLACK_MS;
  if (first === undefined || strongest === undefined || strongest.onsetAt >= limit) return undefined;
  return `${service} was abnormal ${span(at - first.onsetAt)} before it, from ${clockTime(first.onsetAt)} on: ${first.what}.`;
}

function sentenceOf({ receipt, phrase }: Change): Argument {
  return {
    sentence: `${phrase[0]?.toUpperCase()}${phrase.slice(1)} of ${receipt.service ?? 'no named service'} was at ${clockTime(receipt.at)}.`,
    cites: [pathOfEvent(receipt)],
  };
}

function effectArguments(change: Change, effect: Effect): readonly Argument[] {
  const { at } = change.receipt;
  return [
    ...effect.findings.slice(0, 3).map((finding): Argument => {
      const { sentence, cites } = shiftArgument(finding);
      return { sentence: `${span(finding.onsetAt - at)} after it, ${sentence}`, cites };
    }),
    ...effect.failures.slice(0, 2).map(clusterArgument),
  ];
}

function opposingOf(scene: Scene, change: Change, effect: Effect, overlap: Overlap): readonly Argument[] {
  const { receipt, text, history } = change;
  const against: Argument[] = [];
  const service = receipt.service;
  const measured = service !== undefined && scene.loci.get(service)?.measured === true;
  if (service === undefined) against.push({ sentence: 'The change names no service.', cites: [] });
  else if (!measured)
    against.push({
      sentence: `Nothing of ${service} itself can be compared with before, so its effect there cannot be seen.`,
      cites: [],
    });
  else if (effect.onsetAt === undefined) {
    against.push({ sentence: `No series of ${service} changed for the worse after it.`, cites: [] });
  }
  if (tellingWords(text).length === 0)
    against.push({ sentence: 'Nothing is recorded of what it changed.', cites: [] });
  else if (overlap.value === 0) {
    against.push({
      sentence: 'Its own words have nothing in common with what went wrong.',
      cites: [pathOfEvent(receipt)],
    });
  }
  if (history.before >= 3 && history.followed === 0) {
    against.push({
      sentence: `${history.before} changes like it in the 30 days before were followed by no alert.`,
      cites: [],
    });
  }
  return against;
}

function changeTerms(scene: Scene, change: Change, effect: Effect, overlap: Overlap): Draft['terms'] {
  const { receipt, history } = change;
  const lagMs = Math.min(effectAt(scene), effect.onsetAt ?? effectAt(scene)) - receipt.at;
  return [
    term(
      'origin',
      originValue(scene, receipt.service),
      CHANGE_WEIGHTS.origin,
      'How much of the degradation begins at the service that was changed, as a share of the service where most begins.',
    ),
    term(
      'lag',
      decayed(lagMs, LAG_HALF_LIFE_MS),
      CHANGE_WEIGHTS.lag,
      `It came ${span(lagMs)} before the onset; each ${span(LAG_HALF_LIFE_MS)} halves this.`,
    ),
    term(
      'effect',
      effect.value,
      CHANGE_WEIGHTS.effect,
      'How strongly its own service changed for the worse after it, less what its callees explain.',
    ),
    term('words', wordsValue(change, overlap), CHANGE_WEIGHTS.words, wordsMeaning(change, overlap)),
    term(
      'history',
      (history.followed + 1) / (history.before + 2),
      CHANGE_WEIGHTS.history,
      `How often changes like it were followed by an alert in the 30 days before: ${history.followed} of ${history.before}.`,
    ),
  ];
}

function draftOf(scene: Scene, change: Change, overlap: Overlap): Draft {
  const { receipt, causeKind, phrase } = change;
  const service = receipt.service ?? '';
  const effect = effectOf(scene, change);
  const rejected = rejectionOf(scene, change);
  const terms = rejected === undefined ? changeTerms(scene, change, effect, overlap) : [];
  const place = service === '' ? { supporting: [], opposing: [] } : placeArguments(scene, service);
  return {
    score: scoreOf(terms),
    causeKind,
    title: service === '' ? phrase : `${phrase} of ${service}`,
    service,
    ...(effect.onsetAt === undefined || rejected !== undefined ? {} : { onsetAt: effect.onsetAt }),
    cause: pathOfEvent(receipt),
    terms,
    supporting: [
      sentenceOf(change),
      ...(rejected === undefined ? [...effectArguments(change, effect), ...place.supporting] : []),
    ],
    opposing:
      rejected === undefined
        ? [...opposingOf(scene, change, effect, overlap), ...place.opposing]
        : [{ sentence: rejected, cites: [pathOfEvent(receipt)] }],
    ...(rejected === undefined ? {} : { rejected }),
  };
}

/** Every change near the onset as a candidate, those that are ruled out with the reason. */
export function changeCandidates(scene: Scene, wrong: WordBag): readonly Draft[] {
  const changesWith = new Map<string, number>();
  const standing = scene.changes.filter((change) => rejectionOf(scene, change) === undefined);
  for (const word of standing.flatMap(({ text }) => tellingWords(text))) {
    changesWith.set(word, (changesWith.get(word) ?? 0) + 1);
  }
  return scene.changes.map((change) => {
    // That a change of a service speaks of that service says nothing.
    const name = change.receipt.service?.toLowerCase() ?? '';
    const words = tellingWords(change.text).filter((word) => !name.includes(word));
    return draftOf(scene, change, overlapOf(words, wrong, changesWith));
  });
}
