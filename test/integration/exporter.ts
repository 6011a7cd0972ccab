import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { seededRandom } from '../../src/cli/demo/random.js';

/** Three services of the test, in good or in bad health: the gateway calls the store and the mailer. */
export interface Exporter {
  readonly port: number;
  /** From now on the store keeps few connections and is slow, and so is the gateway that waits for it. */
  degrade(): void;
  close(): Promise<void>;
}

interface Gauge {
  readonly name: string;
  readonly service: string;
  readonly help: string;
  readonly good: number;
  readonly bad: number;
}

/** What is measured, in good health and in bad. The gateway's own processor and memory do not change. */
const gauges: readonly Gauge[] = [
  { name: 'request_latency_seconds', service: 'gateway', help: 'p99.', good: 0.12, bad: 1.9 },
  { name: 'request_latency_seconds', service: 'store', help: 'p99.', good: 0.04, bad: 1.6 },
  { name: 'pool_connections_free', service: 'store', help: 'Free connections.', good: 18, bad: 0.2 },
  { name: 'resident_memory_bytes', service: 'gateway', help: 'Memory.', good: 2e8, bad: 2e8 },
  { name: 'resident_memory_bytes', service: 'store', help: 'Memory.', good: 5e8, bad: 5e8 },
  { name: 'cpu_busy_ratio', service: 'gateway', help: 'Processor.', good: 0.3, bad: 0.3 },
  { name: 'cpu_busy_ratio', service: 'mailer', help: 'Processor.', good: 0.2, bad: 0.2 },
];

function exposition(bad: boolean, noise: () => number): string {
  const names = [...new Set(gauges.map(({ name }) => name))];
  return names
    .map((name) => {
      const own = gauges.filter((gauge) => gauge.name === name);
      const lines = own.map(
        (gauge) => `${name}{service="${gauge.service}"} ${(bad ? gauge.bad : gauge.good) * noise()}\n`,
      );
      return `# HELP ${name} ${own[0]?.help ?? ''}\n# TYPE ${name} gauge\n${lines.join('')}`;
    })
    .join('');
}

function portOf(server: Server): number {
  const address = server.address();
  return address === null || typeof address === 'string' ? 0 : address.port;
}

/** Starts an exporter for Prometheus to scrape, on a port of loopback that is free. */
export async function startExporter(seed: number): Promise<Exporter> {
  const random = seededRandom(seed);
  let bad = false;
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(exposition(bad, () => 1 + 0.03 * random.normal()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: portOf(server),
    degrade: () => {
      bad = true;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
