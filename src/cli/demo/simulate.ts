import { type Instant, shift } from '../../model/index.js';
import {
  compose,
  dailyFactor,
  type Latency,
  type Leg,
  type PoolState,
  poolUnder,
  slowdown,
} from './physics.js';
import { type Plan, STEP_MS } from './plan.js';
import { type Random, seededRandom, wanderer } from './random.js';
import { type Call, ENTRY_RATE, INSTANCES, type Pool, type Service, shop } from './shop.js';

/** What one instance of a service does during one step. */
export interface InstanceState {
  readonly requestsPerSecond: number;
  readonly latency: Latency;
  /** The share of requests that fail, 0..1. */
  readonly errorRatio: number;
  /** Processor seconds a second. */
  readonly cpu: number;
  readonly memoryMb: number;
  readonly inFlight: number;
  readonly pool?: PoolState & { readonly size: number; readonly component: string };
}

/** What a service does during one step: its instances, and what its callers see of them together. */
export interface ServiceState {
  readonly service: string;
  readonly requestsPerSecond: number;
  readonly latency: Latency;
  readonly errorRatio: number;
  readonly instances: readonly InstanceState[];
}

/** The whole shop during the step that ends at `at`. */
export interface ShopState {
  readonly at: Instant;
  readonly services: ReadonlyMap<string, ServiceState>;
  /** Orders whose notification waits to be sent. */
  readonly queueDepth: number;
}

/** Processor seconds a second that an instance has. */
const CORES = 2;

/** What makes an instance differ from itself from step to step, as factors around 1. */
interface InstanceNoise {
  readonly latency: () => number;
  readonly tail: () => number;
  readonly cpu: () => number;
  readonly memory: () => number;
  readonly share: () => number;
}

type Noise = ReadonlyMap<string, readonly InstanceNoise[]>;

function noiseOf(random: Random): Noise {
  const factor = (deviation: number, memory: number): (() => number) => {
    const wander = wanderer(random, deviation, memory);
    return () => Math.exp(wander());
  };
  return new Map(
    shop.map((service) => [
      service.name,
      Array.from({ length: INSTANCES }, () => ({
        latency: factor(0.04, 0.6),
        tail: factor(0.08, 0.4),
        cpu: factor(0.05, 0.6),
        memory: factor(0.02, 0.97),
        share: factor(0.02, 0.5),
      })),
    ]),
  );
}

/** The pool that an instance has at a time: the plan's cause shrinks those of its service one after another, until mended. */
function poolAt(plan: Plan, service: Service, index: number, at: Instant): Pool | undefined {
  if (service.pool === undefined || service.name !== plan.cause.service) return service.pool;
  const { cause, mend } = plan;
  const isShrunk = at >= (cause.takesEffectAt[index] ?? cause.at);
  const isMended = at >= (mend.takesEffectAt[index] ?? mend.at);
  return { ...service.pool, size: isShrunk && !isMended ? cause.toSize : cause.fromSize };
}

/** The share of calls that fail although they were tried again. */
function failingShare(call: Call, callee: ServiceState): number {
  return callee.errorRatio ** (1 + call.retries);
}

/** How often a caller reaches a call: only when the call before it worked. */
function reachedShare(call: Call, service: Service, services: ReadonlyMap<string, ServiceState>): number {
  const before = service.calls.find((other) => other.callee === call.after);
  const callee = before === undefined ? undefined : services.get(before.callee);
  return before === undefined || callee === undefined ? 1 : 1 - failingShare(before, callee);
}

/** Requests a second of every service, from the frontend down; retries and broken chains are those of the step before. */
function loads(entryRate: number, before: ReadonlyMap<string, ServiceState>): ReadonlyMap<string, number> {
  const rates = new Map<string, number>([['frontend', entryRate]]);
  for (const service of shop) {
    const rate = rates.get(service.name) ?? 0;
    for (const call of service.calls) {
      const errors = before.get(call.callee)?.errorRatio ?? 0;
      const tries = call.retries > 0 ? 1 + errors : 1;
      const calls = rate * call.perRequest * tries * reachedShare(call, service, before);
      rates.set(call.callee, (rates.get(call.callee) ?? 0) + calls);
    }
  }
  return rates;
}

/** What the calls of a service add to its requests: latency and failures. */
function downstream(service: Service, services: ReadonlyMap<string, ServiceState>) {
  const legs: Leg[] = [];
  let working = 1;
  for (const call of service.calls) {
    const callee = services.get(call.callee);
    if (callee === undefined || call.kind === 'queue') continue;
    const tries = call.retries > 0 ? 1 + callee.errorRatio : 1;
    const { p50Ms, p99Ms } = callee.latency;
    const share = call.perRequest * reachedShare(call, service, services);
    legs.push({ latency: { p50Ms: p50Ms * tries, p99Ms: p99Ms * tries }, share });
    if (call.critical) working *= 1 - Math.min(1, call.perRequest) * failingShare(call, callee);
  }
  return { legs, errorRatio: 1 - working };
}

/** The share of requests that fails for no reason that anybody would look for. */
const BACKGROUND_ERRORS = 0.0005;

interface InstanceInput {
  readonly service: Service;
  readonly rate: number;
  readonly pool: Pool | undefined;
  readonly below: { readonly legs: readonly Leg[]; readonly errorRatio: number };
  readonly extraCpu: number;
  readonly noise: InstanceNoise;
}

function poolState(pool: Pool, rate: number, noise: InstanceNoise): PoolState {
  const state = poolUnder(pool, rate);
  return { ...state, waitMs: Math.min(pool.acquireTimeoutMs, state.waitMs * noise.tail()) };
}

function instanceState({ service, rate, pool, below, extraCpu, noise }: InstanceInput): InstanceState {
  const cpu = 0.02 + ((rate * service.cpuMs) / 1_000) * noise.cpu() + extraCpu;
  const ownMs = service.ownMs * slowdown(cpu / CORES) * noise.latency();
  const legs: Leg[] = [
    ...below.legs,
    { latency: { p50Ms: ownMs, p99Ms: ownMs * 3.2 * noise.tail() }, share: 1 },
  ];
  const held = pool === undefined ? undefined : poolState(pool, rate, noise);
  if (pool !== undefined && held !== undefined) {
    const queryMs = pool.holdMs * noise.latency();
    legs.push({
      latency: { p50Ms: queryMs + held.waitMs, p99Ms: queryMs * 2.1 + held.waitMs * 1.05 },
      share: 1,
    });
  }
  const latency = compose(legs);
  const inFlight = (rate * latency.p50Ms) / 1_000;
  return {
    requestsPerSecond: rate,
    latency,
    errorRatio: 1 - (1 - BACKGROUND_ERRORS) * (1 - (held?.timedOut ?? 0)) * (1 - below.errorRatio),
    cpu,
    memoryMb: service.memoryMb * noise.memory() + inFlight * 0.4,
    inFlight,
    ...(pool === undefined || held === undefined
      ? {}
      : { pool: { ...held, size: pool.size, component: pool.component } }),
  };
}

/** What callers see of all instances: medians are mixed, and the tail is that of the slowest. */
function together(service: string, instances: readonly InstanceState[]): ServiceState {
  const requestsPerSecond = instances.reduce((sum, one) => sum + one.requestsPerSecond, 0);
  const mixed = (value: (one: InstanceState) => number): number =>
    instances.reduce((sum, one) => sum + value(one) * one.requestsPerSecond, 0) /
    Math.max(1e-9, requestsPerSecond);
  const latency = {
    p50Ms: mixed((one) => one.latency.p50Ms),
    p99Ms: Math.max(...instances.map((one) => one.latency.p99Ms)),
  };
  return { service, requestsPerSecond, latency, errorRatio: mixed((one) => one.errorRatio), instances };
}

/** One step of every service, from the services that call none up to the frontend. */
function step(plan: Plan, noise: Noise, at: Instant, rates: ReadonlyMap<string, number>) {
  const services = new Map<string, ServiceState>();
  for (const service of shop.toReversed()) {
    const below = downstream(service, services);
    const { wobble } = plan;
    const wobbling = service.name === wobble.service && at >= wobble.from && at < wobble.to;
    const shares = (noise.get(service.name) ?? []).map((one) => one.share());
    const total = shares.reduce((sum, share) => sum + share, 0);
    const instances = (noise.get(service.name) ?? []).map((one, index) =>
      instanceState({
        service,
        rate: ((rates.get(service.name) ?? 0) * (shares[index] ?? 0)) / total,
        pool: poolAt(plan, service, index, at),
        below,
        extraCpu: wobbling ? 0.3 : 0,
        noise: one,
      }),
    );
    services.set(service.name, together(service.name, instances));
  }
  return services;
}

/** Notifications that the workers of the queue send a second at most. */
const QUEUE_CAPACITY = 90;

/** Runs the shop through a plan; the same seed and plan give the same states. */
export function simulateShop(seed: number, plan: Plan): readonly ShopState[] {
  const random = seededRandom(seed);
  const noise = noiseOf(random);
  const traffic = wanderer(random, 0.05, 0.8);
  const states: ShopState[] = [];
  let before: ReadonlyMap<string, ServiceState> = new Map();
  for (let at = shift(plan.from, STEP_MS); at <= plan.until; at = shift(at, STEP_MS)) {
    const rates = loads(ENTRY_RATE * dailyFactor(at) * Math.exp(traffic()), before);
    before = step(plan, noise, at, rates);
    const load = (rates.get('notifications') ?? 0) / QUEUE_CAPACITY;
    // The mean length of a queue with one server, as its workers come and go.
    const queueDepth = Math.round(
      (load / (1 - Math.min(0.97, load))) * 12 * Math.exp(0.15 * random.normal()),
    );
    states.push({ at, services: before, queueDepth });
  }
  return states;
}
