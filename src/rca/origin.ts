import type { Instant } from '../model/index.js';
import type { Argument, Term } from './analysis.js';
import { clockTime, figure, shiftArgument, span } from './explain.js';
import type { Locus } from './localise.js';
import { bearingOf, effectAt, originOf, type Scene } from './scene.js';
import { decayed, term } from './terms.js';
import { OFF_HALF_LIFE_MS, ORDER_SLACK_MS } from './weights.js';

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}

/** The term that says how much of what is wrong begins at the service. */
export function originTerm(scene: Scene, service: string, weight: number): Term {
  const locus = scene.loci.get(service);
  const explained =
    locus === undefined || locus.explained === 0
      ? 'nothing that it calls explains it'
      : `${percent(locus.explained)} of what its callers feel is explained by what it calls`;
  return term(
    'origin',
    originOf(scene, service),
    weight,
    `How much of the degradation begins at ${service}, as a share of the service where most begins; ${explained}.`,
  );
}

/** From when on something was so; until the present when it has no end. */
export interface Lasting {
  readonly service: string;
  readonly onsetAt: Instant;
  readonly untilAt?: Instant | undefined;
}

/** The term that says whether something began before the symptom. */
export function precedenceTerm(scene: Scene, { service, onsetAt, untilAt }: Lasting, weight: number): Term {
  const lateMs = onsetAt - effectAt(scene);
  const overMs = untilAt === undefined ? 0 : effectAt(scene) - untilAt - ORDER_SLACK_MS;
  const offMs = Math.max(lateMs - ORDER_SLACK_MS, overMs);
  const over = overMs > 0 && untilAt !== undefined ? ` It was over at ${clockTime(untilAt)}.` : '';
  const value = decayed(offMs, OFF_HALF_LIFE_MS) * bearingOf(scene, service);
  return term('precedence', value, weight, `${orderSentence(lateMs)}${over}`);
}

/** Why something cannot be the cause by its time: it began after the symptom; undefined when it did not. */
export function lateness(scene: Scene, onsetAt: Instant): string | undefined {
  const effect = effectAt(scene);
  if (onsetAt <= effect + ORDER_SLACK_MS) return undefined;
  return `It began ${span(onsetAt - effect)} after the symptom, which began at ${clockTime(effect)}.`;
}

/** Says in which order something and the symptom began. */
function orderSentence(lateMs: number): string {
  if (Math.abs(lateMs) <= ORDER_SLACK_MS)
    return 'It began together with the symptom, within the accuracy of onsets.';
  return `It began ${span(lateMs)} ${lateMs < 0 ? 'before' : 'after'} the symptom.`;
}

/** The argument that a service is degraded because of what it calls; none when nothing it calls explains much. */
export function explainedArguments(scene: Scene, locus: Locus | undefined): readonly Argument[] {
  if (locus?.explainedBy === undefined || locus.explained < 0.3) return [];
  const callee = scene.evidence.get(locus.explainedBy);
  const begun = (locus.onsetAt ?? effectAt(scene)) + ORDER_SLACK_MS;
  const strongest = callee?.findings.find(({ harmful, onsetAt }) => harmful && onsetAt <= begun);
  const since = strongest === undefined ? '' : ` ${shiftArgument(strongest).sentence}`;
  const calls = !scene.reach.graphKnown
    ? 'which it seems to wait for (inferred: no dependency is recorded)'
    : scene.topology.callees(locus.service).includes(locus.explainedBy)
      ? 'which it calls'
      : 'which it calls over others';
  const by = locus.explainedAlone
    ? `${locus.explainedBy}, ${calls}`
    : `what it calls, most of it by ${locus.explainedBy}`;
  return [
    {
      sentence: `${percent(locus.explained)} of what is wrong on ${locus.service} can be explained by ${by}.${since}`,
      cites: strongest === undefined ? [] : shiftArgument(strongest).cites,
    },
  ];
}

/** Arguments that hold for anything blamed on a service: where it lies from the symptom, and what its callees explain. */
export function placeArguments(
  scene: Scene,
  service: string,
): { readonly supporting: readonly Argument[]; readonly opposing: readonly Argument[] } {
  const { reach, loci, question } = scene;
  const distance = reach.distance.get(service);
  const supporting: Argument[] = [];
  const opposing: Argument[] = [...explainedArguments(scene, loci.get(service))];
  if (!reach.graphKnown && service !== question.service) {
    opposing.push({
      sentence: `No recorded dependency leads from ${question.service} to ${service}.`,
      cites: [],
    });
  } else if (distance !== undefined && distance > 0) {
    const calls = distance === 1 ? 'directly' : `over ${distance} calls`;
    if (reach.awaited.has(service)) {
      supporting.push({ sentence: `${question.service} depends on ${service} ${calls}.`, cites: [] });
    } else {
      opposing.push({
        sentence: `${question.service} reaches ${service} ${calls} by messages only, and so does not wait for it.`,
        cites: [],
      });
    }
  }
  const origin = originOf(scene, service);
  if (origin === 1) {
    const onset = loci.get(service)?.onsetAt;
    const from = onset === undefined ? '' : `, first at ${clockTime(onset)}`;
    supporting.push({
      sentence: `Of ${reach.services.length} ${reach.services.length === 1 ? 'service' : 'services'} within reach, ${service} is the one with the most degradation of its own (${figure(loci.get(service)?.own ?? 0)})${from}.`,
      cites: [],
    });
  }
  return { supporting, opposing };
}
