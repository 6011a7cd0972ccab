/** How attacks speak to the server: by HTTP, or byte by byte. All of them come from one address of loopback. */
import { request } from 'node:http';
import { connect } from 'node:net';

/** @typedef {{ status: number, ms: number, bytes: number, text: string, headers: import('node:http').IncomingHttpHeaders }} Answer */
/** @typedef {{ method?: string, path: string, headers?: Record<string, string>, body?: string | Buffer, timeoutMs?: number, from?: string, keeps?: number }} Message with the address that it comes from, that of the attackers unless given, and how many characters of the answer are kept */

/** Attackers are another address than the clients, as they are in life. */
export const ATTACKER = '127.0.0.66';
/** Of an answer so much is kept to look at. */
const KEPT_CHARACTERS = 2_000;
const TIMEOUT_MS = 60_000;

/**
 * Sends one request on a connection of its own; status 0 when the connection was closed without an answer.
 * @param {URL} url
 * @param {Message} message
 * @returns {Promise<Answer>}
 */
export function send(
  url,
  {
    method = 'GET',
    path,
    headers = {},
    body,
    timeoutMs = TIMEOUT_MS,
    from = ATTACKER,
    keeps = KEPT_CHARACTERS,
  },
) {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    let text = '';
    let bytes = 0;
    const end = (/** @type {number} */ status, /** @type {Answer['headers']} */ answered = {}) =>
      resolve({ status, ms: performance.now() - startedAt, bytes, text, headers: answered });
    const options = { method, path, headers, host: url.hostname, port: url.port, agent: false };
    const sending = request({ ...options, localAddress: from, timeout: timeoutMs }, (response) => {
      response.on('data', (/** @type {Buffer} */ chunk) => {
        bytes += chunk.length;
        if (text.length < keeps) text += chunk.toString('utf8');
      });
      response.once('close', () => end(response.statusCode ?? 0, response.headers));
    });
    sending.once('timeout', () => sending.destroy());
    sending.once('error', () => end(0));
    sending.end(body);
  });
}

/**
 * Sends JSON by POST.
 * @param {URL} url
 * @param {string} path
 * @param {unknown} value
 * @param {Record<string, string>} [headers]
 */
export function postJson(url, path, value, headers = {}) {
  const body = typeof value === 'string' ? value : JSON.stringify(value);
  return send(url, {
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
}

/**
 * A connection that is written to as it stands; `said` is all that came back so far, `closed` resolves at its end.
 * @param {URL} url
 */
export function open(url) {
  const startedAt = performance.now();
  const socket = connect({ host: url.hostname, port: Number(url.port), localAddress: ATTACKER });
  const talk = { socket, said: '', bytes: 0, closed: Promise.resolve(0) };
  socket.on('data', (chunk) => {
    talk.bytes += chunk.length;
    if (talk.said.length < KEPT_CHARACTERS) talk.said += chunk.toString('latin1');
  });
  socket.on('error', () => socket.destroy());
  talk.closed = new Promise((resolve) => {
    socket.once('close', () => resolve(performance.now() - startedAt));
  });
  return talk;
}

/**
 * Writes bytes on a connection of their own and answers what came back until it was closed, or for a while.
 * @param {URL} url
 * @param {string | Buffer} bytes
 * @param {number} [forMs]
 * @returns {Promise<Answer>}
 */
export async function raw(url, bytes, forMs = 1_000) {
  const talk = open(url);
  talk.socket.write(bytes);
  const giveUp = setTimeout(() => talk.socket.destroy(), forMs);
  const ms = await talk.closed;
  clearTimeout(giveUp);
  return { ...answerOf(talk.said), ms, bytes: talk.bytes };
}

/**
 * The first answer in what a server said; status 0 when there is none.
 * @param {string} said
 */
export function answerOf(said) {
  const [, status = '0'] = /^HTTP\/1\.1 (\d{3}) /.exec(said) ?? [];
  return { status: Number(status), text: said, headers: {} };
}
