import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../model/index.js';
import type { Metrics } from './metrics.js';
import { formatFor } from './negotiate.js';

/** `GET /metrics`: OpenMetrics with exemplars for who asks for it, else the classic text format of Prometheus. */
export function registerMetrics(server: FastifyInstance, metrics: Metrics, clock: Clock): void {
  server.get('/metrics', { config: { scope: 'read' } }, async (request, reply) => {
    // People look at this page too; only a Prometheus says so of itself.
    if (request.headers['user-agent']?.startsWith('Prometheus/') === true) metrics.scrapedAt = clock();
    const { contentType, text } = await metrics.expose(formatFor(request.headers.accept));
    return reply.type(contentType).header('vary', 'accept').send(text);
  });
}
