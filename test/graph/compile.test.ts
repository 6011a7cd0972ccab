import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Answerer } from '../../src/graph/answer.js';
import { GraphError } from '../../src/graph/errors.js';
import { Federation } from '../../src/graph/federation.js';
import type { Instant } from '../../src/model/index.js';
import { compilableQuery } from './compilable-queries.js';
import { iris, START } from './fixture.js';
import { anyQuery } from './queries.js';
import { formatOf, linesOf, openScene, parser, rules, type Scene, within } from './scene.js';

/** More for a run by hand: `COMPILE_QUERIES=5000 npx vitest run test/graph/compile.test.ts`. */
const QUERIES = Number(process.env.COMPILE_QUERIES ?? 150);
const LATER = (START + 3_600_000) as Instant;

describe('compiled queries', () => {
  let scene: Scene;
  let answerer: Answerer;
  beforeAll(async () => {
    scene = await openScene();
    const { store, knowledge, slicer, pool } = scene;
    answerer = new Answerer({
      store,
      iris,
      rules,
      knowledge,
      slicer,
      pool,
      federation: new Federation(1, []),
      clock: () => LATER,
      maxResultBytes: 4e6,
    });
  });
  afterAll(async () => {
    await scene.remove();
  });

  async function answer(text: string, format = formatOf(text)) {
    const told = await within(3_000, (signal) => answerer.answer(parser.parse(text), format, signal));
    return { ...told, lines: linesOf(told.body) };
  }

  async function hold(queries: fc.Arbitrary<string>) {
    const tally = { asked: 0, tooLong: 0, found: 0, compiled: 0, both: 0, slice: 0, alone: 0 };
    await fc.assert(
      fc.asyncProperty(queries, async (text) => {
        tally.asked += 1;
        try {
          const expected = await scene.plain(text, scene.all.chunks);
          const { lines, way, engineQuery } = await answer(text);
          expect(lines, text).toEqual(expected);
          tally[way] += 1;
          if (engineQuery === undefined) tally.alone += 1;
          if (expected.length > 2) tally.found += 1;
        } catch (error) {
          // Joins without anything in common, which no way answers in time.
          const tooLong = ['query-timeout', 'query-result-too-large', 'query-crashed'];
          if (!(error instanceof GraphError) || !tooLong.includes(error.code)) throw error;
          tally.tooLong += 1;
        }
      }),
      {
        numRuns: QUERIES,
        seed: Number(process.env.COMPILE_SEED ?? 7),
        endOnFailure: process.env.COMPILE_SHRINK === undefined,
      },
    );
    if (process.env.COMPILE_QUERIES !== undefined) console.info(tally);
    expect(tally.tooLong).toBeLessThan(tally.asked / 20);
    return tally;
  }

  it(`answer like a plain store with everything in it, for ${QUERIES} queries of every shape`, async () => {
    const { asked, found, both, compiled } = await hold(anyQuery(scene.constants));
    expect(found).toBeGreaterThan(asked / 10);
    expect(both + compiled).toBeGreaterThan(asked / 5);
  }, 3_600_000);

  it(`and for ${QUERIES} that are mostly stars`, async () => {
    const { asked, found, alone } = await hold(compilableQuery(scene.constants));
    expect(found).toBeGreaterThan(asked / 8);
    expect(alone).toBeGreaterThan(asked / 3);
  }, 3_600_000);
});
