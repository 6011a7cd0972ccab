/** What a change has to do with what went wrong, by its own words, diff and values. */
import type { Change } from './changes.js';
import { type Edit, partsOf } from './edit.js';
import { editsOf } from './edits.js';
import { filesOf, type Inertness, inertnessOf } from './inert.js';
import { settingEdit } from './pair-edits.js';
import { type Patch, readPatch } from './patch.js';
import type { Trouble } from './trouble.js';
import { NOTHING_KNOWN } from './weights.js';
import { type Overlap, overlapOf, stem, tellingWords } from './words.js';

/** How a change meets the trouble; the values are 0..1. */
export interface Bearing {
  readonly overlap: Overlap;
  /** A name in the failures that the change itself touches. */
  readonly named: { readonly value: number; readonly names: readonly string[] };
  /** What it does that is known to lead to such faults. */
  readonly mechanism: { readonly value: number; readonly edit: Edit | undefined; readonly known: boolean };
  readonly inert: Inertness;
}

/** What a change tells of itself, read once. */
export interface ReadChange {
  readonly change: Change;
  readonly patch: Patch | undefined;
  readonly edits: readonly Edit[];
  readonly inert: Inertness;
  /** Stems of its words with how much each counts: what it alters counts more than what stands around it. */
  readonly words: ReadonlyMap<string, number>;
  /** Names of code that it touches, 1 where it alters them, less where they only stand near. */
  readonly names: ReadonlyMap<string, number>;
}

const ALTERED = 1;
const SAID = 0.6;
const NEAR = 0.35;

function put(all: Map<string, number>, words: Iterable<string>, weight: number): void {
  for (const word of words) all.set(word, Math.max(all.get(word) ?? 0, weight));
}

/** Reads the words, names and edits of a change. */
export function readChange(change: Change): ReadChange {
  const { message, diff, altered } = change;
  const patch = diff === undefined ? undefined : readPatch(diff);
  const files = filesOf(message, diff ?? '');
  const words = new Map<string, number>();
  const names = new Map<string, number>();
  put(words, tellingWords(message), SAID);
  put(words, tellingWords(altered), ALTERED);
  put(
    names,
    files.flatMap((path) => path.toLowerCase().split('/').slice(-1)),
    ALTERED,
  );
  if (patch !== undefined) {
    const net = [...patch.netRemoved, ...patch.netAdded];
    put(words, tellingWords([...patch.around].join(' ')), NEAR);
    put(words, tellingWords(net.join(' ')), ALTERED);
    put(
      names,
      [...patch.around].map((name) => name.toLowerCase()),
      NEAR,
    );
    put(
      names,
      net.map((name) => name.toLowerCase()),
      ALTERED,
    );
  }
  const ofValues =
    change.value === undefined
      ? undefined
      : settingEdit(change.value.name, change.value.from, change.value.to);
  return {
    change,
    patch,
    edits: [...(ofValues === undefined ? [] : [ofValues]), ...(patch === undefined ? [] : editsOf(patch))],
    inert: inertnessOf(message, diff, patch),
    words,
    names,
  };
}

/** How many of the changes that could be the cause speak of each word. */
export function sharedWords(changes: readonly ReadChange[]): ReadonlyMap<string, number> {
  const shared = new Map<string, number>();
  for (const { words } of changes)
    for (const word of words.keys()) shared.set(word, (shared.get(word) ?? 0) + 1);
  return shared;
}

function namedOf({ names }: ReadChange, trouble: Trouble): Bearing['named'] {
  const met = [...trouble.names]
    .flatMap(([name, weight]) => {
      const touched = names.get(name) ?? 0;
      return touched === 0 ? [] : [{ name, value: weight * touched }];
    })
    .sort((a, b) => b.value - a.value || (a.name < b.name ? -1 : 1));
  return { value: met[0]?.value ?? 0, names: met.slice(0, 3).map(({ name }) => name) };
}

/** The share of an edit's sureness that is left when nothing that failed speaks of what it touches. */
const UNSPOKEN = 0.6;

function mechanismOf(read: ReadChange, trouble: Trouble, meets: boolean): Bearing['mechanism'] {
  const known = read.patch !== undefined || read.change.value !== undefined;
  if (!known) return { value: unknownValue(read, meets), edit: undefined, known };
  const rated = read.edits
    .map((edit) => {
      const reached = Object.entries(edit.leadsTo).map(([family, likely]) => {
        const weight = [...trouble.families].find(([name]) => name === family)?.[1] ?? 0;
        return likely * weight;
      });
      return { edit, value: edit.sureness * Math.max(0, ...reached) * (meets ? 1 : UNSPOKEN) };
    })
    .sort((a, b) => b.value - a.value);
  const best = rated[0];
  if (best !== undefined && best.value > 0) return { value: best.value, edit: best.edit, known };
  // Where what went wrong is of no known family, that nothing leads there says little.
  return { value: trouble.families.size === 0 ? NOTHING_KNOWN * UNSPOKEN : 0, edit: undefined, known };
}

/** What is taken for what a change does when it is not recorded: less when what it says is of something else. */
export function unknownValue({ words }: ReadChange, meets: boolean): number {
  return words.size === 0 || meets ? NOTHING_KNOWN : NOTHING_KNOWN * SAID;
}

/**
 * Holds a change against the trouble; `shared` tells words that many changes have, which weigh less, and `makesBusy`
 * whether what its service calls got busy after it, which is to meet the trouble without words.
 */
export function bearingOfChange(
  read: ReadChange,
  trouble: Trouble,
  shared: ReadonlyMap<string, number>,
  makesBusy: boolean,
): Bearing {
  const service = read.change.receipt.service ?? '';
  // That a change of a service speaks of that service says nothing.
  const own = new Set([service.toLowerCase(), ...partsOf(service)].map(stem));
  const words = new Map(
    [...read.words].filter(([word]) => !own.has(word) && !service.toLowerCase().includes(word)),
  );
  const overlap = overlapOf(words, trouble.words, shared);
  const named = namedOf(read, trouble);
  return {
    overlap,
    named,
    mechanism: mechanismOf(read, trouble, makesBusy || overlap.value > 0 || named.value > 0),
    inert: read.inert,
  };
}
