/** Logs improvements and what becomes of them. */
import type { EvidenceStore, Recorder } from '../../evidence/index.js';
import {
  EARLIEST,
  type EventReceipt,
  formatInstant,
  type Identity,
  type Instant,
  identityOf,
} from '../../model/index.js';
import { AnalysisError } from '../errors.js';
import type { MetricTable } from '../metrics.js';
import { parseRequest } from '../request.js';
import type { Improvement } from './improvement.js';
import { measureImprovement } from './measure.js';
import { readImprovement } from './read.js';
import { type Logging, loggingSchema, type Update, updateSchema } from './requests.js';

/** What the book works with. */
export interface ImprovementBookParts {
  readonly store: EvidenceStore;
  readonly recorder: Pick<Recorder, 'record'>;
  readonly metrics: MetricTable;
}

/** The door of Genchi's own receipts. */
const DOOR = 'genchi';

type Fields = Omit<EventReceipt<'improvement'>, 'kind' | 'id' | 'at' | 'receivedAt' | 'door'>;

/** The fields that are there. */
function present(fields: { readonly [F in keyof Fields]?: Fields[F] | undefined }): Partial<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function checkTime(at: Instant, now: Instant): void {
  if (at >= EARLIEST && at <= now) return;
  throw new AnalysisError('bad-request', 'at: expected a time that is not in the future');
}

/** Logs improvements, and what becomes of them; each state is a receipt, and nothing is overwritten. */
export class ImprovementBook {
  readonly #parts: ImprovementBookParts;

  constructor(parts: ImprovementBookParts) {
    this.#parts = parts;
  }

  /** Logs an improvement, `proposed` unless it says otherwise; one that is known is answered as it is. */
  async log(request: object, now: Instant): Promise<Improvement> {
    const asked = parseRequest(loggingSchema, request);
    const known = await readImprovement(this.#parts.store, asked.id, now);
    if (known !== undefined) return known;
    const { at = now, state = 'proposed' } = asked;
    checkTime(at, now);
    const id = identityOf('improvement', asked.id, 'logged');
    return this.#record(
      { ...(await this.#fieldsOf(asked, undefined, at, state)), id, at, receivedAt: now },
      now,
    );
  }

  /**
   * Records what changed of an improvement; what changes nothing records nothing. Fails with `unknown-improvement`, and
   * with `bad-request` on a time before that of its present state.
   */
  async update(request: object, now: Instant): Promise<Improvement> {
    const asked = parseRequest(updateSchema, request);
    const known = await readImprovement(this.#parts.store, asked.id, now);
    if (known === undefined) {
      throw new AnalysisError('unknown-improvement', `there is no improvement ${asked.id}`);
    }
    const { at = now, state = known.state, clientMutationId: key } = asked;
    checkTime(at, now);
    if (at < known.at) {
      const since = formatInstant(known.at);
      throw new AnalysisError(
        'bad-request',
        `at: it is ${known.state} since ${since}; expected a later time`,
      );
    }
    if (isNothingNew(asked, known)) return known;
    const id: Identity =
      key === undefined
        ? identityOf('improvement', asked.id, 'content', JSON.stringify(asked), formatInstant(now))
        : identityOf('improvement', asked.id, 'key', key);
    return this.#record({ ...(await this.#fieldsOf(asked, known, at, state)), id, at, receivedAt: now }, now);
  }

  /** What a receipt says: all that is known by now, with the medians where they can be measured. */
  async #fieldsOf(
    asked: Logging | Update,
    known: Improvement | undefined,
    at: Instant,
    state: Improvement['state'],
  ): Promise<Fields> {
    const { title = known?.title ?? asked.id, message } = asked;
    const merged = {
      service: asked.service ?? known?.service,
      metric: asked.metric ?? known?.metric,
      owner: asked.owner ?? known?.owner,
      effort: asked.effort ?? known?.effort,
      expectedChangePercent: asked.expectedChangePercent ?? known?.expectedChangePercent,
    };
    const measured = known === undefined ? undefined : await this.#medians({ ...known, ...merged }, at);
    return {
      improvement: asked.id,
      title,
      state,
      ...present({
        ...merged,
        before: asked.before ?? measured?.medianBefore ?? known?.before,
        after: asked.after ?? measured?.medianAfter ?? known?.after,
        message,
      }),
    };
  }

  async #medians(improvement: Improvement, at: Instant) {
    const { store, metrics } = this.#parts;
    return (await measureImprovement({ store, metrics }, improvement, at)).comparison;
  }

  async #record(
    said: Fields & Pick<EventReceipt<'improvement'>, 'id' | 'at' | 'receivedAt'>,
    now: Instant,
  ): Promise<Improvement> {
    const { store, recorder } = this.#parts;
    await recorder.record({ events: [{ ...said, kind: 'improvement', door: DOOR }] }, DOOR);
    const recorded = await readImprovement(store, said.improvement, now);
    if (recorded !== undefined) return recorded;
    throw new AnalysisError('unknown-improvement', `${said.improvement} was recorded and cannot be read`);
  }
}

/** Whether an update says nothing that is not known. */
function isNothingNew(
  { id: _, clientMutationId: __, at: ___, ...asked }: Update,
  known: Improvement,
): boolean {
  const held: Readonly<Record<string, unknown>> = { ...known };
  return Object.entries(asked).every(([name, value]) => held[name] === value);
}
