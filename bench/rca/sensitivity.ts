/** What becomes of the scores when one weight is half or twice what it is: each weight in turn, over the same cases. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { analyse } from '../../src/rca/index.js';
import type { BenchCase, BenchSet, LoadOptions, Marks } from './case.js';
import { withRecorded } from './harness.js';
import { type Scores, scoresOf } from './score.js';

/** A weight with what it is times. */
interface Variant {
  readonly weight: string;
  readonly factor: number;
  readonly analyse: typeof analyse;
}

/** What the scores of a set become when a weight is so many times what it is. */
export interface Sensitivity {
  readonly set: string;
  readonly cases: number;
  readonly weight: string;
  readonly factor: number;
  readonly scores: Scores;
  /** The scores of the same cases with the weights as they are. */
  readonly usual: Scores;
}

const ROOM = fileURLToPath(new URL('../../src/rca/', import.meta.url));
const FACTORS = [0.5, 2] as const;

/** What is no part of a score: how sure an answer is said to be, how many candidates are kept and learned from. */
const OF_NO_SCORE =
  /^(CONFIDENCE_KNOTS|LEAST_CONFIDENCE|MOST_CANDIDATES|MOST_REJECTED|MOST_PAST_INCIDENTS|LEAST_PAST_INCIDENTS)/;

interface Place {
  readonly weight: string;
  readonly at: number;
  readonly text: string;
}

/** Where the numbers of the weights stand in the text of their module. */
function placesOf(source: string): readonly Place[] {
  return [...source.matchAll(/^export const (\w+) = ([^;]+);/gm)].flatMap((statement) => {
    const [whole, name = '', value = ''] = statement;
    if (OF_NO_SCORE.test(name)) return [];
    const begin = statement.index + whole.indexOf(value, whole.indexOf('='));
    return [...value.matchAll(/(?:(\w+): |^)(-?[\d_.]+)/gm)].map((number): Place => {
      const [all, key, text = ''] = number;
      const weight = key === undefined ? name : `${name}.${key}`;
      return { weight, at: begin + number.index + all.length - text.length, text };
    });
  });
}

/** The room of the analysis with one number of its weights changed, beside the room itself so that it finds the others. */
async function variantOf(source: string, { weight, at, text }: Place, factor: number): Promise<Variant> {
  const folder = await mkdtemp(join(dirname(ROOM), 'rca-'));
  try {
    await cp(ROOM, folder, { recursive: true });
    const value = Number(text.replaceAll('_', '')) * factor;
    const changed = `${source.slice(0, at)}${value}${source.slice(at + text.length)}`;
    await writeFile(join(folder, 'weights.js'), changed);
    const room: { readonly analyse: typeof analyse } = await import(
      pathToFileURL(join(folder, 'index.js')).href
    );
    return { weight, factor, analyse: room.analyse };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function variantsOf(named: string): Promise<readonly Variant[]> {
  const source = await readFile(join(ROOM, 'weights.js'), 'utf8');
  const variants: Variant[] = [];
  for (const place of placesOf(source).filter(({ weight }) => weight.includes(named))) {
    for (const factor of FACTORS) variants.push(await variantOf(source, place, factor));
  }
  return variants;
}

/** Which weights to change, and over which cases. */
export interface SensitivityOptions extends LoadOptions {
  /** Only weights with this in their names. */
  readonly weight: string;
  readonly named: string;
  readonly every: number;
}

interface Played {
  readonly usual: Marks;
  /** In the order of the variants. */
  readonly changed: readonly Marks[];
}

function play(one: BenchCase, variants: readonly Variant[]): Promise<Played> {
  return withRecorded(one, { how: 'none', seed: 0 }, async (ask) => {
    const changed: Marks[] = [];
    const usual = one.marks(await ask());
    for (const variant of variants) changed.push(one.marks(await ask(variant.analyse)));
    return { usual, changed };
  });
}

/** Changes each weight in turn; the scores of a set below its folder for each, none where it has no such cases. */
export async function sensitivityOf(
  set: BenchSet,
  folder: string,
  options: SensitivityOptions,
): Promise<readonly Sensitivity[]> {
  const named = (await set.load(folder, options)).filter(({ name }) => name.includes(options.named));
  const cases = named.filter((_, place) => place % options.every === 0);
  if (cases.length === 0) return [];
  const variants = await variantsOf(options.weight);
  const played: Played[] = [];
  for (const one of cases) played.push(await play(one, variants));
  const usual = scoresOf(
    set.scores,
    played.map((one) => one.usual),
  );
  return variants.map(({ weight, factor }, place) => ({
    set: set.name,
    cases: cases.length,
    weight,
    factor,
    scores: scoresOf(
      set.scores,
      played.map(({ changed }) => changed[place] ?? {}),
    ),
    usual,
  }));
}
