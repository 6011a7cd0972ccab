/**
 * The system that the soak tells of: services that call each other in a chain, and what happens to them. Now and then
 * one is deployed and fails, its alert fires, and clears again. All of it follows from the time alone.
 */

export const SERVICES = Array.from({ length: 10 }, (_, index) => `service-${index}`);
/** How long a piece of the story takes: a deployment, an alert half a round later, and its end in the next round. */
export const ROUND_MS = 60_000;

/** @param {number} ms */
export const time = (ms) => new Date(ms).toISOString();

/** @param {number} round */
const serviceOfRound = (round) => SERVICES[round % SERVICES.length] ?? '';

/** @typedef {{ round: number, service: string, at: number }} Deployment */
/** @typedef {{ round: number, service: string, startsAt: number, endsAt: number | undefined }} Alert */

/**
 * The deployment of a round.
 * @param {number} now
 * @returns {Deployment}
 */
export function deploymentAt(now) {
  const round = Math.floor(now / ROUND_MS);
  return { round, service: serviceOfRound(round), at: round * ROUND_MS };
}

/**
 * The alerts that are spoken of at a time: that of this round, once it fires, and that of the one before, which is over.
 * @param {number} now
 * @returns {Alert[]}
 */
export function alertsAt(now) {
  const round = Math.floor(now / ROUND_MS);
  return [round, round - 1]
    .map((number) => ({
      round: number,
      service: serviceOfRound(number),
      startsAt: number * ROUND_MS + ROUND_MS / 2,
      endsAt: number < round ? round * ROUND_MS : undefined,
    }))
    .filter(({ startsAt }) => startsAt <= now);
}

/** What is told once before all else: who calls whom, and an objective of each service. */
export function prologue() {
  const calls = SERVICES.slice(1).map((callee, index) => ({
    kind: 'dependency',
    from: SERVICES[index],
    to: callee,
  }));
  const slos = SERVICES.map((service) => ({
    kind: 'slo',
    service,
    slo: `latency-${service}`,
    metric: 'kanban_latency_p99_ms',
    direction: 'at_most',
    target: 200,
    windowMinutes: 1_440,
  }));
  return [...calls, ...slos];
}
