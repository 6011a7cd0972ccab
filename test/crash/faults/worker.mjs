/** The thread of a SPARQL query is ended in the middle of it. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, sendAll, startOn } from './server.mjs';

/** @typedef {import('./server.mjs').Fault} Fault */

/** Three lists of so many values, joined in the engine: some seconds of work. */
const VALUES = 260;
const IN_THE_MIDDLE_MS = 700;
const OTHERS = 12;
const PREFIX = 'PREFIX tps: <http://example.com/tps/> ';

function longQuery() {
  const list = Array.from({ length: VALUES }, (_, n) => n).join(' ');
  const lists = ['a', 'b', 'c'].map((name) => `VALUES ?${name} { ${list} }`).join(' ');
  return `${PREFIX}SELECT (COUNT(*) AS ?n) WHERE { ${lists} FILTER(?a * ?b + ?c != 7) }`;
}

/**
 * @param {string} url
 * @param {string} query
 */
async function ask(url, query) {
  const startedAt = performance.now();
  const response = await fetch(`${url}/sparql`, {
    method: 'POST',
    headers: { 'content-type': 'application/sparql-query', accept: 'text/csv' },
    body: query,
  });
  return { status: response.status, text: await response.text(), ms: performance.now() - startedAt };
}

/** @param {string} url */
async function restartsOf(url) {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^genchi_sparql_worker_restarts_total(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1]);
}

/** @type {Fault} */
export async function workerEnded(folder) {
  const preload = new URL('./end-workers.mjs', import.meta.url).href;
  const env = { NODE_OPTIONS: `--import=${preload}` };
  const genchi = await startOn(join(folder, 'data'), ['--sparql-workers', '2'], env);
  try {
    await sendAll(genchi.url, 2);
    const before = await restartsOf(genchi.url);
    const long = ask(genchi.url, longQuery());
    await pause(IN_THE_MIDDLE_MS);
    // Variable predicates are answered in a thread, too.
    const others = Array.from({ length: OTHERS }, (_, n) =>
      ask(genchi.url, `${PREFIX}SELECT * WHERE { tps:Service ?p${n} ?o }`),
    );
    process.kill(genchi.pid, 'SIGUSR2');
    const endedAt = performance.now();
    const ended = await long;
    const toldMs = performance.now() - endedAt;
    const answered = (await Promise.all(others)).filter(({ status }) => status === 200).length;
    const again = await ask(genchi.url, `${PREFIX}SELECT * WHERE { tps:Service ?p ?o }`);
    const restarts = (await restartsOf(genchi.url)) - before;
    const seen = `ended query ${ended.status}, ${answered} of ${OTHERS} others answered, ${restarts} restart, then ${again.status}`;
    expect(
      seen === `ended query 422, ${OTHERS} of ${OTHERS} others answered, 1 restart, then 200` &&
        /query-crashed/.test(ended.text) &&
        toldMs < 5_000,
      () => `${seen} after ${toldMs.toFixed(0)} ms: ${ended.text}`,
    );
    return `${seen}; told after ${toldMs.toFixed(0)} ms`;
  } finally {
    await genchi.stop('SIGTERM');
  }
}
