/** Attacks by those whom the server asks: receivers of webhooks and endpoints of federation that misbehave. */
import { createServer } from 'node:http';
import { postJson } from './send.mjs';
import { askSparql } from './sparql.mjs';

/** @typedef {import('./attack.mjs').Attack} Attack */
/** @typedef {import('./attack.mjs').Target} Target */
/** @typedef {{ settings: object, asked: ReadonlyMap<string, number>, stop: () => Promise<void> }} Misbehaving */

/** How long the server waits for any of them. */
const TIMEOUT_MS = 1_000;
const CHUNK = Buffer.alloc(65_536, ' ');
const WAYS = ['redirect', 'hang', 'headless', 'endless', 'drip', 'malformed', 'cut', 'bomb'];
const RESULTS = 'application/sparql-results+json';

/**
 * Answers in a bad way.
 * @param {string} way
 * @param {import('node:http').ServerResponse} response
 * @param {string} base
 */
function misbehave(way, response, base) {
  const begin = (/** @type {object} */ headers = {}) =>
    response.writeHead(200, { 'content-type': RESULTS, ...headers });
  switch (way) {
    case 'redirect':
      return void response.writeHead(307, { location: `${base}/private` }).end();
    case 'hang':
      return;
    case 'headless':
      return void response.socket?.write('HTTP/1.1 200 OK\r\n');
    case 'endless': {
      begin();
      const more = () => {
        while (!response.destroyed && response.write(CHUNK));
      };
      response.on('drain', more);
      return more();
    }
    case 'drip': {
      begin();
      const dripping = setInterval(() => response.write(' '), 100);
      return void response.once('close', () => clearInterval(dripping));
    }
    case 'malformed':
      return void begin().end('{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri"');
    case 'cut':
      begin({ 'content-length': '1000' }).write('{"head":');
      return void setTimeout(() => response.destroy(), 50);
    case 'bomb':
      return void begin({ 'content-encoding': 'gzip' }).end(Buffer.alloc(1_000, 0x1f));
    default:
      return void begin().end('{"head":{"vars":[]},"results":{"bindings":[]}}');
  }
}

/**
 * A server that answers each way of misbehaving at a path of its own, with the settings that make another one ask it.
 * @returns {Promise<Misbehaving>}
 */
export async function misbehavingServer() {
  /** @type {Map<string, number>} */
  const asked = new Map();
  let base = '';
  const server = createServer((request, response) => {
    const way = (request.url ?? '').slice(1).split('?')[0] ?? '';
    asked.set(way, (asked.get(way) ?? 0) + 1);
    request.resume();
    misbehave(way, response, base);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  base = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
  const called = WAYS.map((name) => ({ name, url: `${base}/${name}`, headers: {}, timeoutMs: TIMEOUT_MS }));
  return {
    // Of verdicts nobody tells in this run: they are asked by their test alone.
    settings: {
      federation: { endpoints: called },
      webhooks: called.map((one) => ({ ...one, events: ['verdict'] })),
    },
    asked,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Those of whose answers only the status is read take these ways for well-behaved ones. */
const TAKEN = new Set(['endless', 'drip', 'malformed', 'cut', 'bomb']);

/**
 * @param {Misbehaving} misbehaving
 * @returns {Attack[]}
 */
export function outgoingAttacks({ settings, asked }) {
  const { endpoints } = /** @type {{ federation: { endpoints: { name: string, url: string }[] } }} */ (
    settings
  ).federation;
  /** Answers that were right, unless something was asked that nobody may be led to. */
  const unlessLed = (/** @type {import('./send.mjs').Answer} */ answer) =>
    asked.has('private') ? { ...answer, status: 0, text: 'a redirect was followed' } : answer;
  return endpoints.flatMap(({ name, url: endpoint }) => [
    {
      name: `webhooks: a receiver that answers with ${name}`,
      expect: { statuses: [200], withinMs: TIMEOUT_MS + 500, loopMs: 100 },
      run: async (/** @type {Target} */ { url }) => {
        const query = `mutation { testWebhook(name: "${name}") { delivered message } }`;
        const answer = await postJson(url, '/graphql', { query });
        const { delivered } = JSON.parse(answer.text).data?.testWebhook ?? {};
        return [unlessLed(delivered === TAKEN.has(name) ? answer : { ...answer, status: 0 })];
      },
    },
    {
      name: `federation: an endpoint that answers with ${name}`,
      // The first of them waits for the engine of federation to start.
      expect: { statuses: [502, 503], withinMs: 10_500, loopMs: 150, memoryMib: 96 },
      run: async (/** @type {Target} */ { url }) => [
        unlessLed(await askSparql(url, `SELECT * { SERVICE <${endpoint}> { ?s ?p ?o } }`, 10_000)),
      ],
    },
  ]);
}
