import { type Identity, identityOf } from '../model/index.js';
import type { IncidentChange } from './incident.js';
import type { Case } from './lifecycle.js';
import type { CaseShelf } from './shelf.js';

/** What tells a change from others: its key, or how many receipts the incident has after it. */
export function changeIdOf(incident: string, type: IncidentChange['type'], key: string): Identity {
  return identityOf('incident-change', incident, type, key);
}

/** Tells of changes of incidents: that one was opened only once its first analysis is done, or failed, or it is over. */
export class Announcer {
  readonly #shelf: CaseShelf;
  readonly #onChange: ((change: IncidentChange) => void) | undefined;
  /** Incidents that nobody was told of yet, since their first analysis is not done. */
  readonly #untold = new Set<string>();

  constructor(shelf: CaseShelf, onChange: ((change: IncidentChange) => void) | undefined) {
    this.#shelf = shelf;
    this.#onChange = onChange;
  }

  /** Keeps an incident back until it is told of as opened. */
  holdBack(id: string): void {
    this.#untold.add(id);
  }

  isHeldBack(id: string): boolean {
    return this.#untold.has(id);
  }

  /** Tells of an incident that was kept back; nothing of one that was not. */
  tellOpened(id: string): void {
    if (this.#untold.delete(id)) this.tellOf('opened', id);
  }

  /** Tells of a change to an incident that goes on, as it is now. */
  tellOf(type: IncidentChange['type'], id: string): void {
    const one = this.#shelf.live(id);
    if (one !== undefined) this.tell(type, one);
  }

  /** Tells of a change; its identity comes from the key, or from how many receipts the incident has. */
  tell(type: IncidentChange['type'], { incident, sequence, recordedAt }: Case, key?: string): void {
    const id = changeIdOf(incident.id, type, key ?? String(sequence));
    this.#onChange?.({ type, id, at: recordedAt, incident });
  }
}
