import type { FastifyInstance } from 'fastify';
import { type Readiness, registerHealth, registerNotReady } from './health.js';
import { createHttp, type HttpOptions } from './http.js';

/** Makes the application that answers before the house is open: health, and `not-ready` for everything else. */
export async function createLobby(
  options: HttpOptions,
  readiness: () => Readiness,
): Promise<FastifyInstance> {
  const lobby = await createHttp(options);
  registerHealth(lobby, readiness);
  registerNotReady(lobby, readiness);
  await lobby.ready();
  return lobby;
}
