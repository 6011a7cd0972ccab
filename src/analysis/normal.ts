/** The standard normal distribution. */

/** Beyond so many deviations the tail comes from its continued fraction, before from the series of the middle. */
const TAIL_FROM = 3;

/** Terms of the continued fraction: at {@link TAIL_FROM} enough for every digit of a double. */
const FRACTION_TERMS = 120;

/** No double lies so many deviations out. */
const FARTHEST = 39;

const density = (z: number): number => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);

/** The part of the middle between 0 and z, z / 1 + z^3 / 3 + z^5 / (3 x 5) + ... (Abramowitz and Stegun 26.2.11). */
function middle(z: number): number {
  let sum = 0;
  for (let term = z, factor = 1; sum + term !== sum; factor += 2, term *= (z * z) / factor) sum += term;
  return density(z) * sum;
}

/** What lies above z, z >= 0: 1 / (z + 1 / (z + 2 / (z + 3 / ...))) (Abramowitz and Stegun 26.2.14). */
function above(z: number): number {
  if (z < TAIL_FROM) return 0.5 - middle(z);
  let fraction = z;
  for (let term = FRACTION_TERMS; term >= 1; term--) fraction = z + term / fraction;
  return density(z) / fraction;
}

/** The probability of a standard normal value of at most z; to 1e-12 of itself. */
export function normalCdf(z: number): number {
  return z <= 0 ? above(-z) : 1 - above(z);
}

/** The probability of a standard normal value at least as far from 0 as z, on either side. */
export function twoSidedP(z: number): number {
  return Math.min(1, 2 * above(Math.abs(z)));
}

/** The z that a standard normal value stays below with probability p, 0 < p < 1: the root of {@link normalCdf}, by halves. */
export function normalQuantile(p: number): number {
  const tail = Math.min(p, 1 - p);
  let low = 0;
  let high = FARTHEST;
  for (let z = high / 2; z > low && z < high; z = (low + high) / 2) {
    if (above(z) > tail) low = z;
    else high = z;
  }
  return p < 0.5 ? -low : low;
}
