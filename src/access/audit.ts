/** The receipts of what people and programs did to Genchi. */
import { type EventReceipt, type Instant, identityOf } from '../model/index.js';
import type { Method } from './principal.js';

/** One act. */
export interface Act {
  /** The name of who acted, never what they showed to come in. */
  readonly actor: string;
  /** `folder` for who acted on the data folder itself. */
  readonly actorMethod: Method | 'folder';
  readonly action: string;
  /** What it was done to, by its id or name. */
  readonly actedOn?: string | undefined;
  readonly outcome: 'done' | 'refused' | 'failed';
  /** Why not, as the code of the error. */
  readonly reason?: string | undefined;
  /** Where the request came from. */
  readonly address?: string | undefined;
  /** What came of it, in words. */
  readonly message?: string | undefined;
  /** For how many refused acts it stands; absent where it stands for itself. */
  readonly folded?: number | undefined;
}

const MOST_CHARACTERS = 200;

const given = (name: string, value: string | undefined): Readonly<Record<string, string>> =>
  value === undefined || value === '' ? {} : { [name]: value.slice(0, MOST_CHARACTERS) };

/** The receipt of an act that was done at a time; the same key is the same act. */
export function auditReceipt(
  { actor, actorMethod, action, actedOn, outcome, reason, address, message, folded }: Act,
  { at, now, key }: { readonly at: Instant; readonly now: Instant; readonly key: string },
): EventReceipt<'audit'> {
  return {
    ...{ kind: 'audit', id: identityOf('audit', key), at, receivedAt: now, door: 'genchi' },
    ...{ actor: actor.slice(0, MOST_CHARACTERS), actorMethod, action, outcome },
    ...given('actedOn', actedOn),
    ...given('reason', reason),
    ...given('address', address),
    ...given('message', message),
    ...(folded === undefined ? {} : { folded }),
  };
}
