/** The physics of the simulated shop: small queueing models, pure functions of one step. */

/** What a pool of connections does under a load. */
export interface PoolState {
  readonly inUse: number;
  /** Requests that wait for a connection. */
  readonly waiting: number;
  readonly waitMs: number;
  /** The share of requests that gave up waiting, 0..1. */
  readonly timedOut: number;
}

/** How long it takes to be handed a connection that is free, in milliseconds. */
const HANDOVER_MS = 0.2;

/**
 * A pool as a queue with `size` servers (Sakasegawa's approximation of M/M/c). Beyond its capacity the wait is the
 * timeout, and what does not fit times out.
 */
export function poolUnder(
  pool: { readonly size: number; readonly holdMs: number; readonly acquireTimeoutMs: number },
  requestsPerSecond: number,
): PoolState {
  const offered = (requestsPerSecond * pool.holdMs) / 1_000;
  const load = offered / pool.size;
  const free = Math.max(1e-6, 1 - load);
  const queued = (pool.holdMs * load ** Math.sqrt(2 * (pool.size + 1))) / (pool.size * free);
  const waitMs = load >= 1 ? pool.acquireTimeoutMs : Math.min(pool.acquireTimeoutMs, HANDOVER_MS + queued);
  return {
    inUse: Math.min(offered, pool.size),
    waiting: (requestsPerSecond * waitMs) / 1_000,
    waitMs,
    timedOut: load > 1 ? 1 - 1 / load : 0,
  };
}

/** A latency by its median and its 99th percentile, in milliseconds. */
export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** The shape of a log-logistic distribution with this median and 99th percentile; large where there is no tail. */
const shapeOf = ({ p50Ms, p99Ms }: Latency): number =>
  Math.log(99) / Math.log(Math.max(1.001, p99Ms / p50Ms));

/** The share of requests (0..1) that take at most so long: latencies are log-logistic, which has its long tail. */
export function shareWithin(latency: Latency, ms: number): number {
  return 1 / (1 + (latency.p50Ms / ms) ** shapeOf(latency));
}

/** The mean of the same distribution; a tail so heavy that it has none is cut where it would begin to have none. */
export function meanMs(latency: Latency): number {
  const angle = Math.PI / Math.max(1.2, shapeOf(latency));
  return (latency.p50Ms * angle) / Math.sin(angle);
}

/** A part of a request: its latency, and for which share of the requests it is on the way. */
export interface Leg {
  readonly latency: Latency;
  readonly share: number;
}

/**
 * The latency of a request made of parts that follow each other: medians add up by share; tails are independent, so
 * their squares add up, and a part counts for the tail when at least one request in a hundred takes it.
 */
export function compose(legs: readonly Leg[]): Latency {
  let p50Ms = 0;
  let tails = 0;
  for (const { latency, share } of legs) {
    p50Ms += latency.p50Ms * Math.min(1, share);
    // A rare part leaves the median alone and shows whole in the tail.
    const rareMs = share < 1 ? latency.p50Ms * (1 - share) : 0;
    if (share >= 0.01) tails += (latency.p99Ms - latency.p50Ms + rareMs) ** 2;
  }
  return { p50Ms, p99Ms: p50Ms + Math.sqrt(tails) };
}

/** How much slower work gets on a processor in use by this share (0..1), as in a queue with one server. */
export function slowdown(utilization: number): number {
  return 1 / (1 - Math.min(0.95, utilization));
}

/** The factor of a day's traffic at a time: least at 4 h UTC, most at 16 h UTC, 1 at the mean. */
export function dailyFactor(epochMs: number): number {
  const hours = (epochMs / 3_600_000) % 24;
  return 1 - 0.3 * Math.cos((2 * Math.PI * (hours - 4)) / 24);
}
