/** Outages of the sorts that public post-mortems tell of, each in a few lines, with changes of which at most one is the cause. */
import { type EventContent, instantOf } from '../../../src/model/index.js';
import { type Analysis, analyse } from '../../../src/rca/index.js';
import { ago, NOW, openWorld, step, topologyOf } from '../world.js';

/** A series that goes from one level to another, so many minutes before the end, over some minutes. */
export type Move = readonly [
  service: string,
  metric: string,
  from: number,
  to: number,
  minutesAgo: number,
  over?: number,
];

/** Failures of one reason: the first so many minutes before the end, the others evenly after it. */
export type Failing = readonly [
  service: string,
  component: string,
  reason: string,
  count: number,
  minutesAgo: number,
];

/** A line of a log that is written so many times more than usual. */
export type Logged = readonly [service: string, template: string, count: number, minutesAgo: number];

/** An outage. The cause is the change at `cause`, or none of them. */
export interface Scenario {
  readonly name: string;
  readonly asked: string;
  readonly calls: readonly (readonly [string, string])[];
  readonly messages?: readonly (readonly [string, string])[];
  readonly moves: readonly Move[];
  readonly failing?: readonly Failing[];
  readonly logged?: readonly Logged[];
  readonly changes: readonly EventContent[];
  readonly cause: number | 'none';
  /** True of what the engine does not find yet. */
  readonly unfound?: true;
}

/** A deployment with the message of its commit and its diff. */
export function deploy(service: string, minutesAgo: number, message: string, diff?: string): EventContent {
  const version = `1.${Math.round(minutesAgo)}.0`;
  return {
    kind: 'deployment',
    at: ago(minutesAgo),
    service,
    version,
    message,
    ...(diff === undefined ? {} : { diff }),
  };
}

/** A value of the configuration that was changed. */
export function config(
  service: string,
  minutesAgo: number,
  key: string,
  fromValue: string,
  toValue: string,
): EventContent {
  return { kind: 'config_change', at: ago(minutesAgo), service, key, fromValue, toValue };
}

/** A flag that was turned. */
export function flag(
  service: string,
  minutesAgo: number,
  name: string,
  fromValue: string,
  toValue: string,
): EventContent {
  return { kind: 'flag_change', at: ago(minutesAgo), service, flag: name, fromValue, toValue };
}

function failuresOf([service, component, reason, count, minutesAgo]: Failing): readonly EventContent[] {
  return Array.from({ length: count }, (_, place) => ({
    kind: 'failure',
    at: instantOf(Math.round(ago(minutesAgo * (1 - place / count)))),
    service,
    component,
    reason,
  }));
}

function logsOf([service, template, count, minutesAgo]: Logged): EventContent {
  return {
    kind: 'log_volume',
    at: ago(minutesAgo),
    service,
    count,
    level: 'error',
    labels: { template, usual: '0' },
  };
}

/** Plays an outage into a store of its own and analyses it; answers which change is blamed first, if any is. */
export async function play(scenario: Scenario): Promise<{
  readonly blamed: number | 'none';
  readonly analysis: Analysis;
}> {
  const { asked, calls, messages = [], moves, failing = [], logged = [], changes } = scenario;
  const world = await openWorld(11);
  try {
    for (const [service, metric, from, to, minutesAgo, over] of moves) {
      await world.series({ __name__: metric, service }, step(from, to, minutesAgo, over));
    }
    const recorded = await world.events(...changes, ...failing.flatMap(failuresOf), ...logged.map(logsOf));
    const alone = [...new Set([...moves, ...failing].map(([service]) => service))];
    const topology = topologyOf(calls, alone, messages);
    const analysis = await analyse(world.store, topology, { service: asked, at: NOW, windowMs: 60 * 60_000 });
    const first = analysis.candidates[0]?.cause;
    const place = recorded.slice(0, changes.length).findIndex(({ id }) => first?.endsWith(`/${id}`) === true);
    return { blamed: place < 0 ? 'none' : place, analysis };
  } finally {
    await world.close();
  }
}
