/** The types of memory.mjs, which plain node runs, for its tests in TypeScript. */
export interface Reading {
  readonly atMs: number;
  readonly bytes: number;
}

export declare function robustSlope(points: readonly Reading[]): number;
export declare function judgeMemory(readings: readonly Reading[]): {
  readonly flat: boolean;
  readonly quartersMib: readonly number[];
  readonly mibPerHour: number;
  readonly grownMib: number;
  readonly allowedMib: number;
};
