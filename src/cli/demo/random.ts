import { seededUniform } from '../../analysis/index.js';

/** A source of pseudo-random numbers that gives the same row for the same seed. */
export interface Random {
  /** Uniform in 0 <= x < 1. */
  uniform(): number;
  /** Uniform in low <= x < high. */
  between(low: number, high: number): number;
  /** Normal with mean 0 and standard deviation 1. */
  normal(): number;
}

/** Makes a source from a seed; the normal numbers by Box and Muller. */
export function seededRandom(seed: number): Random {
  const uniform = seededUniform(seed);
  return {
    uniform,
    between: (low, high) => low + (high - low) * uniform(),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

/**
 * Noise that remembers: a first-order autoregressive process with mean 0 and the given standard deviation, which
 * keeps the share `memory` (0..1) of its value from step to step.
 */
export function wanderer(random: Random, deviation: number, memory: number): () => number {
  const fresh = deviation * Math.sqrt(1 - memory * memory);
  let value = deviation * random.normal();
  return () => {
    value = memory * value + fresh * random.normal();
    return value;
  };
}
