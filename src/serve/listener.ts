import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { ServeError } from './errors.js';
import { problemOf } from './problem.js';

/** The time to send all headers, and the whole request, in milliseconds: what slow senders get. */
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 60_000;
/** Above the 60 s that load balancers commonly keep connections, so that it is they who close. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** Queries come in URLs too. */
const MAX_HEADER_BYTES = 65_536;

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** What a client that does not speak HTTP well is told, by Node's error code. */
const CLIENT_FAULTS: Readonly<Record<string, readonly [status: number, phrase: string, detail: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'The request took too long to arrive.'],
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'The headers are too large.'],
};
const NOT_HTTP = [400, 'Bad Request', 'This is not an HTTP request.'] as const;

function refuseClient(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, phrase, detail] = CLIENT_FAULTS[error.code ?? ''] ?? NOT_HTTP;
  const body = JSON.stringify({ ...problemOf(new ServeError('bad-request', detail)), status });
  socket.end(
    `HTTP/1.1 ${status} ${phrase}\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function whyNotListening(error: NodeJS.ErrnoException, host: string, port: number): ServeError {
  const where = `${host}:${port}`;
  const why =
    error.code === 'EADDRINUSE'
      ? `port ${port} of ${host} is in use by another program; choose another with --port, or 0 for any free one`
      : `cannot listen on ${where}: ${error.code ?? error.message}`;
  return new ServeError('address-unusable', why, { cause: error });
}

/**
 * The listening socket. The lobby answers from the first moment (health, and `not-ready` for everything else); the
 * house, once it is open, gets all but health.
 */
export class Listener {
  readonly #server: Server;
  readonly #lobby: FastifyInstance;
  #house: FastifyInstance | undefined;
  #draining = false;

  constructor(lobby: FastifyInstance) {
    this.#lobby = lobby;
    const handler: Handler = (request, response) => this.#route(request, response);
    this.#server = createServer(
      {
        headersTimeout: HEADERS_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
        maxHeaderSize: MAX_HEADER_BYTES,
        noDelay: true,
      },
      handler,
    );
    this.#server.on('clientError', refuseClient);
  }

  /** Sends every request but those for health to `house` from now on. */
  open(house: FastifyInstance): void {
    this.#house = house;
  }

  #route(request: IncomingMessage, response: ServerResponse): void {
    response.once('close', () => {
      // A kept-alive connection whose last answer went out while draining would otherwise hold up the close.
      if (this.#draining) setImmediate(() => this.#server.closeIdleConnections());
    });
    if (this.#draining) response.setHeader('connection', 'close');
    const forHealth = request.url?.startsWith('/-/') === true;
    const target = forHealth ? this.#lobby : (this.#house ?? this.#lobby);
    target.routing(request, response);
  }

  /** Starts listening; answers the URL. Fails with `address-unusable`. */
  listen(host: string, port: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const refuse = (error: Error): void => reject(whyNotListening(error, host, port));
      this.#server.once('error', refuse);
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', refuse);
        resolve(this.#url(host));
      });
    });
  }

  #url(host: string): string {
    const address: AddressInfo | string | null = this.#server.address();
    const port = address === null || typeof address === 'string' ? 0 : address.port;
    return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  /** Stops accepting; resolves when the last answer has gone out. */
  drain(): Promise<void> {
    this.#draining = true;
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeIdleConnections();
    });
  }

  /** Cuts the connections that are left. */
  cut(): void {
    this.#server.closeAllConnections();
  }
}
