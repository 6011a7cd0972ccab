import type { FastifyInstance } from 'fastify';
import type { EvidenceStore, Recorder } from '../evidence/index.js';
import type { Clock, Iris } from '../model/index.js';
import type { DoorLimits } from './doors/options.js';
import { registerDoors } from './doors/register.js';
import { registerHome } from './home.js';
import { createHttp, type HttpOptions } from './http.js';
import { type Metrics, registerMetrics } from './metrics.js';

/** What the house stands on. */
export interface HouseParts {
  readonly http: HttpOptions;
  readonly version: string;
  readonly store: EvidenceStore;
  readonly recorder: Recorder;
  readonly metrics: Metrics;
  readonly iris: Iris;
  readonly clock: Clock;
  readonly limits: DoorLimits;
}

/** Makes the application with every door and every page. */
export async function createHouse(parts: HouseParts): Promise<FastifyInstance> {
  const { store, recorder, metrics, iris, clock, limits } = parts;
  const house = await createHttp(parts.http);
  registerHome(house, parts.version);
  registerMetrics(house, metrics);
  registerDoors(house, {
    recorder,
    intern: (labels) => store.intern(labels),
    clock,
    iris,
    limits,
    observe: ({ door, reason, refused }) => metrics.refused(door, reason ?? 'bad-item', refused),
  });
  await house.ready();
  return house;
}
