/** Many clients that ask a server of its own for the health, the objective and the trends of one service. */
import { spawn } from 'node:child_process';
import { Agent, request } from 'node:http';

const QUERY = `query Service($name: String!, $slo: String!) {
  service(name: $name) { health(windowMinutes: 5) { score band pillars { pillar score } } }
  slo(name: $slo) { state attainmentPercent coverage }
  trends(service: $name, window: DAY) { metric verdict }
}`;

/**
 * @param {string} url
 * @param {string} body
 * @param {Agent} agent
 * @returns {Promise<string>}
 */
function post(url, body, agent) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const asked = request(`${url}/graphql`, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece) => {
        text += piece;
      });
      response.on('end', () => resolve(text));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

/** @param {string} folder */
async function serve(folder) {
  const argv = ['dist/main.js', 'serve', '--data', folder, '--port', '0', '--log-format', 'json'];
  const server = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
  const url = await new Promise((resolve, reject) => {
    let text = '';
    let found = '';
    const hear = (/** @type {Buffer} */ piece) => {
      text += piece.toString();
      found ||= /"url":"([^"]+)"/.exec(text)?.[1] ?? '';
      if (found !== '' && text.includes('"msg":"ready"')) resolve(found);
    };
    server.stdout.on('data', hear);
    server.stderr.on('data', hear);
    server.on('exit', () => reject(new TypeError(text)));
  });
  return { server, url: String(url) };
}

/**
 * Waits until the server has evaluated everything once and again, as it has a minute after its start.
 * @param {string} url
 */
async function settled(url) {
  for (;;) {
    const text = await (await fetch(`${url}/metrics`)).text();
    if (Number(/^genchi_evaluation_duration_seconds_count (\d+)/m.exec(text)?.[1] ?? 0) >= 2) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** @param {string} text an answer, which must not be an error */
function complain(text) {
  if (JSON.parse(text).errors !== undefined) throw new TypeError(text);
}

/** @param {readonly number[]} ascending @param {number} share */
const quantile = (ascending, share) => ascending[Math.floor((ascending.length - 1) * share)] ?? Number.NaN;

/**
 * Every client goes through the services, each from another one on, and asks again as soon as it is answered.
 * @param {{ folder: string, clients: number, seconds: number, services: readonly string[] }} options
 */
export async function askMany({ folder, clients, seconds, services }) {
  const { server, url } = await serve(folder);
  await settled(url);
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const bodies = services.map((name) =>
    JSON.stringify({ query: QUERY, variables: { name, slo: `latency-${name}` } }),
  );
  const firstMs = performance.now();
  for (const text of await Promise.all(bodies.map((body) => post(url, body, agent)))) complain(text);
  const eachOnceMs = performance.now() - firstMs;
  /** @type {number[]} */
  const times = [];
  const untilMs = performance.now() + seconds * 1_000;
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      let next = Math.floor((client * bodies.length) / clients);
      while (performance.now() < untilMs) {
        const startedMs = performance.now();
        const text = await post(url, bodies[next++ % bodies.length] ?? '', agent);
        if (text.includes('"errors"')) complain(text);
        times.push(performance.now() - startedMs);
      }
    }),
  );
  agent.destroy();
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await ended;
  times.sort((a, b) => a - b);
  return {
    answers: times.length,
    eachOnceMs,
    perSecond: times.length / seconds,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
  };
}
