/**
 * The sending process of the ingest benchmark: makes the bodies of a span, says so, and on `go` sends them over its
 * connections, one request at a time on each. Only the sending is timed.
 */
import { Agent, request } from 'node:http';
import { BATCH, encodeSpan } from './stream.mjs';

const HEADERS = {
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'user-agent': 'genchi-bench',
  'x-prometheus-remote-write-version': '0.1.0',
};

/**
 * Sends one body; answers the status.
 * @param {URL} url
 * @param {Agent} agent
 * @param {Buffer} body
 * @returns {Promise<{ status: number, text: string }>}
 */
function post(url, agent, body) {
  return new Promise((resolve, reject) => {
    const headers = { ...HEADERS, 'content-length': body.length };
    const sending = request(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    sending.on('error', reject);
    sending.end(body);
  });
}

/**
 * Sends the bodies of one connection in order, trying again what the server was too busy for.
 * @param {URL} url
 * @param {readonly Buffer[]} bodies
 */
async function sendRow(url, bodies) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const latenciesMs = [];
  let retries = 0;
  for (const body of bodies) {
    const startedAt = performance.now();
    for (;;) {
      const { status, text } = await post(url, agent, body);
      if (status >= 200 && status < 300) break;
      if (status !== 429 && status < 500) throw new Error(`status ${status}: ${text.slice(0, 300)}`);
      retries += 1;
    }
    latenciesMs.push(performance.now() - startedAt);
  }
  agent.destroy();
  return { latenciesMs, retries };
}

/** @param {{ url: string, shape: 'queue' | 'scrape' | 'grouped', from: number, steps: number, seed: number }} job */
async function work(job) {
  const rows = await encodeSpan(job);
  const url = new URL(job.url);
  const bytes = rows.flat().reduce((sum, body) => sum + body.length, 0);
  process.send?.({ say: 'encoded' });
  await new Promise((resolve) => process.once('message', resolve));
  const startedAt = performance.now();
  const sent = await Promise.all(rows.map((bodies) => sendRow(url, bodies)));
  const seconds = (performance.now() - startedAt) / 1_000;
  const latenciesMs = sent.flatMap((row) => row.latenciesMs).sort((one, other) => one - other);
  process.send?.({
    say: 'sent',
    seconds,
    samples: rows.flat().length * BATCH,
    bytes,
    retries: sent.reduce((sum, row) => sum + row.retries, 0),
    p50Ms: latenciesMs[Math.floor(latenciesMs.length * 0.5)],
    p99Ms: latenciesMs[Math.floor(latenciesMs.length * 0.99)],
  });
  process.disconnect?.();
}

work(JSON.parse(process.argv[2] ?? '{}')).catch((error) => {
  process.send?.({ say: 'failed', why: String(error) });
  process.exitCode = 1;
  process.disconnect?.();
});
