import type { EvidenceStore, Recorded, Recorder } from '../evidence/index.js';
import type { Topology } from '../graph/index.js';
import type { Clock, EventReceipt } from '../model/index.js';
import { type AlertFact, alertFactOf } from './alert-facts.js';
import { nextTime } from './analyses.js';
import type { AnalysisSchedule } from './analysis-schedule.js';
import type { Announcer } from './announcer.js';
import { settledBefore } from './casebook.js';
import { belongs } from './grouping.js';
import { incidentReceipt, OWN_DOOR } from './incident-receipts.js';
import { firesAgain, summedUp, withAlert, withEnd } from './lifecycle.js';
import { statesAlert, turnedAgain } from './repeats.js';
import type { SerialQueue } from './serial-queue.js';
import type { CaseShelf } from './shelf.js';

/** What alerts are taken up with. */
export interface AlertIntakeParts {
  readonly store: EvidenceStore;
  readonly recorder: Recorder;
  readonly topology: () => Topology;
  readonly clock: Clock;
  readonly shelf: CaseShelf;
  readonly queue: SerialQueue;
  readonly announcer: Announcer;
  readonly schedule: AnalysisSchedule;
  /** How near in time an alert must be to join an open incident, in milliseconds. */
  readonly regroupMs: number;
}

type Joining = 'opened' | 'joined' | 'reopened';

/** Takes up alerts in the order in which they were recorded: they open, join and end incidents. */
export class AlertIntake {
  readonly #parts: AlertIntakeParts;
  /** Alerts that were heard and wait to be taken up. */
  readonly #heard: EventReceipt[] = [];
  #closed = false;

  constructor(parts: AlertIntakeParts) {
    this.#parts = parts;
  }

  /** Takes note of what was just recorded. */
  hear({ events, repeated, door }: Recorded): void {
    if (this.#closed || door === OWN_DOOR) return;
    const alerts = events.filter(({ kind }) => kind === 'alert_fired' || kind === 'alert_cleared');
    const stated = repeated.filter(statesAlert);
    if (stated.length > 0) this.#parts.queue.add(() => this.#takeUpAgain(stated));
    if (alerts.length === 0) return;
    // What comes while earlier work is under way is taken up at once: a storm of alerts is a few receipts, not thousands.
    if (this.#heard.length === 0) this.#parts.queue.add(() => this.#takeUp(this.#heard.splice(0)));
    this.#heard.push(...alerts);
  }

  /** Takes up alerts that were recorded before this process began. */
  catchUp(unheard: readonly EventReceipt[]): void {
    if (unheard.length > 0) this.#parts.queue.add(() => this.#takeUp(unheard));
  }

  /** Takes up nothing more. */
  close(): void {
    this.#closed = true;
  }

  /** Records and takes up those repeats of alerts that turn what is known of them. */
  async #takeUpAgain(repeated: Parameters<typeof turnedAgain>[1]): Promise<void> {
    if (this.#closed) return;
    const { store, recorder, shelf } = this.#parts;
    const fires = new Set<string>();
    for (const { alerts, cleared } of shelf.allLive()) {
      for (const { path, fingerprint, startsAt } of alerts) {
        if (!cleared.has(path) && fingerprint !== undefined) fires.add(`${fingerprint} ${startsAt}`);
      }
    }
    // Nearly all repeats are of alerts that fire still: for these nothing is looked up.
    const news = repeated.filter(
      ({ kind, fingerprint, startsAt }) =>
        kind === 'alert_cleared' || !fires.has(`${fingerprint} ${startsAt}`),
    );
    const turned = await turnedAgain(store, news);
    if (turned.length === 0) return;
    await recorder.record({ events: turned }, OWN_DOOR);
    await this.#takeUp(turned);
  }

  /** Opens, joins and resolves incidents for the alerts that were heard together, and records each that changed once. */
  async #takeUp(events: readonly EventReceipt[]): Promise<void> {
    if (this.#closed) return;
    const { shelf, announcer, schedule } = this.#parts;
    const joined = new Map<string, Joining>();
    const batch = new Set(
      events.flatMap((event) => (event.kind === 'alert_fired' ? [alertFactOf(event)] : [])),
    );
    const topology = this.#parts.topology();
    for (const alert of batch) this.#join(alert, batch, topology, joined);
    for (const id of joined.keys()) {
      const one = shelf.live(id);
      if (one !== undefined) shelf.put(summedUp(one, topology));
    }
    const ended = new Set(
      events.flatMap((event) => (event.kind === 'alert_cleared' ? this.#clear(event) : [])),
    );
    await this.#record([...new Set([...joined.keys(), ...ended])]);
    for (const [id, how] of joined) {
      if (how === 'opened') announcer.holdBack(id);
      if (how === 'reopened') announcer.tellOf('reopened', id);
    }
    for (const id of ended) {
      announcer.tellOpened(id);
      announcer.tellOf('resolved', id);
    }
    for (const id of joined.keys()) schedule.follow(id);
    shelf.sweep(settledBefore(this.#parts.clock(), this.#parts.regroupMs));
  }

  #join(
    alert: AlertFact,
    batch: ReadonlySet<AlertFact>,
    topology: Topology,
    joined: Map<string, Joining>,
  ): void {
    const { shelf, regroupMs } = this.#parts;
    const found = [...shelf.allLive()].find(
      (one) =>
        (one.incident.state === 'open' && belongs(alert, one.alerts, batch, topology, regroupMs)) ||
        firesAgain(one, alert, regroupMs),
    );
    const one = withAlert(found, alert);
    const { id } = one.incident;
    const how = found === undefined ? 'opened' : found.incident.state === 'resolved' ? 'reopened' : 'joined';
    joined.set(id, joined.get(id) ?? how);
    shelf.put(one);
  }

  /** Notes that an alert was cleared; answers the incidents that are resolved by it. */
  #clear(event: EventReceipt<'alert_cleared'>): readonly string[] {
    const { shelf } = this.#parts;
    const ended: string[] = [];
    for (const one of [...shelf.allLive()]) {
      if (one.incident.state !== 'open') continue;
      const next = withEnd(one, event);
      shelf.put(next);
      if (next.incident.state === 'resolved') ended.push(next.incident.id);
    }
    return ended;
  }

  async #record(ids: readonly string[]): Promise<void> {
    const { recorder, clock, shelf } = this.#parts;
    const now = clock();
    const cases = ids.flatMap((id) => shelf.live(id) ?? []);
    if (cases.length === 0) return;
    const recorded = cases.map((one) => ({
      ...one,
      sequence: one.sequence + 1,
      recordedAt: nextTime(one, now),
    }));
    const events = cases.map((one) => incidentReceipt(one.incident, one.sequence, nextTime(one, now)));
    await recorder.record({ events }, OWN_DOOR);
    for (const one of recorded) shelf.put(one);
  }
}
