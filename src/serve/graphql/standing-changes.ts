/** What of a standing differs from what was told before. */
import type { Health, SloStatus, Standing } from '../../analysis/index.js';
import type { Instant } from '../../model/index.js';

/** Something that changed, with what was told of it before. */
interface Changed<T> {
  readonly at: Instant;
  readonly now: T;
  readonly before: T | undefined;
}

/** Keeps what was told of each thing, and answers those that are worth telling anew. */
function tellingOf<T>(keyOf: (thing: T) => string, differs: (now: T, before: T) => boolean) {
  const told = new Map<string, T>();
  return (at: Instant, things: readonly T[]): readonly Changed<T>[] =>
    things.flatMap((now) => {
      const before = told.get(keyOf(now));
      if (before !== undefined && !differs(now, before)) return [];
      told.set(keyOf(now), now);
      return [{ at, now, before }];
    });
}

const bandsOf = ({ band, pillars }: Health): string =>
  JSON.stringify([band, ...pillars.map((pillar) => pillar.band)]);

/** The healths that changed in band, or in score by at least so many points, since they were last told. */
export function changedHealths(services: readonly string[] | undefined, minPoints: number) {
  const telling = tellingOf<Health>(
    ({ service }) => JSON.stringify([service]),
    (now, before) =>
      bandsOf(now) !== bandsOf(before) ||
      Math.abs((now.score ?? 0) - (before.score ?? 0)) >= Math.max(minPoints, 1e-9),
  );
  return ({ at, scopes }: Standing) => {
    const meant = scopes.filter(
      ({ service }) => services === undefined || (service !== undefined && services.includes(service)),
    );
    return telling(at, meant).map(({ now, ...rest }) => ({ ...rest, health: now }));
  };
}

const firingOf = ({ burns }: SloStatus): string => JSON.stringify(burns.map(({ firing }) => firing));

/** The objectives that changed in state, in the burn rates that fire or in revision since they were last told. */
export function changedSlos(names: readonly string[] | undefined, services: readonly string[] | undefined) {
  const telling = tellingOf<SloStatus>(
    ({ slo }) => slo.slo,
    (now, before) =>
      now.state !== before.state || now.slo.id !== before.slo.id || firingOf(now) !== firingOf(before),
  );
  return ({ at, slos }: Standing) => {
    const meant = slos.filter(
      ({ slo: { slo, service } }) =>
        (names === undefined || names.includes(slo)) &&
        (services === undefined || (service !== undefined && services.includes(service))),
    );
    return telling(at, meant).map(({ now, ...rest }) => ({ ...rest, status: now }));
  };
}
