import { formatInstant, type Instant, shift } from '../../model/index.js';
import type { Plan } from './plan.js';
import { instanceOf, shop } from './shop.js';
import type { ShopState } from './simulate.js';

/** One event in the form of the native door, with its time for the order of the play. */
export interface NativeEvent {
  readonly at: Instant;
  readonly body: Readonly<Record<string, string | number>>;
}

type Parts = Readonly<Record<string, string | number>>;

function native(kind: string, at: Instant, service: string, parts: Parts): NativeEvent {
  return { at, body: { kind, time: formatInstant(at), service, ...parts } };
}

/** Who calls whom, and the workers of the queue: told once, at the start. */
function standing(plan: Plan): readonly NativeEvent[] {
  const calls = shop.flatMap((service) =>
    service.calls.map((call) => ({
      at: plan.from,
      body: {
        kind: 'dependency',
        time: formatInstant(plan.from),
        from: service.name,
        to: call.callee,
        dependencyKind: call.kind,
      },
    })),
  );
  const workers = [0, 1].map((index) =>
    native('worker_activated', plan.from, 'notifications', {
      worker: instanceOf('notifications', index),
      load: 0.2,
    }),
  );
  return [...calls, ...workers];
}

/** The planted change, the flag that has nothing to do with it, and the change that mends. */
function changes({ cause, mend, innocentFlag, until }: Plan): readonly NativeEvent[] {
  const mended = native('config_change', mend.at, cause.service, {
    key: cause.key,
    from: String(cause.toSize),
    to: String(cause.fromSize),
    message: 'Take back the smaller pool: payments runs out of connections',
  });
  return [
    ...(mend.at <= until ? [mended] : []),
    native('config_change', cause.at, cause.service, {
      key: cause.key,
      from: String(cause.fromSize),
      to: String(cause.toSize),
      message: 'Give connections of the shared database back to reporting',
    }),
    native('flag_change', innocentFlag.at, innocentFlag.service, {
      flag: 'synonyms-v2',
      from: 'off',
      to: '10 %',
      message: 'Try the new synonyms on a tenth of the searches',
    }),
  ];
}

/** How many lines of errors a service logs in a minute. */
function errorLines(state: ShopState, service: string): number {
  const seen = state.services.get(service);
  return seen === undefined ? 0 : Math.round(seen.requestsPerSecond * seen.errorRatio * 60);
}

/** What the services tell every minute, in good times and in bad. */
function minutely(state: ShopState): readonly NativeEvent[] {
  const { at } = state;
  const waitMs = (state.queueDepth / 45) * 1_000;
  return [
    native('queue_depth', at, 'notifications', {
      queue: 'order-events',
      depth: state.queueDepth,
      capacity: 500,
    }),
    native('task_completed', at, 'notifications', {
      latencyMs: Math.round(waitMs + 40),
      waitMs: Math.round(waitMs),
    }),
    ...['frontend', 'checkout', 'payments'].map((service) =>
      native('log_volume', at, service, { count: errorLines(state, service), level: 'error' }),
    ),
  ];
}

/** Requests that gave up waiting for a connection, as the service itself reports them: one report for each instance. */
function failures(state: ShopState): readonly NativeEvent[] {
  return [...state.services.values()].flatMap(({ service, instances }) =>
    instances.flatMap(({ pool }, index) =>
      pool === undefined || pool.timedOut < 0.01
        ? []
        : [
            native('failure', state.at, service, {
              component: pool.component,
              reason: `${instanceOf(service, index)}: no connection within 1000 ms, pool exhausted (${Math.round(pool.inUse)} of ${pool.size} in use)`,
            }),
          ],
    ),
  );
}

/** The share of failed calls at which the caller's circuit breaker opens. */
const BREAKER_RATIO = 0.5;
/** And the share below which it closes again. */
const CLOSING_RATIO = 0.05;

function circuit(states: readonly ShopState[]): readonly NativeEvent[] {
  const opened = states.find((state) => (state.services.get('payments')?.errorRatio ?? 0) > BREAKER_RATIO);
  if (opened === undefined) return [];
  const closed = states.find(
    ({ at, services }) => at > opened.at && (services.get('payments')?.errorRatio ?? 0) < CLOSING_RATIO,
  );
  const component = 'payments';
  const reason = 'over half of the calls to payments failed; probing with the calls that come in';
  return [
    native('circuit_opened', opened.at, 'checkout', { component, reason }),
    ...(closed === undefined ? [] : [native('circuit_closed', closed.at, 'checkout', { component })]),
  ];
}

/** Every native event of the play, oldest first. */
export function nativeEvents(plan: Plan, states: readonly ShopState[]): readonly NativeEvent[] {
  const everyMinute = states.filter((_, index) => index % 4 === 3);
  return [
    ...standing(plan),
    ...everyMinute.flatMap(minutely),
    ...everyMinute.flatMap(failures),
    ...circuit(states),
    ...changes(plan),
  ].sort((one, other) => one.at - other.at);
}

/** A release as a CloudEvent that carries a CDEvent. */
export interface ReleaseEvent {
  readonly at: Instant;
  readonly body: unknown;
}

interface Release {
  readonly at: Instant;
  readonly service: string;
  readonly version: string;
  readonly action: 'deployed' | 'upgraded';
}

function cdEvent({ at, service, version, action }: Release): ReleaseEvent {
  const id = `release-${service}-${version}`;
  const type = `dev.cdevents.service.${action}.0.2.0`;
  const source = '/shop/pipelines/release';
  const time = formatInstant(at);
  return {
    at,
    body: {
      specversion: '1.0',
      id,
      source,
      type,
      time,
      subject: service,
      datacontenttype: 'application/json',
      data: {
        context: { version: '0.4.1', id, source, type, timestamp: time },
        subject: {
          id: service,
          type: 'service',
          content: { environment: { id: 'production' }, artifactId: `pkg:oci/${service}?tag=${version}` },
        },
      },
    },
  };
}

/** The releases of the play: every service at the start, one of the guilty service long ago, and the innocent one. */
export function releaseEvents({ from, oldRelease, innocentRelease }: Plan): readonly ReleaseEvent[] {
  const first = shop.map(({ name, version }, index) =>
    cdEvent({ at: shift(from, index * 1_000), service: name, version, action: 'deployed' }),
  );
  return [
    ...first,
    cdEvent({ ...oldRelease, version: '4.2.1', action: 'upgraded' }),
    cdEvent({ ...innocentRelease, version: '0.32.0', action: 'upgraded' }),
  ];
}
