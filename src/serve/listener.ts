import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, Server as SecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import { type ConnectionLimits, Connections } from './connections.js';
import { ServeError } from './errors.js';
import { problemOf } from './problem.js';
import { badFormOf } from './request-form.js';

/** The time to send all headers, and the whole request, in milliseconds: what slow senders get. */
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 60_000;
/** Above the 60 s that load balancers commonly keep connections, so that it is they who close. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** Slow senders are looked for so often, in milliseconds. */
const LOOK_EVERY_MS = 5_000;
/** Queries come in URLs too. */
const MAX_HEADER_BYTES = 65_536;
/** The time for a handshake of TLS, and how many there may be at once beyond the connections. */
const HANDSHAKE_MS = 10_000;
const MOST_HANDSHAKES = 256;
/** How soon a client should come again that was refused for what others take up, in seconds. */
const RETRY_AFTER_S = 5;

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** What a client that does not speak HTTP well is told, by Node's error code. */
const CLIENT_FAULTS: Readonly<Record<string, readonly [status: number, phrase: string, detail: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'The request took too long to arrive.'],
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'The headers are too large.'],
};
const NOT_HTTP = [400, 'Bad Request', 'This is not an HTTP request.'] as const;

/** The connection cannot go on after this: what follows on it could be read as anything. */
function endWith(socket: Duplex, head: string, problem: object): void {
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${head}\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function refuseClient(error: NodeJS.ErrnoException, socket: Duplex): void {
  const isHandshake = /^ERR_(?:SSL|TLS)_/.test(error.code ?? '');
  if (error.code === 'ECONNRESET' || isHandshake || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, phrase, detail] = CLIENT_FAULTS[error.code ?? ''] ?? NOT_HTTP;
  endWith(socket, `${status} ${phrase}`, { ...problemOf(new ServeError('bad-request', detail)), status });
}

function refuseConnection(socket: Socket): void {
  const full = new ServeError('overloaded', 'Too many connections are open; connect again in a moment.');
  socket.on('error', () => socket.destroy());
  endWith(socket, `503 Service Unavailable\r\nRetry-After: ${RETRY_AFTER_S}`, problemOf(full));
  // Whoever does not close its side would keep the connection all the same.
  socket.destroySoon();
}

/** Refuses a request before any application sees it, and its connection with it. */
function refuseRequest(response: ServerResponse, status: number, problem: ServeError): void {
  const headers = {
    'content-type': 'application/problem+json; charset=utf-8',
    connection: 'close',
    ...(status === 503 ? { 'retry-after': String(RETRY_AFTER_S) } : {}),
  };
  response.writeHead(status, headers).end(JSON.stringify({ ...problemOf(problem), status }));
}

function whyNotListening(error: NodeJS.ErrnoException, host: string, port: number): ServeError {
  const where = `${host}:${port}`;
  const why =
    error.code === 'EADDRINUSE'
      ? `port ${port} of ${host} is in use by another program; choose another with --port, or 0 for any free one`
      : `cannot listen on ${where}: ${error.code ?? error.message}`;
  return new ServeError('address-unusable', why, { cause: error });
}

const HTTP = {
  headersTimeout: HEADERS_TIMEOUT_MS,
  requestTimeout: REQUEST_TIMEOUT_MS,
  keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
  connectionsCheckingInterval: LOOK_EVERY_MS,
  maxHeaderSize: MAX_HEADER_BYTES,
  // Refused with the others, as a problem document.
  requireHostHeader: false,
  noDelay: true,
} as const;

function secureServer(
  tls: SecureContextOptions,
  { maxConnections }: ConnectionLimits,
  handler: Handler,
): SecureServer {
  const mustShow = tls.ca !== undefined;
  const server = createSecureServer(
    { ...HTTP, ...tls, requestCert: mustShow, rejectUnauthorized: mustShow, handshakeTimeout: HANDSHAKE_MS },
    handler,
  );
  // Those whose handshake is under way are not counted yet.
  server.maxConnections = maxConnections + MOST_HANDSHAKES;
  return server;
}

/**
 * The listening socket. The lobby answers from the first moment (health, and `not-ready` for everything else); the
 * house, once it is open, gets all but health.
 */
export class Listener {
  readonly #server: Server | SecureServer;
  readonly #lobby: FastifyInstance;
  readonly #connections: Connections;
  readonly #refused = new WeakSet<Socket>();
  #house: FastifyInstance | undefined;
  #draining = false;

  /** Listens by TLS where there is something to listen with. */
  constructor(lobby: FastifyInstance, limits: ConnectionLimits, tls?: SecureContextOptions) {
    this.#lobby = lobby;
    this.#connections = new Connections(limits);
    const handler: Handler = (request, response) => this.#route(request, response);
    this.#server = tls === undefined ? createServer(HTTP, handler) : secureServer(tls, limits, handler);
    // Header lines beyond a number are refused, and not left out, as Node would.
    this.#server.maxHeadersCount = 0;
    this.#server.on('clientError', refuseClient);
    // A handshake has to come first where there is one: what reads and writes is the socket within.
    this.#server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
      if (!this.#connections.admit(socket)) refuseConnection(socket);
    });
  }

  /** How many connections are open, were refused, and were cut off since they did not read. */
  get connections(): Connections['figures'] {
    return this.#connections.figures;
  }

  /** Shows this certificate to connections from now on; open ones keep theirs. */
  renew(tls: SecureContextOptions): void {
    if (this.#server instanceof SecureServer) this.#server.setSecureContext(tls);
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
    if (this.#refuses(request, response)) return;
    const forHealth = request.url?.startsWith('/-/') === true;
    const target = forHealth ? this.#lobby : (this.#house ?? this.#lobby);
    target.routing(request, response);
  }

  /** Refuses what no application should see: a form that is read in two ways, and more than can be held. */
  #refuses(request: IncomingMessage, response: ServerResponse): boolean {
    const bad = badFormOf(request);
    if (bad !== undefined) {
      refuseRequest(response, bad.status, new ServeError('bad-request', bad.detail));
      return true;
    }
    // What a flood has sent after the request that was refused is not even answered.
    if (this.#refused.has(request.socket)) return true;
    const isAdmitted = this.#connections.begin(request.socket, (ended) => response.once('close', ended));
    if (isAdmitted && !this.#connections.isClogged) return false;
    const why = isAdmitted
      ? 'Too many answers wait to be read by others'
      : 'Too many requests of this connection wait for their answers';
    this.#refused.add(request.socket);
    refuseRequest(response, 503, new ServeError('overloaded', `${why}; ask again in a moment.`));
    return true;
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
    const scheme = this.#server instanceof SecureServer ? 'https' : 'http';
    return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  /** Stops accepting; resolves when the last answer has gone out. */
  drain(): Promise<void> {
    this.#draining = true;
    return new Promise((resolve) => {
      this.#server.close(() => {
        this.#connections.close();
        resolve();
      });
      this.#server.closeIdleConnections();
    });
  }

  /** Cuts the connections that are left. */
  cut(): void {
    this.#server.closeAllConnections();
  }
}
