/** Endpoints of many tempers, for tests of federation. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createListener } from 'node:net';
import oxigraph from 'oxigraph';
import { formatInstant, instantOf } from '../../src/model/index.js';
import { START } from './fixture.js';

/** A request as it came in. */
export interface Asked {
  readonly path: string;
  readonly method: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly query: string;
}

const JSON_RESULTS = { 'content-type': 'application/sparql-results+json' };

/** What the honest endpoint knows: teams that own services, by predicates that no evidence has. */
export const TEAMS = [0, 1, 2]
  .flatMap((team) => [
    `<http://teams.test/${team}> <http://teams.test/owns> "service-${team}" .`,
    `<http://teams.test/${team}> <http://teams.test/size> "${team + 2}"^^<http://www.w3.org/2001/XMLSchema#integer> .`,
    `<http://teams.test/${team}> <http://teams.test/since> "${formatInstant(instantOf(START - team * 3_600_000))}"^^<http://www.w3.org/2001/XMLSchema#dateTime> .`,
  ])
  .concat('<http://teams.test/0> <http://teams.test/lead> "Ada \\"L\\" & <co>, one\\ttab"@en .')
  .map((line) => `${line}\n`)
  .join('');

function manyRows(response: ServerResponse): void {
  response.writeHead(200, JSON_RESULTS);
  response.write('{"head":{"vars":["t"]},"results":{"bindings":[');
  const row = `{"t":{"type":"literal","value":"${'x'.repeat(60)}"}}`;
  const block = `${row},`.repeat(10_000);
  let blocks = 0;
  const more = () => {
    while (blocks < 100) {
      blocks += 1;
      if (!response.write(block)) return;
    }
    response.end(`${row}]}}`);
  };
  response.on('drain', more);
  more();
}

/** Starts a server of endpoints, one a path, and a listener that nobody may reach. */
export async function startEndpoints() {
  const store = new oxigraph.Store();
  store.load(TEAMS, { format: 'application/n-triples' });
  const asked: Asked[] = [];
  let reached = 0;
  const forbidden = createListener((socket) => {
    reached += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => forbidden.listen(0, '127.0.0.1', resolve));
  const forbiddenUrl = `http://127.0.0.1:${(forbidden.address() as AddressInfo).port}/sparql`;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const query = new URLSearchParams(body).get('query') ?? '';
    const path = request.url ?? '';
    asked.push({ path, method: request.method, headers: request.headers, query });
    switch (path) {
      case '/teams':
        response.writeHead(200, JSON_RESULTS);
        response.end(String(store.query(query, { results_format: JSON_RESULTS['content-type'] })));
        return;
      case '/slow':
      case '/slow?patient':
        return;
      case '/stalled':
        response.writeHead(200, JSON_RESULTS).write('{"head":{"vars":["t"]},"results":{"bindings":[');
        return;
      case '/garbage':
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Welcome</html>');
        return;
      case '/truncated':
        response.writeHead(200, JSON_RESULTS);
        response.end(
          '{"head":{"vars":["t"]},"results":{"bindings":[{"t":{"type":"literal","value":"x"}},{"t":',
        );
        return;
      case '/broken':
        response.writeHead(500, { 'content-type': 'text/plain' }).end('out of tapes');
        return;
      case '/redirect':
        response.writeHead(307, { location: forbiddenUrl }).end();
        return;
      case '/many':
        manyRows(response);
        return;
      default:
        response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    asked,
    forbiddenUrl,
    reached: () => reached,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await new Promise((resolve) => forbidden.close(resolve));
    },
  };
}
