import type { FastifyInstance, FastifyRequest } from 'fastify';
import { IngestError } from '../../ingest/index.js';
import { ServeError } from '../errors.js';

function overloaded(): ServeError {
  return new ServeError('overloaded', 'Too much is being recorded at once; send it again in a moment.');
}

function tooLarge(mostBytes: number): IngestError {
  return new IngestError(
    'body-too-large',
    `The request needs more than the ${mostBytes} bytes that all requests under way may hold.`,
  );
}

/** Bytes held for one request until it is done. */
class Reservation {
  readonly #free: (bytes: number) => void;
  #bytes = 0;
  /** Whether its handler has begun: from then on it is the handler that releases. */
  handling = false;

  constructor(free: (bytes: number) => void) {
    this.#free = free;
  }

  get bytes(): number {
    return this.#bytes;
  }

  grow(bytes: number): void {
    this.#bytes += bytes;
  }

  release(): void {
    this.#free(this.#bytes);
    this.#bytes = 0;
  }
}

/**
 * Bounds the bytes of all requests that are under way: what does not fit is answered 503 before its body is read,
 * so that a burst costs neither memory nor what was acknowledged.
 */
export class Admission {
  readonly #mostBytes: number;
  readonly #bodyBytes: number;
  readonly #reservations = new WeakMap<FastifyRequest, Reservation>();
  #heldBytes = 0;

  constructor(limits: { readonly inFlightBytes: number; readonly bodyBytes: number }) {
    this.#mostBytes = limits.inFlightBytes;
    this.#bodyBytes = limits.bodyBytes;
  }

  /** The bytes that are held now. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Reserves the size of the body of every request to the routes of a scope. */
  guard(scope: FastifyInstance): void {
    scope.addHook('onRequest', async (request, reply) => {
      const reservation = new Reservation((bytes) => {
        this.#heldBytes -= bytes;
      });
      this.#reservations.set(request, reservation);
      this.hold(request, this.#announcedBytes(request));
      // The body may never arrive whole; then no handler runs.
      reply.raw.once('close', () => {
        if (!reservation.handling) reservation.release();
      });
    });
  }

  /** Runs the handler of an admitted request; what it held is free when the handler has ended. */
  async during<T>(request: FastifyRequest, handle: () => Promise<T>): Promise<T> {
    const reservation = this.#reservations.get(request);
    if (reservation !== undefined) reservation.handling = true;
    try {
      return await handle();
    } finally {
      reservation?.release();
    }
  }

  /**
   * Holds more bytes for an admitted request; throws `overloaded` when they do not fit beside the others, and
   * `body-too-large` when they would not fit alone either: sending that again could never help.
   */
  hold(request: FastifyRequest, bytes: number): void {
    const reservation = this.#reservations.get(request);
    if ((reservation?.bytes ?? 0) + bytes > this.#mostBytes) throw tooLarge(this.#mostBytes);
    if (this.#heldBytes + bytes > this.#mostBytes) throw overloaded();
    this.#heldBytes += bytes;
    reservation?.grow(bytes);
  }

  /** The size that a request says it has; the largest there may be when it does not say. */
  #announcedBytes(request: FastifyRequest): number {
    const { 'content-length': length } = request.headers;
    const bytes = length === undefined ? Number.NaN : Number(length);
    return Number.isSafeInteger(bytes) && bytes >= 0 ? Math.min(bytes, this.#bodyBytes) : this.#bodyBytes;
  }
}
