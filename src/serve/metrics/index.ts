/** The exporter: what Genchi knows of the system that it watches, and of itself, for Prometheus to scrape. */
export { Metrics, type MetricsOptions } from './metrics.js';
export { registerMetrics } from './register.js';
export type { FigureSources } from './sources.js';
