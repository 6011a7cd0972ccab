import { type Instant, MINUTE_MS, SECOND_MS, shift } from '../../model/index.js';
import { type Random, seededRandom } from './random.js';
import { INSTANCES } from './shop.js';

/** What goes wrong in the play and what only looks as if it did, with their times. */
export interface Plan {
  readonly from: Instant;
  /** The present of the play: what came before is history, what comes after is told as it happens. */
  readonly to: Instant;
  /** When the shop closes; not before `to`. */
  readonly until: Instant;
  /** The planted cause: a change of configuration that shrinks a pool of connections. */
  readonly cause: {
    readonly service: 'payments';
    readonly kind: 'config_change';
    readonly at: Instant;
    readonly key: string;
    readonly fromSize: number;
    readonly toSize: number;
    /** When each instance restarts with it, in the order of the instances. */
    readonly takesEffectAt: readonly Instant[];
  };
  /** How the cause is undone, after `to`. */
  readonly mend: { readonly at: Instant; readonly takesEffectAt: readonly Instant[] };
  /** A release just after the cause, of a service nearer to the symptom. */
  readonly innocentRelease: { readonly service: 'recommendations'; readonly at: Instant };
  /** A release of the guilty service, long before. */
  readonly oldRelease: { readonly service: 'payments'; readonly at: Instant };
  /** A flag of another service, just before the cause. */
  readonly innocentFlag: { readonly service: 'search'; readonly at: Instant };
  /** A processor that is busy by chance while the outage begins. */
  readonly wobble: { readonly service: 'notifications'; readonly from: Instant; readonly to: Instant };
}

/** How much history the play has, in milliseconds. */
export const HISTORY_MS = 120 * MINUTE_MS;

/** How long the outage goes on in the present before its cause is undone, in milliseconds. */
const ENDURED_MS = 15 * MINUTE_MS;

/** The time between two scrapes, in milliseconds. */
export const STEP_MS = 15 * SECOND_MS;

function restarts(random: Random, at: Instant): readonly Instant[] {
  let next = shift(at, random.between(15, 30) * SECOND_MS);
  return Array.from({ length: INSTANCES }, () => {
    const this_ = next;
    next = shift(next, random.between(30, 60) * SECOND_MS);
    return Math.round(this_) as Instant;
  });
}

/** Plans an outage up to its present, and on to when the shop closes; the seed moves its times and its size. */
export function planOutage(seed: number, to: Instant, until: Instant = to): Plan {
  const random = seededRandom(seed ^ 0x5eed);
  const ago = (minutes: number, jitterSeconds: number): Instant =>
    shift(to, -Math.round(minutes * MINUTE_MS + random.between(-jitterSeconds, jitterSeconds) * SECOND_MS));
  const at = ago(12, 45);
  const mendedAt = shift(to, ENDURED_MS);
  return {
    from: shift(to, -HISTORY_MS),
    to,
    until,
    cause: {
      service: 'payments',
      kind: 'config_change',
      at,
      key: 'db.pool.maxConnections',
      fromSize: 20,
      toSize: 2,
      takesEffectAt: restarts(random, at),
    },
    innocentRelease: {
      service: 'recommendations',
      at: shift(at, Math.round(random.between(10, 110) * SECOND_MS)),
    },
    oldRelease: { service: 'payments', at: ago(97, 240) },
    innocentFlag: { service: 'search', at: shift(at, -Math.round(random.between(60, 240) * SECOND_MS)) },
    wobble: {
      service: 'notifications',
      from: shift(at, Math.round(random.between(-30, 60) * SECOND_MS)),
      to: shift(at, Math.round(random.between(200, 320) * SECOND_MS)),
    },
    mend: { at: mendedAt, takesEffectAt: restarts(random, mendedAt) },
  };
}
