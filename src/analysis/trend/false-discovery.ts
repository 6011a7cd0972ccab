/**
 * P-values of several tests, each raised to the smallest rate of false discoveries at which it would count (Benjamini
 * and Hochberg, Controlling the false discovery rate, JRSS B 57, 1995), in the order given.
 */
export function adjustForMany(ps: readonly number[]): readonly number[] {
  const order = ps.map((p, item) => ({ p, item })).sort((a, b) => b.p - a.p);
  const adjusted: number[] = [...ps];
  let least = 1;
  for (const [place, { p, item }] of order.entries()) {
    least = Math.min(least, (p * ps.length) / (ps.length - place));
    adjusted[item] = least;
  }
  return adjusted;
}
