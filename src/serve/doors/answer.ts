import type { FastifyReply } from 'fastify';
import { IngestError } from '../../ingest/index.js';
import { problemOf, sendProblem } from '../problem.js';
import type { Outcome } from './outcome.js';

/**
 * How a door answers when some items were recorded and others refused. `problem`: 400, for senders that look at
 * nothing but the status and do not retry 4xx, so that the refusal shows in their own figures. `multi-status`: 207.
 */
export type PartialAnswer = 'problem' | 'multi-status';

function plural(count: number): string {
  return count === 1 ? '1 item was' : `${count} items were`;
}

/** What the sender of a request is told. */
export interface Answer {
  readonly outcome: Outcome;
  /** The receipts of its items; undefined where they are not told. */
  readonly receipts: readonly string[] | undefined;
  /** The most series that are recorded. */
  readonly maxSeries: number;
}

function aboutSeries({ overLimit }: Outcome, maxSeries: number): string {
  if (overLimit === undefined) return '';
  const { series, samples } = overLimit;
  return (
    ` ${samples} of them ${samples === 1 ? 'is' : 'are'} of ${series} new series, and there are as many series as maxSeries ` +
    `(${maxSeries}) allows: drop labels with unbounded values where they are sent, or raise maxSeries.`
  );
}

/** Answers with what became of a request's items, after their commit. */
export function sendOutcome(
  reply: FastifyReply,
  { outcome, receipts, maxSeries }: Answer,
  partial: PartialAnswer,
): FastifyReply {
  const { events, samples, repeated, faults } = outcome;
  const said = outcome.redacted.length === 0 ? {} : { redacted: outcome.redacted };
  const recorded = events + samples;
  const refusedItems = outcome.refusedAtDoor + outcome.refusedByStore;
  if (refusedItems > 0 && (partial === 'problem' || recorded + repeated === 0)) {
    const others = recorded + repeated === 0 ? 'nothing else was sent' : 'the others are recorded';
    const detail = `${plural(refusedItems)} refused; ${others}.${aboutSeries(outcome, maxSeries)}`;
    const problem = problemOf(new IngestError('bad-item', detail, { faults }));
    return sendProblem(reply, { ...problem, ...{ recorded, repeated, refusedItems }, ...said });
  }
  if (receipts === undefined) return reply.status(204).send();
  reply.status(refusedItems > 0 ? 207 : 200);
  return reply.send({ recorded, repeated, refusedItems, refused: faults, ...said, receipts });
}
