import type { FastifyInstance } from 'fastify';

/** What stands behind a path, for whoever opens `/`. */
interface Place {
  readonly path: string;
  readonly methods: string;
  readonly what: string;
}

const PLACES: readonly Place[] = [
  { path: '/graphql', methods: 'GET POST', what: 'GraphQL, and GraphiQL for browsers' },
  { path: '/sparql', methods: 'GET POST', what: 'SPARQL 1.1 query over evidence and knowledge' },
  { path: '/queries', methods: 'GET', what: 'the query packs' },
  { path: '/ontology', methods: 'GET', what: 'the ontology' },
  { path: '/metrics', methods: 'GET', what: 'the own figures of this server, for Prometheus' },
  { path: '/-/healthy', methods: 'GET', what: 'whether the process answers' },
  { path: '/-/ready', methods: 'GET', what: 'whether evidence can be taken and asked' },
  { path: '/api/v1/write', methods: 'POST', what: 'Prometheus remote write 1.0' },
  { path: '/api/v1/alertmanager', methods: 'POST', what: 'Alertmanager webhook version 4' },
  { path: '/api/v1/cloudevents', methods: 'POST', what: 'CloudEvents 1.0 and CDEvents' },
  { path: '/api/v1/events', methods: 'POST', what: 'events as JSON or NDJSON' },
];

function page(version: string, places: readonly Place[]): string {
  const rows = places.map(({ path, methods, what }) => {
    const name = methods.includes('GET') ? `<a href="${path}">${path}</a>` : path;
    return `<tr><td>${methods}</td><td>${name}</td><td>${what}</td></tr>`;
  });
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Genchi</title></head>
<body>
<h1>Genchi ${version}</h1>
<p>Go and see for yourself: evidence, incidents and their causes.</p>
<table>
<thead><tr><th scope="col">Methods</th><th scope="col">Path</th><th scope="col">What</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</body>
</html>
`;
}

/** `GET /`: what stands here, as a page for browsers and as JSON for programs; only what is really there. */
export function registerHome(server: FastifyInstance, version: string): void {
  server.get('/', async (request, reply) => {
    const places = PLACES.filter(({ path, methods }) => {
      const method = methods.startsWith('GET') ? 'GET' : 'POST';
      return path.startsWith('/-/') || server.hasRoute({ method, url: path });
    });
    const forBrowser = request.headers.accept?.includes('text/html') === true;
    reply.header('vary', 'accept');
    if (!forBrowser) return { name: 'genchi', version, places };
    return reply.type('text/html; charset=utf-8').send(page(version, places));
  });
}
