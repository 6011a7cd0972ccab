import { pathOfEvent } from '../model/index.js';
import type { Argument } from './analysis.js';
import {
  type Bearing,
  bearingOfChange,
  type ReadChange,
  readChange,
  sharedWords,
  unknownValue,
} from './change-bearing.js';
import { type Effect, effectOf } from './change-effect.js';
import { type Placed, placeOf } from './change-place.js';
import { clockTime, clusterArgument, shiftArgument, span } from './explain.js';
import { placeArguments } from './origin.js';
import { remedyOfChange } from './remedy.js';
import { effectAt, evidenceOf, type Scene } from './scene.js';
import { type Draft, decayed, scoreOf, term } from './terms.js';
import type { Trouble } from './trouble.js';
import { CHANGE_WEIGHTS, INERT_WEIGHT, LAG_HALF_LIFE_MS, SURELY_INERT, WORDLESS } from './weights.js';

/** A change, where it acts, what it does and what came of it. */
interface Weighed {
  readonly placed: Placed;
  readonly read: ReadChange;
  readonly bearing: Bearing;
  readonly effect: Effect;
  readonly rejected: string | undefined;
}

function wordsMeaning({ read, bearing: { overlap } }: Weighed): string {
  if (read.words.size === 0) return 'The change says nothing of what it changed.';
  if (overlap.value === 0) return 'None of its own words meet those of what went wrong.';
  if (overlap.words.length === 0) return 'Its words are of the same field as those of what went wrong.';
  return `Its own words that meet those of what went wrong: ${overlap.words.slice(0, 8).join(', ')}.`;
}

function namedMeaning({ bearing: { named, mechanism } }: Weighed): string {
  if (named.names.length > 0) return `It touches what the failures name: ${named.names.join(', ')}.`;
  return mechanism.known
    ? 'It touches nothing that the failures name.'
    : 'Nothing is recorded of what it touches, which is neither for nor against.';
}

function mechanismMeaning({ bearing: { mechanism } }: Weighed): string {
  if (!mechanism.known) return 'Nothing is recorded of what it does, which is neither for nor against.';
  return mechanism.edit === undefined
    ? 'Nothing that it does is known to lead to such faults.'
    : `It ${mechanism.edit.what}, which is known to lead to such faults.`;
}

function sentenceOf({ placed: { change } }: Weighed): Argument {
  const { phrase, receipt, merged } = change;
  const of = merged ? '' : ` of ${receipt.service ?? 'no named service'}`;
  return {
    sentence: `${phrase[0]?.toUpperCase()}${phrase.slice(1)}${of} was at ${clockTime(receipt.at)}.`,
    cites: [pathOfEvent(receipt)],
  };
}

function supportingOf(weighed: Weighed): readonly Argument[] {
  const { placed, bearing, effect } = weighed;
  const cites = [pathOfEvent(placed.change.receipt)];
  const { mechanism, named } = bearing;
  return [
    ...(mechanism.edit === undefined ? [] : [{ sentence: mechanismMeaning(weighed), cites }]),
    ...(named.names.length === 0 ? [] : [{ sentence: namedMeaning(weighed), cites }]),
    ...(placed.how === undefined ? [] : [{ sentence: placed.how, cites }]),
    ...effect.findings.slice(0, 3).map((finding): Argument => {
      const argument = shiftArgument(finding);
      return {
        sentence: `${span(finding.onsetAt - placed.at)} after it, ${argument.sentence}`,
        cites: argument.cites,
      };
    }),
    ...effect.failures.slice(0, 2).map(clusterArgument),
  ];
}

function opposingOf(scene: Scene, weighed: Weighed): readonly Argument[] {
  const { placed, bearing, effect, read } = weighed;
  const { receipt, history } = placed.change;
  const { service } = placed;
  const cites = [pathOfEvent(receipt)];
  const evidence = service === undefined ? undefined : evidenceOf(scene, service);
  const measured = (evidence?.readings.length ?? 0) + (evidence?.failures.length ?? 0) > 0;
  const inert = bearing.inert.value > 0.3 ? [{ sentence: bearing.inert.why, cites }] : [];
  const seen =
    service === undefined
      ? ['The change names no service.']
      : !measured
        ? [`Nothing of ${service} itself can be compared with before, so its effect there cannot be seen.`]
        : effect.onsetAt === undefined
          ? [`No series of ${service} changed for the worse after it.`]
          : [];
  const words =
    read.words.size === 0
      ? ['Nothing is recorded of what it changed.']
      : bearing.overlap.value === 0
        ? ['Its own words have nothing in common with what went wrong.']
        : [];
  const before =
    history.before >= 3 && history.followed === 0
      ? [`${history.before} changes like it in the 30 days before were followed by no alert.`]
      : [];
  return [...inert, ...[...seen, ...words, ...before].map((sentence) => ({ sentence, cites: [] }))];
}

function termsOf(scene: Scene, weighed: Weighed): Draft['terms'] {
  const { placed, bearing, effect, read } = weighed;
  const { history } = placed.change;
  const lagMs = Math.min(effectAt(scene), effect.onsetAt ?? effectAt(scene)) - placed.at;
  const wordless = read.words.size === 0;
  const inert =
    bearing.inert.value === 0 ? [] : [term('inert', bearing.inert.value, INERT_WEIGHT, bearing.inert.why)];
  return [
    term(
      'origin',
      placed.origin,
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
    term('words', wordless ? WORDLESS : bearing.overlap.value, CHANGE_WEIGHTS.words, wordsMeaning(weighed)),
    term(
      'named',
      bearing.mechanism.known || bearing.named.value > 0
        ? bearing.named.value
        : unknownValue(read, bearing.overlap.value > 0),
      CHANGE_WEIGHTS.named,
      namedMeaning(weighed),
    ),
    term('mechanism', bearing.mechanism.value, CHANGE_WEIGHTS.mechanism, mechanismMeaning(weighed)),
    term(
      'history',
      (history.followed + 1) / (history.before + 2),
      CHANGE_WEIGHTS.history,
      `How often changes like it were followed by an alert in the 30 days before: ${history.followed} of ${history.before}.`,
    ),
    ...inert,
  ];
}

function draftOf(scene: Scene, weighed: Weighed, trouble: Trouble): Draft {
  const { placed, effect, rejected } = weighed;
  const { receipt, causeKind, phrase, merged } = placed.change;
  const service = placed.service ?? '';
  const terms = rejected === undefined ? termsOf(scene, weighed) : [];
  const place = service === '' ? { supporting: [], opposing: [] } : placeArguments(scene, service);
  const commit = receipt.kind === 'deployment' ? receipt.commit : undefined;
  return {
    score: scoreOf(terms),
    causeKind,
    title: service === '' || merged ? phrase : `${phrase} of ${service}`,
    service,
    ...(commit === undefined ? {} : { commit }),
    ...(effect.onsetAt === undefined || rejected !== undefined ? {} : { onsetAt: effect.onsetAt }),
    cause: pathOfEvent(receipt),
    ...(placed.actsOn === undefined ? {} : { actsOn: [placed.actsOn] }),
    remedy: remedyOfChange(placed.change, weighed.bearing, trouble),
    terms,
    supporting: [
      sentenceOf(weighed),
      ...(rejected === undefined ? [...supportingOf(weighed), ...place.supporting] : []),
    ],
    opposing:
      rejected === undefined
        ? [...opposingOf(scene, weighed), ...place.opposing]
        : [{ sentence: rejected, cites: [pathOfEvent(receipt)] }],
    ...(rejected === undefined ? {} : { rejected }),
  };
}

/** Every change near the onset as a candidate, those that are ruled out with the reason. */
export function changeCandidates(scene: Scene, trouble: Trouble): readonly Draft[] {
  const all = scene.changes.map((change) => {
    const read = readChange(change);
    return { placed: placeOf(scene, change, read.edits), read };
  });
  const standing = all.filter(({ placed }) => placed.rejected === undefined);
  const shared = sharedWords(standing.map(({ read }) => read));
  return all.map(({ placed, read }) => {
    const bearing = bearingOfChange(read, trouble, shared, placed.actsOn !== undefined);
    const sure = bearing.inert.value >= SURELY_INERT ? bearing.inert.why : undefined;
    const rejected = placed.rejected ?? sure;
    const effect = effectOf(scene, placed);
    return draftOf(scene, { placed, read, bearing, effect, rejected }, trouble);
  });
}
