import type { Instant, Window } from '../model/index.js';
import type { Incident, IncidentBounds, IncidentCounts, IncidentFilter } from './incident.js';
import { NOTHING_FOUND } from './incident-receipts.js';
import type { Case, FiledCase } from './lifecycle.js';

/** Whether an incident was on at some time within a window. */
const wasOn = ({ startsAt, endsAt }: Incident, { from, to }: Window): boolean =>
  startsAt < to && (endsAt === undefined || endsAt >= from);

/**
 * All incidents: those that go on, or may begin anew, with all that is known of them; those that are over for good in
 * a few lines each, so that years of incidents stay small.
 */
export class CaseShelf {
  readonly #live = new Map<string, Case>();
  readonly #filed = new Map<string, FiledCase>();

  /** Files what is over, as it was read. */
  file(filed: readonly FiledCase[]): void {
    for (const one of filed) this.#filed.set(one.incident.id, one);
  }

  /** Puts a case in the place of its earlier state. */
  put(one: Case): void {
    this.#filed.delete(one.incident.id);
    this.#live.set(one.incident.id, one);
  }

  live(id: string): Case | undefined {
    return this.#live.get(id);
  }

  filed(id: string): FiledCase | undefined {
    return this.#filed.get(id);
  }

  /** The cases that go on, or may begin anew. */
  allLive(): IterableIterator<Case> {
    return this.#live.values();
  }

  /** Files the cases that were over before a time. */
  sweep(before: Instant): void {
    for (const { incident, sequence, recordedAt } of this.#live.values()) {
      if (incident.state === 'open' || (incident.endsAt ?? before) >= before || recordedAt >= before)
        continue;
      this.#live.delete(incident.id);
      this.#filed.set(incident.id, { incident: { ...incident, ...NOTHING_FOUND }, sequence, recordedAt });
    }
  }

  /** All incidents, in no order; those that are filed without what was found and said of them. */
  incidents(): readonly Incident[] {
    return [...this.#live.values(), ...this.#filed.values()].map(({ incident }) => incident);
  }

  /** The incidents within bounds, in no order. */
  within({ state, service, severities, window }: IncidentBounds): readonly Incident[] {
    return this.incidents().filter(
      (one) =>
        (state === undefined || state === one.state) &&
        (service === undefined || service === one.service) &&
        (severities === undefined || severities.includes(one.severity)) &&
        (window === undefined || wasOn(one, window)),
    );
  }

  /** A page of the incidents, newest first, or oldest first when it goes backward. */
  page(filter: IncidentFilter): readonly Incident[] {
    const sign = filter.direction === 'backward' ? -1 : 1;
    const all = this.within(filter).toSorted(
      (a, b) => sign * (b.startsAt - a.startsAt || (a.id < b.id ? -1 : 1)),
    );
    const start = filter.after === undefined ? 0 : all.findIndex(({ id }) => id === filter.after) + 1;
    return all.slice(start, start + filter.limit);
  }

  counts(): IncidentCounts {
    const openBySeverity = new Map<string, number>();
    let open = 0;
    for (const { incident } of this.#live.values()) {
      if (incident.state !== 'open') continue;
      open += 1;
      openBySeverity.set(incident.severity, (openBySeverity.get(incident.severity) ?? 0) + 1);
    }
    return { all: this.#live.size + this.#filed.size, open, openBySeverity };
  }
}
