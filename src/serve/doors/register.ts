/**
 * The doors in: each takes the requests of one protocol, has them decoded, records what is good of them, and
 * answers after the commit.
 *
 * No door takes a content type that a browser sends across origins without asking (RFC: `text/plain`, forms, none),
 * so that no web page can write evidence into a server on its reader's machine.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LongWork } from '../../evidence/index.js';
import {
  AlertmanagerDecoder,
  CloudEventsDecoder,
  type Decoded,
  type Decoder,
  type DecodingSteps,
  defaultLimits,
  EventsDecoder,
  type Limits,
  RemoteWriteDecoder,
} from '../../ingest/index.js';
import { Admission } from './admission.js';
import { type PartialAnswer, sendOutcome } from './answer.js';
import { plainBody } from './gzip.js';
import { Observer } from './observer.js';
import type { DoorName, DoorOptions } from './options.js';
import { nothingAppended, outcomeOf, receiptsOf } from './outcome.js';

/** A door: its path, how it decodes and how it answers. */
interface Door {
  readonly name: DoorName;
  readonly path: string;
  readonly decoder: Decoder;
  /** Whether the decoder reads Content-Encoding itself; else gzip is taken. */
  readonly decodesEncoding: boolean;
  readonly partial: PartialAnswer;
  /** Whether the answer lists the receipts; else a full success is 204. */
  readonly receipts: boolean;
  /** The most faults listed in an answer. */
  readonly mostFaults: number;
}

/** A sample held until its commit: four columns. */
const SAMPLE_BYTES = 24;

function doorsOf(options: DoorOptions, limits: Limits): readonly Door[] {
  const { intern } = options;
  const json = { decodesEncoding: false, receipts: true, mostFaults: 1_000 } as const;
  return [
    {
      name: 'remote-write',
      path: '/api/v1/write',
      decoder: new RemoteWriteDecoder({ intern, limits }),
      decodesEncoding: true,
      partial: 'problem',
      receipts: false,
      // Prometheus logs only the beginning of an answer.
      mostFaults: 20,
    },
    {
      ...json,
      name: 'alertmanager',
      path: '/api/v1/alertmanager',
      decoder: new AlertmanagerDecoder({ limits }),
      partial: 'problem',
    },
    {
      ...json,
      name: 'cloudevents',
      path: '/api/v1/cloudevents',
      decoder: new CloudEventsDecoder({ intern, limits }),
      partial: 'multi-status',
    },
    {
      ...json,
      name: 'events',
      path: '/api/v1/events',
      decoder: new EventsDecoder({ intern, limits }),
      partial: 'multi-status',
    },
  ];
}

/** Adds the doors to a server: `POST /api/v1/write`, `/alertmanager`, `/cloudevents` and `/events`. */
export function registerDoors(server: FastifyInstance, options: DoorOptions): void {
  const limits: Limits = { ...defaultLimits, ...options.limits };
  const { bodyBytes: bodyLimit } = options.limits;
  // A scope of their own: elsewhere JSON bodies arrive parsed, here every body arrives as bytes.
  server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) => {
      done(null, body);
    });
    const admission = new Admission(options.limits);
    const observer = new Observer(options.observe);
    admission.guard(scope);
    for (const door of doorsOf(options, limits)) {
      const handler = new DoorHandler(door, options, limits, admission, observer);
      const route = { bodyLimit, config: { scope: 'ingest' }, ...observer.hooks(door.name) } as const;
      scope.post(door.path, route, async (request, reply) =>
        admission.during(request, () => handler.handle(request, reply)),
      );
    }
  });
}

/** Reads a request item by item, as long work. */
async function stepByStep(steps: DecodingSteps): Promise<Decoded> {
  const work = new LongWork();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (work.isPieceOver) await work.rest();
  }
}

/** Handles the requests of one door. */
class DoorHandler {
  readonly #door: Door;
  readonly #options: DoorOptions;
  readonly #limits: Limits;
  readonly #admission: Admission;
  readonly #observer: Observer;

  constructor(door: Door, options: DoorOptions, limits: Limits, admission: Admission, observer: Observer) {
    this.#door = door;
    this.#options = options;
    this.#limits = limits;
    this.#admission = admission;
    this.#observer = observer;
  }

  async handle(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { name, mostFaults, partial, receipts } = this.#door;
    const decoded = await this.#decode(request);
    const { events, samples } = decoded;
    const empty = events.length === 0 && samples === undefined;
    const batch = samples === undefined ? { events } : { events, samples };
    const appended = empty ? nothingAppended : await this.#options.recorder.record(batch, name);
    const outcome = outcomeOf(decoded, appended, mostFaults);
    this.#observer.note(request, outcome);
    const listed = receipts ? receiptsOf(decoded, appended, this.#options.iris) : undefined;
    return sendOutcome(
      reply,
      { outcome, receipts: listed, maxSeries: this.#options.limits.maxSeries },
      partial,
    );
  }

  async #decode(request: FastifyRequest): Promise<Decoded> {
    const sent = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const body = await this.#plain(request, sent);
    const { decoder } = this.#door;
    const now = this.#options.clock();
    const encoded = { body, headers: request.headers };
    const decoded =
      decoder.steps === undefined
        ? this.#options.interning(() => decoder.decode(encoded, now))
        : await stepByStep(decoder.steps(encoded, now));
    this.#admission.hold(request, (decoded.samples?.length ?? 0) * SAMPLE_BYTES);
    return decoded;
  }

  async #plain(request: FastifyRequest, sent: Buffer): Promise<Buffer> {
    if (this.#door.decodesEncoding) return sent;
    const encoding = request.headers['content-encoding'];
    return await plainBody(sent, encoding, {
      mostBytes: this.#limits.decompressedBytes,
      grow: (bytes) => this.#admission.hold(request, bytes),
    });
  }
}
