/** Requests over connections that are kept open, and their answers. */
import { Agent, request } from 'node:http';

/** @typedef {{ status: number, headers: import('node:http').IncomingHttpHeaders, text: string }} Answer */

/** Asks one server over a bounded number of connections. */
export class Client {
  #url;
  #agent;

  /** @param {string} url @param {number} connections */
  constructor(url, connections) {
    this.#url = url;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /**
   * Answers 2xx, following one redirect; fails on every other status, with what the server said.
   * @param {string} path
   * @param {{ method?: string, headers?: Record<string, string>, body?: string | Buffer }} [options]
   * @returns {Promise<Answer>}
   */
  async ask(path, { method = 'GET', headers = {}, body } = {}) {
    const first = await this.#send(path, method, headers, body);
    const isElsewhere = first.status === 302 && first.headers.location !== undefined;
    const answer = isElsewhere
      ? await this.#send(first.headers.location ?? '', method, headers, body)
      : first;
    // 207 would say that part of a batch was refused.
    if (answer.status < 200 || answer.status >= 207) {
      throw new TypeError(`${method} ${path} answered ${answer.status}: ${answer.text.slice(0, 300)}`);
    }
    return answer;
  }

  /**
   * @param {string} path
   * @param {string} method
   * @param {Record<string, string>} headers
   * @param {string | Buffer | undefined} body
   * @returns {Promise<Answer>}
   */
  #send(path, method, headers, body) {
    return new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const options = { method, agent: this.#agent, headers: { ...headers, ...length } };
      const asked = request(new URL(path, this.#url), options, (response) => {
        /** @type {Buffer[]} */
        const pieces = [];
        response.on('data', (piece) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(pieces).toString(),
          }),
        );
      });
      asked.on('error', reject);
      asked.end(body);
    });
  }

  /**
   * The data of a GraphQL operation; fails when it has errors.
   * @param {string} query
   * @param {Record<string, unknown>} [variables]
   */
  async graphql(query, variables = {}) {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ query, variables });
    const { text } = await this.ask('/graphql', { method: 'POST', headers, body });
    const { data, errors } = JSON.parse(text);
    if (errors !== undefined) throw new TypeError(`GraphQL: ${JSON.stringify(errors).slice(0, 300)}`);
    return data;
  }

  /**
   * Listens to a subscription until it is told to stop; fails when the server ends it, or tells an error. `hear` is
   * called for each thing that is told.
   * @param {string} query
   * @param {() => void} hear
   * @param {AbortSignal} signal
   * @returns {Promise<void>}
   */
  listen(query, hear, signal) {
    return new Promise((resolve, reject) => {
      const body = JSON.stringify({ query });
      const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
      const options = { method: 'POST', headers, signal };
      const asked = request(new URL('/graphql', this.#url), options, (response) => {
        if (response.statusCode !== 200) reject(new TypeError(`subscription: ${response.statusCode}`));
        response.setEncoding('utf8').on('data', (/** @type {string} */ piece) => {
          for (const line of piece.split('\n')) {
            if (!line.startsWith('data: {')) continue;
            if (line.includes('"errors"')) reject(new TypeError(`subscription: ${line.slice(0, 300)}`));
            hear();
          }
        });
        response.on('close', () =>
          signal.aborted ? resolve() : reject(new TypeError('subscription: the server ended it')),
        );
        response.on('error', (error) => (signal.aborted ? resolve() : reject(error)));
      });
      asked.on('error', (error) => (signal.aborted ? resolve() : reject(error)));
      asked.end(body);
    });
  }

  close() {
    this.#agent.destroy();
  }
}
