import type { FastifyInstance } from 'fastify';
import type { Metrics } from './metrics.js';
import { formatFor } from './negotiate.js';

/** `GET /metrics`: OpenMetrics with exemplars for who asks for it, else the classic text format of Prometheus. */
export function registerMetrics(server: FastifyInstance, metrics: Metrics): void {
  server.get('/metrics', { config: { scope: 'read' } }, async (request, reply) => {
    const { contentType, text } = await metrics.expose(formatFor(request.headers.accept));
    return reply.type(contentType).header('vary', 'accept').send(text);
  });
}
