import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeMemory, robustSlope } from './memory.mjs';

const MIB = 1_048_576;

/** Readings once a second: a level by the second, and noise of a collector that comes and goes. */
function readingsOf(seconds: number, levelMib: (second: number) => number, noiseMib = 0) {
  return Array.from({ length: seconds }, (_, second) => ({
    atMs: second * 1_000,
    bytes: (levelMib(second) + noiseMib * ((second * 7) % 11)) * MIB,
  }));
}

describe('the verdict on memory', () => {
  it('is that it is flat once it has warmed up, whatever the collector does', () => {
    const warming = readingsOf(1_200, (second) => 400 + Math.min(second, 300), 15);
    expect(judgeMemory(warming)).toMatchObject({ flat: true });
  });

  it('is that it is not when it goes on growing, however slowly it looks', () => {
    const leaking = readingsOf(1_200, (second) => 600 + second / 10, 5);
    const verdict = judgeMemory(leaking);
    expect(verdict.flat).toBe(false);
    expect(verdict.mibPerHour).toBeCloseTo(360, -1);
  });

  it('is that it is not when it steps up late', () => {
    expect(judgeMemory(readingsOf(1_200, (second) => (second > 950 ? 700 : 600)))).toMatchObject({
      flat: false,
    });
  });

  it('is not moved by one wild reading, and is never good news of none', () => {
    const steady = readingsOf(400, () => 500);
    const wild = steady.map((reading) =>
      reading.atMs === 390_000 ? { ...reading, bytes: 9_000 * MIB } : reading,
    );
    expect(judgeMemory(wild).flat).toBe(true);
    expect(judgeMemory([]).flat).toBe(false);
  });

  it('has the slope of a line for its slope', () => {
    fc.assert(
      fc.property(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 3, max: 40 }), (slope, count) => {
        const points = Array.from({ length: count }, (_, x) => ({ atMs: x, bytes: slope * x + 1_000 }));
        expect(robustSlope(points)).toBe(slope === 0 ? 0 : slope);
      }),
      { seed: 1 },
    );
  });
});
