/** What the last evaluation found, for questions about the present. */
import {
  type Health,
  type SloStatus,
  STANDING_WINDOW_MS,
  type Standing,
  unmeasured,
} from '../../analysis/index.js';
import { MINUTE_MS, pathOfEvent, shift } from '../../model/index.js';
import type { GraphqlContext } from './context.js';

/** The last evaluation is as good as measuring anew while it is so young. */
const FRESH_MS = 2 * MINUTE_MS;

/** What an evaluation found, by what it is asked for. */
export interface StandingIndex {
  /** The health of a service, or of the whole system; one without data for those that it saw no evidence of. */
  readonly healthOf: (service: string | undefined) => Health;
  /** By the path of the revision that was judged. */
  readonly slos: ReadonlyMap<string, SloStatus>;
}

const indices = new WeakMap<Standing, StandingIndex>();

function indexOf(standing: Standing): StandingIndex {
  const known = indices.get(standing);
  if (known !== undefined) return known;
  const healths = new Map(standing.scopes.map((health) => [health.service, health]));
  const window = { from: shift(standing.at, -STANDING_WINDOW_MS), to: standing.at };
  const index: StandingIndex = {
    healthOf: (service) => healths.get(service) ?? unmeasured(service, window),
    slos: new Map(standing.slos.map((status) => [pathOfEvent(status.slo), status])),
  };
  indices.set(standing, index);
  return index;
}

/** What the last evaluation found; undefined where it is too old to speak for the present. */
export function freshStanding({
  deps,
  now,
}: Pick<GraphqlContext, 'deps' | 'now'>): StandingIndex | undefined {
  const standing = deps.board.current();
  return standing !== undefined && now - standing.at <= FRESH_MS ? indexOf(standing) : undefined;
}
