import type { EvidenceStore, Recorded, Recorder } from '../evidence/index.js';
import type { Topology } from '../graph/index.js';
import {
  type Clock,
  type EventReceipt,
  type Instant,
  type Iris,
  MINUTE_MS,
  SECOND_MS,
  shift,
} from '../model/index.js';
import { type AlertFact, alertFactOf } from './alert-facts.js';
import { analyse } from './analyse.js';
import type { Analysis } from './analysis.js';
import { readCases, readUnheard } from './casebook.js';
import { belongs, gistOf } from './grouping.js';
import type { Incident, IncidentBook, IncidentFilter } from './incident.js';
import { candidateOf, candidateReceipt, digestOf, incidentReceipt, OWN_DOOR } from './incident-receipts.js';
import { type Case, firesAgain, summedUp, withAlert, withEnd } from './lifecycle.js';
import { SerialQueue } from './serial-queue.js';
import { toldWhy, whyOf, whyReceipts } from './whys/index.js';

/** Writes log lines; a pino logger is one. */
export interface IncidentLogger {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Settings of incidents, in milliseconds. */
export interface IncidentSettings {
  /** How far back an analysis looks. */
  readonly windowMs: number;
  /** How near in time an alert must be to join an open incident. */
  readonly regroupMs: number;
  /** After how long an incident is analysed again, since evidence comes late. */
  readonly reanalyseMs: readonly number[];
}

/** Calls back once after a time; answers what takes the call back. */
export type Schedule = (afterMs: number, call: () => void) => () => void;

/** What incidents are kept with. */
export interface IncidentOptions {
  readonly store: EvidenceStore;
  readonly recorder: Recorder;
  readonly topology: () => Topology;
  /** What the queries of why chains name things by. */
  readonly iris: Iris;
  readonly clock: Clock;
  readonly logger: IncidentLogger;
  readonly settings?: Partial<IncidentSettings>;
  /** Timers of the process when absent. */
  readonly schedule?: Schedule;
}

const DEFAULTS: IncidentSettings = {
  windowMs: 30 * MINUTE_MS,
  regroupMs: 15 * MINUTE_MS,
  reanalyseMs: [5 * SECOND_MS, 30 * SECOND_MS, 2 * MINUTE_MS],
};

const NO_SERVICE =
  'None of its alerts names a service, so nothing can be analysed. Needed: a label service, service_name, app or job on the alert.';

function timers(afterMs: number, call: () => void): () => void {
  const timer = setTimeout(call, afterMs);
  timer.unref();
  return () => clearTimeout(timer);
}

class Incidents implements IncidentBook {
  readonly #options: IncidentOptions;
  readonly #settings: IncidentSettings;
  readonly #schedule: Schedule;
  readonly #queue: SerialQueue;
  readonly #cases = new Map<string, Case>();
  readonly #waiting = new Set<() => void>();
  /** Incidents whose analysis is in the queue already, with how long after their alerts it looks at evidence. */
  readonly #due = new Map<string, number>();
  /** Alerts that were heard and wait to be taken up. */
  readonly #heard: EventReceipt[] = [];
  #closed = false;

  constructor(options: IncidentOptions) {
    this.#options = options;
    this.#settings = { ...DEFAULTS, ...options.settings };
    this.#schedule = options.schedule ?? timers;
    this.#queue = new SerialQueue((error) => {
      options.logger.error({ err: error }, 'work on an incident failed');
    });
  }

  async load(): Promise<void> {
    const { store, clock } = this.#options;
    const cases = await readCases(store);
    for (const one of cases) this.#cases.set(one.incident.id, one);
    const unheard = await readUnheard(store, cases, clock());
    if (unheard.length > 0) this.#queue.add(() => this.#takeUp(unheard));
    for (const { incident } of cases)
      if (incident.state === 'open' && incident.analysis === 0) this.#analyseSoon(incident.id, 0);
  }

  list(filter: IncidentFilter): readonly Incident[] {
    const all = [...this.#cases.values()]
      .map(({ incident }) => incident)
      .filter(
        ({ state, service }) =>
          (filter.state === undefined || filter.state === state) &&
          (filter.service === undefined || filter.service === service),
      )
      .sort((a, b) => b.startsAt - a.startsAt || (a.id < b.id ? -1 : 1));
    const start = filter.after === undefined ? 0 : all.findIndex(({ id }) => id === filter.after) + 1;
    return all.slice(start, start + filter.limit);
  }

  get(id: string): Incident | undefined {
    return this.#cases.get(id)?.incident;
  }

  openCount(): number {
    return [...this.#cases.values()].filter(({ incident }) => incident.state === 'open').length;
  }

  hear({ events, door }: Recorded): void {
    if (this.#closed || door === OWN_DOOR) return;
    const alerts = events.filter(({ kind }) => kind === 'alert_fired' || kind === 'alert_cleared');
    if (alerts.length === 0) return;
    // What comes while earlier work is under way is taken up at once: a storm of alerts is a few receipts, not thousands.
    if (this.#heard.length === 0) this.#queue.add(() => this.#takeUp(this.#heard.splice(0)));
    this.#heard.push(...alerts);
  }

  settled(): Promise<void> {
    return this.#queue.idle();
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const cancel of this.#waiting) cancel();
    this.#waiting.clear();
    await this.#queue.idle();
  }

  /** Opens, joins and resolves incidents for the alerts that were heard together, and records each that changed once. */
  async #takeUp(events: readonly EventReceipt[]): Promise<void> {
    if (this.#closed) return;
    const touched = new Set<string>();
    const joined = new Set<string>();
    const batch = new Set(
      events.flatMap((event) => (event.kind === 'alert_fired' ? [alertFactOf(event)] : [])),
    );
    const topology = this.#options.topology();
    for (const alert of batch) joined.add(this.#join(alert, batch, topology));
    for (const id of joined) {
      const one = this.#cases.get(id);
      if (one !== undefined) this.#cases.set(id, summedUp(one, topology));
      touched.add(id);
    }
    for (const event of events) {
      if (event.kind === 'alert_cleared') for (const id of this.#clear(event)) touched.add(id);
    }
    await this.#record([...touched]);
    for (const id of joined) this.#follow(id);
  }

  #join(alert: AlertFact, batch: ReadonlySet<AlertFact>, topology: Topology): string {
    const { regroupMs } = this.#settings;
    const found = [...this.#cases.values()].find(
      (one) =>
        (one.incident.state === 'open' && belongs(alert, one.alerts, batch, topology, regroupMs)) ||
        firesAgain(one, alert, regroupMs),
    );
    const joined = withAlert(found, alert);
    this.#cases.set(joined.incident.id, joined);
    return joined.incident.id;
  }

  /** Notes that an alert was cleared; answers the incidents that are resolved by it. */
  #clear(event: EventReceipt<'alert_cleared'>): readonly string[] {
    const resolved: string[] = [];
    for (const one of this.#cases.values()) {
      if (one.incident.state !== 'open') continue;
      const next = withEnd(one, event);
      this.#cases.set(next.incident.id, next);
      if (next.incident.state === 'resolved') resolved.push(next.incident.id);
    }
    return resolved;
  }

  async #record(ids: readonly string[]): Promise<void> {
    const { recorder, clock } = this.#options;
    const cases = ids.flatMap((id) => this.#cases.get(id) ?? []);
    if (cases.length === 0) return;
    const now = clock();
    await recorder.record(
      { events: cases.map(({ incident, sequence }) => incidentReceipt(incident, sequence, now)) },
      OWN_DOOR,
    );
    for (const one of cases) this.#recorded(one.incident.id);
  }

  #recorded(id: string): void {
    const one = this.#cases.get(id);
    if (one !== undefined) this.#cases.set(id, { ...one, sequence: one.sequence + 1 });
  }

  /** Analyses an incident now, and again later. */
  #follow(id: string): void {
    this.#analyseSoon(id, 0);
    for (const afterMs of this.#settings.reanalyseMs) {
      const cancel = this.#schedule(afterMs, () => {
        this.#waiting.delete(cancel);
        this.#analyseSoon(id, afterMs);
      });
      this.#waiting.add(cancel);
    }
  }

  #analyseSoon(id: string, afterMs: number): void {
    if (this.#closed) return;
    const due = this.#due.get(id);
    this.#due.set(id, Math.max(afterMs, due ?? 0));
    if (due !== undefined) return;
    this.#queue.add(async () => {
      const delayMs = this.#due.get(id) ?? 0;
      this.#due.delete(id);
      if (!this.#closed) await this.#analyse(id, delayMs);
    });
  }

  /** Analyses an incident over the evidence up to `delayMs` after its latest alert was heard of. */
  async #analyse(id: string, delayMs: number): Promise<void> {
    const one = this.#cases.get(id);
    if (one === undefined) return;
    const topology = this.#options.topology();
    const { primary, seenAt } = gistOf(one.alerts, topology);
    const at = shift(seenAt, delayMs);
    const found =
      primary?.service === undefined ? undefined : await this.#ask(primary, primary.service, at, topology);
    await this.#keep(one, found);
  }

  #ask(primary: AlertFact, service: string, at: Instant, topology: Topology): Promise<Analysis> {
    const metric = primary.metric === undefined ? {} : { metric: primary.metric };
    return analyse(this.#options.store, topology, {
      service,
      at,
      windowMs: this.#settings.windowMs,
      ...metric,
    });
  }

  /** Records what an analysis found, with its candidates and why chain in the same commit, unless it is what is known already. */
  async #keep({ incident, sequence }: Case, found: Analysis | undefined): Promise<void> {
    const { recorder, clock, iris, logger } = this.#options;
    const now = clock();
    const analysis = incident.analysis + 1;
    const owner = { incident: incident.id, analysis, at: now, door: OWN_DOOR };
    const steps = found === undefined ? [] : whyReceipts(toldWhy(found.why, iris), owner);
    const receipts = [...(found?.candidates ?? []), ...(found?.rejected ?? [])].map((candidate) =>
      candidateReceipt(candidate, incident.id, analysis, now),
    );
    const candidates = receipts.map(candidateOf);
    const next: Incident = {
      ...incident,
      analysis,
      evidenceUntil: found?.question.at,
      onsetAt: found?.onsetAt,
      metric: found?.symptomMetric ?? incident.metric,
      candidates: candidates.filter(({ rejected }) => rejected === undefined),
      rejected: candidates.filter(({ rejected }) => rejected !== undefined),
      why: whyOf(steps),
      missing: found?.missing ?? [NO_SERVICE],
    };
    if (incident.analysis > 0 && digestOf(next) === digestOf(incident)) return;
    await recorder.record(
      { events: [...receipts, ...steps, incidentReceipt(next, sequence, now)] },
      OWN_DOOR,
    );
    const current = this.#cases.get(incident.id);
    if (current !== undefined) this.#cases.set(incident.id, { ...current, incident: next });
    this.#recorded(incident.id);
    const first = next.candidates[0];
    logger.info(
      {
        incident: incident.id,
        analysis,
        candidates: next.candidates.length,
        first: first?.title,
        score: first?.score,
      },
      'analysed an incident',
    );
  }
}

/**
 * Opens the book of incidents: reads them back from their receipts and takes up alerts that were recorded but not
 * worked on. Subscribe its `hear` to the recorder. Fails as the store does.
 */
export async function openIncidents(options: IncidentOptions): Promise<IncidentBook> {
  const incidents = new Incidents(options);
  await incidents.load();
  return incidents;
}
