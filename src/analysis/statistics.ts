/** The arithmetic mean; undefined for no values, which have none. */
export function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The population standard deviation; undefined for no values. */
export function deviation(values: readonly number[]): number | undefined {
  const middle = mean(values);
  if (middle === undefined) return undefined;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / values.length);
}

/**
 * The quantile `share` (0..1) of values in ascending order, linear between neighbours (Hyndman and Fan's type 7,
 * the one of SQL's `quantile_cont`); undefined for no values.
 */
export function quantile(ascending: ArrayLike<number>, share: number): number | undefined {
  const position = (ascending.length - 1) * share;
  const lower = ascending[Math.floor(position)];
  const upper = ascending[Math.ceil(position)];
  if (lower === undefined || upper === undefined) return undefined;
  return lower + (upper - lower) * (position - Math.floor(position));
}

/** A number held within bounds. */
export function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
