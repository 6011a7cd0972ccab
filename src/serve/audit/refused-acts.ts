/** Bounds what refused acts leave behind: who may do nothing must not fill the disk by trying. */
import type { Act } from '../../access/index.js';
import { type Clock, type Instant, MINUTE_MS } from '../../model/index.js';
import { placeOf } from '../auth/attempts.js';

/** Within so long, acts that are alike leave one receipt for the first and one for all others. */
export const FOLD_MS = MINUTE_MS;
/** So many unlike ones within that time have receipts of their own; those beyond share one. */
export const MOST_UNLIKE = 20;

/** What the acts beyond are told as. */
const OTHERS: Act = {
  ...{ actor: 'unknown', actorMethod: 'nobody', action: 'other refused acts', outcome: 'refused' },
};

/** Acts that are alike. */
interface Alike {
  readonly act: Act;
  /** How many have no receipt yet. */
  untold: number;
}

const keyOf = ({ actor, actorMethod, action, reason, address = '' }: Act): string =>
  JSON.stringify([actor, actorMethod, action, reason, placeOf(address)]);

/** The refused acts of the last minute. */
export class RefusedActs {
  readonly #clock: Clock;
  readonly #note: (act: Act) => Promise<void>;
  readonly #alike = new Map<string, Alike>();
  #timer: NodeJS.Timeout | undefined;
  #others = 0;
  #since: Instant;

  /** `note` records one act. */
  constructor(clock: Clock, note: (act: Act) => Promise<void>) {
    this.#clock = clock;
    this.#note = note;
    this.#since = clock();
  }

  /** Takes a refused act; resolves when what has to be told now is recorded. */
  async refuse(act: Act): Promise<void> {
    await this.#whenDue();
    await this.#take(act);
  }

  async #take(act: Act): Promise<void> {
    const key = keyOf(act);
    const known = this.#alike.get(key);
    if (known === undefined && this.#alike.size < MOST_UNLIKE) {
      this.#alike.set(key, { act, untold: 0 });
      await this.#note(act);
      return;
    }
    if (known === undefined) this.#others += 1;
    else known.untold += 1;
    // Nobody may ask again for a long time; what waits is told all the same.
    this.#timer ??= setTimeout(() => void this.flush(), FOLD_MS).unref();
  }

  async #whenDue(): Promise<void> {
    const now = this.#clock();
    const sinceMs = now - this.#since;
    // A clock that was set back must not hold up what is to be told.
    if (sinceMs >= 0 && sinceMs < FOLD_MS) return;
    this.#since = now;
    await this.flush();
  }

  /** Records what has no receipt yet, each receipt with how many acts it stands for. */
  async flush(): Promise<void> {
    const folded = [...this.#alike.values()].filter(({ untold }) => untold > 0);
    const others = this.#others;
    this.#alike.clear();
    this.#others = 0;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { act, untold } of folded) await this.#note({ ...act, folded: untold });
    if (others > 0) await this.#note({ ...OTHERS, folded: others });
  }
}
