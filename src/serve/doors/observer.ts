import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorCode } from '../../model/index.js';
import { codeOf } from '../problem.js';
import type { DoorName, DoorObservation, DoorOptions } from './options.js';
import type { Outcome } from './outcome.js';

/** What is known of a request when it has been answered. */
type Noted = { readonly outcome: Outcome } | { readonly error: ErrorCode };

/** Tells what became of each request once it has been answered, whichever way it ended. */
export class Observer {
  readonly #observe: DoorOptions['observe'];
  readonly #noted = new WeakMap<FastifyRequest, Noted>();

  constructor(observe: DoorOptions['observe']) {
    this.#observe = observe;
  }

  /** Takes note of what became of a request's items. */
  note(request: FastifyRequest, outcome: Outcome): void {
    this.#noted.set(request, { outcome });
  }

  /** The hooks of a door's route. */
  hooks(door: DoorName) {
    return {
      onError: async (request: FastifyRequest, _reply: FastifyReply, error: Error): Promise<void> => {
        this.#noted.set(request, { error: codeOf(error) });
      },
      onResponse: async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
        const noted = this.#noted.get(request) ?? { error: 'bad-request' };
        const { statusCode: status, elapsedTime: durationMs } = reply;
        this.#observe({
          door,
          ...('error' in noted ? ofError(noted.error, status) : of(noted.outcome)),
          durationMs,
        });
      },
    };
  }
}

type What = Omit<DoorObservation, 'door' | 'durationMs'>;

function ofError(reason: ErrorCode, status: number): What {
  const outcome = status >= 500 ? 'failed' : 'refused';
  return {
    outcome,
    reason,
    events: 0,
    samples: 0,
    repeated: 0,
    own: 0,
    overLimit: 0,
    overNames: 0,
    refused: outcome === 'refused' ? 1 : 0,
  };
}

function of({
  events,
  samples,
  repeated,
  own,
  refusedAtDoor,
  refusedByStore,
  overLimit,
  overNames,
}: Outcome): What {
  const over = overLimit?.samples ?? 0;
  const counts = { events, samples, repeated, own, overLimit: over, overNames, refused: refusedAtDoor };
  if (refusedAtDoor + refusedByStore === 0) return { ...counts, outcome: 'recorded', reason: undefined };
  const outcome = events + samples + repeated === 0 ? 'refused' : 'partial';
  return { ...counts, outcome, reason: 'bad-item' };
}
