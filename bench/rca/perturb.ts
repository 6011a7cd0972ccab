/**
 * What must not matter to an analysis, done to a recorded case on its way into the store: names, units, when it was, the
 * order of rows, whether a series is there twice. And what may weaken it: samples that are lost, series that are taken less
 * often, a short past, no dependency graph.
 */

import {
  DAY_MS,
  formatInstant,
  type Instant,
  type Labels,
  parseInstant,
  serviceOf,
  shift,
} from '../../src/model/index.js';
import { type Analysis, analyse, type Question } from '../../src/rca/index.js';
import { type CaseRecorder, dependenciesOf, type LabelledSample, type NativeEvent } from './recording.js';

/** The names of all perturbations. */
export const perturbations = [
  'rename',
  'rescale',
  'drop',
  'nograph',
  'shift',
  'shuffle',
  'duplicate',
  'subsample',
  'history',
] as const;

/** One of {@link perturbations}. */
export type Perturbation = (typeof perturbations)[number];

/** A number in 0..1 from a text, the same everywhere (FNV-1a with a final mix). */
function chanceOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < text.length; place++) {
    hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return ((hash ^ (hash >>> 15)) >>> 0) / 4_294_967_296;
}

const SHIFTED_MS = -(3 * 365 * DAY_MS + 7 * 3_600_000 + 13_000);
const DROPPED = 0.1;

/** What is left of what lies before the window when history is short, and the share of series taken half as often. */
const HISTORY = 1 / 3;
const SUBSAMPLED = 0.5;

/** Other words than those of services that a service's name may be made of; none is a word of the field. */
const SYLLABLES = [
  'ba',
  'do',
  'fi',
  'gu',
  'ka',
  'le',
  'mo',
  'nu',
  'pi',
  'ra',
  'so',
  'ta',
  'vu',
  'xe',
  'zo',
  'qi',
];

function freshName(name: string): string {
  return [1, 2, 3, 4, 5]
    .map((n) => SYLLABLES[Math.floor(chanceOf(`${n} ${name}`) * SYLLABLES.length)])
    .join('');
}

/** Texts in anything with their service names changed; a name counts where it stands as a word. */
function renamer(names: ReadonlyMap<string, string>): (text: string) => string {
  if (names.size === 0) return (text) => text;
  const longest = [...names.keys()].sort((a, b) => b.length - a.length);
  const escaped = longest.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const words = new RegExp(`(?<![A-Za-z\\d])(${escaped.join('|')})(?![A-Za-z])`, 'g');
  return (text) => text.replace(words, (name) => names.get(name) ?? name);
}

function deeply<T>(value: T, text: (text: string) => string): T {
  return JSON.parse(JSON.stringify(value), (_, part) => (typeof part === 'string' ? text(part) : part));
}

/** What is done to a case. */
export interface PerturbedBy {
  readonly how: Perturbation | 'none';
  /** Which of the draws of chance; the same one is the same everywhere. */
  readonly seed: number;
}

/** One case's perturbation: what it does to evidence and question, and how an answer is read back. */
export class Perturbed {
  readonly #how: Perturbation | 'none';
  readonly #seed: number;
  readonly #names: ReadonlyMap<string, string>;
  readonly #question: Question;

  /** `services` are the names that `rename` changes. */
  constructor({ how, seed }: PerturbedBy, services: readonly string[], question: Question) {
    this.#how = how;
    this.#seed = seed;
    this.#question = question;
    this.#names =
      how === 'rename' ? new Map(services.map((name) => [name, freshName(name)])) : new Map<string, string>();
  }

  #chanceOf(text: string): number {
    return chanceOf(this.#seed === 0 ? text : `${this.#seed} ${text}`);
  }

  /** The samples that are not lost. */
  #kept(samples: readonly LabelledSample[]): readonly LabelledSample[] {
    const nameOf = ({ metric, labels }: LabelledSample): string => `${metric} ${JSON.stringify(labels)}`;
    switch (this.#how) {
      case 'drop':
        return samples.filter((one) => this.#chanceOf(`${one.at} ${nameOf(one)}`) >= DROPPED);
      case 'subsample': {
        const place = new Map<string, number>();
        return samples
          .toSorted((a, b) => a.at - b.at)
          .filter((one) => {
            const name = nameOf(one);
            const count = (place.get(name) ?? -1) + 1;
            place.set(name, count);
            const draw = this.#chanceOf(name);
            return draw >= SUBSAMPLED || count % 2 === (draw < SUBSAMPLED / 2 ? 0 : 1);
          });
      }
      case 'history': {
        const opened = this.#question.at - this.#question.windowMs;
        const first = samples.reduce((least, { at }) => Math.min(least, at), opened);
        const from = opened - (opened - first) * HISTORY;
        return samples.filter(({ at }) => at >= from);
      }
      default:
        return samples;
    }
  }

  #at(at: Instant): Instant {
    return this.#how === 'shift' ? shift(at, SHIFTED_MS) : at;
  }

  /** The samples as they are recorded instead. */
  samples(samples: readonly LabelledSample[]): readonly LabelledSample[] {
    const renamed = renamer(this.#names);
    const labelsOf = (labels: Labels): Labels => (this.#how === 'rename' ? deeply(labels, renamed) : labels);
    const all = this.#kept(samples).map(({ metric, labels, at, value }) => ({
      metric: renamed(metric),
      labels: labelsOf(labels),
      at: this.#at(at),
      value: this.#how === 'rescale' ? value * 10 ** (4 * this.#chanceOf(metric) - 2) : value,
    }));
    switch (this.#how) {
      case 'duplicate':
        return [...all, ...all.map((one) => ({ ...one, labels: { ...one.labels, replica: 'second' } }))];
      case 'shuffle':
        return all
          .map((one, place) => ({ one, order: this.#chanceOf(`${place}`) }))
          .sort((a, b) => a.order - b.order)
          .map(({ one }) => one);
      default:
        return all;
    }
  }

  /** The events as they are recorded instead, and the time at which they are. */
  events(events: readonly NativeEvent[], now: Instant): readonly [readonly NativeEvent[], Instant] {
    const renamed = renamer(this.#names);
    const kept = this.#how === 'nograph' ? events.filter(({ kind }) => kind !== 'dependency') : events;
    const all = kept.map((event): NativeEvent => {
      const at = typeof event.time === 'string' ? parseInstant(event.time) : undefined;
      const moved = at === undefined ? event : { ...event, time: formatInstant(this.#at(at)) };
      return this.#how === 'rename' ? { ...deeply(moved, renamed), kind: event.kind } : moved;
    });
    const order = (event: NativeEvent): number => this.#chanceOf(JSON.stringify(event));
    return [this.#how === 'shuffle' ? all.toSorted((a, b) => order(a) - order(b)) : all, this.#at(now)];
  }

  /** Asks the question as it is about what was recorded, and reads the answer in the words of the case. */
  async ask(
    store: Parameters<typeof analyse>[0],
    topology: Parameters<typeof analyse>[1],
    experience: Parameters<typeof analyse>[3],
    by: typeof analyse = analyse,
  ): Promise<Analysis> {
    const { comparedWith, at } = this.#question;
    const moved = {
      ...this.#question,
      at: this.#at(at),
      ...(comparedWith === undefined
        ? {}
        : { comparedWith: { from: this.#at(comparedWith.from), to: this.#at(comparedWith.to) } }),
    };
    const asked = deeply(moved, renamer(this.#names));
    const analysis = await by(store, topology, asked, experience);
    const back = new Map([...this.#names].map(([old, fresh]) => [fresh, old]));
    return back.size === 0 ? analysis : deeply(analysis, renamer(back));
  }
}

/** All evidence of a case, before any of it is recorded. */
export class Collected implements CaseRecorder {
  readonly #samples: LabelledSample[][] = [];
  readonly #events: (readonly [readonly NativeEvent[], Instant])[] = [];

  async samples(samples: readonly LabelledSample[]): Promise<void> {
    this.#samples.push([...samples]);
  }

  async events(events: readonly NativeEvent[], now: Instant): Promise<void> {
    this.#events.push([events, now]);
  }

  async calls(pairs: readonly (readonly [string, string])[], at: Instant): Promise<void> {
    this.#events.push([dependenciesOf(pairs, at), at]);
  }

  /** The names of the services in it. */
  services(): readonly string[] {
    const told = this.#events.flatMap(([events]) =>
      events.flatMap(({ service, from, to }) => [service, from, to]),
    );
    const measured = this.#samples.flatMap((block) => block.map(({ labels }) => serviceOf(labels)));
    const names = [...new Set([...told, ...measured])].filter((name) => typeof name === 'string');
    return names.filter((name) => name !== '');
  }

  /** Records it as the perturbation leaves it. */
  async record(into: CaseRecorder, by: Perturbed): Promise<void> {
    for (const block of this.#samples) await into.samples(by.samples(block));
    for (const [events, now] of this.#events) await into.events(...by.events(events, now));
  }
}
