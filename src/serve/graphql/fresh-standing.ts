/** What the last evaluation found, for questions about the present. */
import type { Health, SloStatus, Standing } from '../../analysis/index.js';
import { MINUTE_MS, pathOfEvent } from '../../model/index.js';
import type { GraphqlContext } from './context.js';

/** The last evaluation is as good as measuring anew while it is so young. */
const FRESH_MS = 2 * MINUTE_MS;

interface Index {
  readonly healths: ReadonlyMap<string | undefined, Health>;
  /** By the path of the revision that was judged. */
  readonly slos: ReadonlyMap<string, SloStatus>;
}

const NOTHING: Index = { healths: new Map(), slos: new Map() };

const indices = new WeakMap<Standing, Index>();

function indexOf(standing: Standing): Index {
  const known = indices.get(standing);
  if (known !== undefined) return known;
  const index = {
    healths: new Map(standing.scopes.map((health) => [health.service, health])),
    slos: new Map(standing.slos.map((status) => [pathOfEvent(status.slo), status])),
  };
  indices.set(standing, index);
  return index;
}

/** What the last evaluation found, by what is asked for; nothing where it is too old to speak for the present. */
export function freshStanding({ deps, now }: Pick<GraphqlContext, 'deps' | 'now'>): Index {
  const standing = deps.board.current();
  return standing !== undefined && now - standing.at <= FRESH_MS ? indexOf(standing) : NOTHING;
}
