/** Improvements in words, the form of one, and how it moves on; pure. */
import { type Faults, faultsFrom, needed, numberIn, textOrNull } from '../forms/faults.js';
import type {
  Holding,
  ImprovementEffort,
  ImprovementState,
  LogImprovementInput,
} from '../generated/graphql.js';
import type { Tone } from '../parts/marks.js';

/** States in the order in which an improvement goes through them, with what they are called. */
export const states: readonly (readonly [state: ImprovementState, word: string, tone: Tone])[] = [
  ['PROPOSED', 'proposed', 'accent'],
  ['STARTED', 'started', 'strained'],
  ['DONE', 'done', 'accent'],
  ['VERIFIED', 'held', 'good'],
  ['NOT_HELD', 'not held', 'bad'],
  ['ABANDONED', 'given up', 'unknown'],
];

/** The word and the tone of a state. */
export function wordsOfState(state: ImprovementState): { readonly word: string; readonly tone: Tone } {
  const [, word = state, tone = 'unknown'] = states.find(([each]) => each === state) ?? [];
  return { word, tone };
}

/** Where an improvement may go from a state. */
export function nextStates(state: ImprovementState): readonly ImprovementState[] {
  switch (state) {
    case 'PROPOSED':
      return ['STARTED', 'DONE', 'ABANDONED'];
    case 'STARTED':
      return ['DONE', 'ABANDONED'];
    case 'DONE':
      return ['VERIFIED', 'NOT_HELD'];
    case 'VERIFIED':
      return ['NOT_HELD'];
    case 'NOT_HELD':
      return ['STARTED', 'VERIFIED', 'ABANDONED'];
    case 'ABANDONED':
      return ['PROPOSED', 'STARTED'];
  }
}

/** Whether it holds, in words. */
export const holdingWords: Readonly<Record<Holding, { readonly word: string; readonly tone: Tone }>> = {
  HELD: { word: 'holds', tone: 'good' },
  NOT_HELD: { word: 'does not hold', tone: 'bad' },
  NOT_ENOUGH_DATA: { word: 'too little known', tone: 'unknown' },
};

/** How much work, with what it means. */
export const efforts: readonly (readonly [ImprovementEffort, string])[] = [
  ['SMALL', 'an hour or two'],
  ['MEDIUM', 'half a day'],
  ['LARGE', 'a day or more'],
];

/** What the fields hold, as they were typed. */
export interface ImprovementDraft {
  readonly id: string;
  readonly title: string;
  readonly service: string;
  readonly metric: string;
  readonly state: string;
  readonly effort: string;
  readonly expectedChangePercent: string;
  readonly before: string;
  readonly after: string;
  readonly owner: string;
  readonly message: string;
}

/** A draft with nothing in it. */
export const EMPTY_IMPROVEMENT: ImprovementDraft = {
  ...{ id: '', title: '', service: '', metric: '', state: 'PROPOSED', effort: '', expectedChangePercent: '' },
  ...{ before: '', after: '', owner: '', message: '' },
};

function numberFault(text: string): string | undefined {
  return Number.isNaN(numberIn(text) ?? 0) ? 'Expected a number.' : undefined;
}

/** What is wrong, by field; empty for what can be sent. */
export function improvementFaults(draft: ImprovementDraft): Faults {
  return faultsFrom([
    ['id', needed(draft.id, 'a name of your own')],
    ['title', needed(draft.title, 'what it is, in a line')],
    ['message', draft.message.length > 10_000 ? 'Expected 10,000 characters at most.' : undefined],
    ...(['expectedChangePercent', 'before', 'after'] as const).map(
      (name) => [name, numberFault(draft[name])] as const,
    ),
  ]);
}

/** What is sent of a draft without faults. */
export function improvementInput(draft: ImprovementDraft): LogImprovementInput {
  return {
    id: draft.id.trim(),
    title: draft.title.trim(),
    service: textOrNull(draft.service),
    metric: textOrNull(draft.metric),
    state: states.map(([state]) => state).find((state) => state === draft.state) ?? null,
    effort: efforts.map(([effort]) => effort).find((effort) => effort === draft.effort) ?? null,
    expectedChangePercent: numberIn(draft.expectedChangePercent) ?? null,
    before: numberIn(draft.before) ?? null,
    after: numberIn(draft.after) ?? null,
    owner: textOrNull(draft.owner),
    message: textOrNull(draft.message),
  };
}
