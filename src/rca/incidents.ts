import type { EvidenceStore, Recorded, Recorder } from '../evidence/index.js';
import type { Topology } from '../graph/index.js';
import {
  type Clock,
  DAY_MS,
  type EventReceipt,
  type Iris,
  identityOf,
  MINUTE_MS,
  SECOND_MS,
  shift,
} from '../model/index.js';
import { type AlertFact, alertFactOf } from './alert-facts.js';
import { analyseCase, nextTime, seenAtOf } from './analyses.js';
import { CATCH_UP_MS, readCases, readFiled, readUnheard } from './casebook.js';
import { readDetails, readFirstAcknowledged } from './details.js';
import { RcaError } from './errors.js';
import { belongs } from './grouping.js';
import type {
  Acknowledging,
  Incident,
  IncidentBook,
  IncidentChange,
  IncidentCounts,
  IncidentFilter,
  Judging,
  Resolving,
} from './incident.js';
import { incidentReceipt, OWN_DOOR } from './incident-receipts.js';
import { type Case, firesAgain, summedUp, withAlert, withEnd } from './lifecycle.js';
import { Lessons } from './past-incidents.js';
import { processTimers, Reanalysis, type Schedule } from './reanalysis.js';
import { statesAlert, turnedAgain } from './repeats.js';
import { acknowledged, judged, resolved, type Spoken } from './said.js';
import { SerialQueue } from './serial-queue.js';
import { CaseShelf } from './shelf.js';
import type { Similar } from './similar.js';
import { similarTo } from './similar-search.js';
import {
  type IncidentStatistics,
  incidentsWithin,
  type StatisticsQuestion,
  statisticsOfIncidents,
} from './statistics.js';

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
  /** What verdicts on past incidents taught; read from the store when absent. */
  readonly lessons?: Lessons;
  /** Timers of the process when absent. */
  readonly schedule?: Schedule;
  /** Hears of every change after it was recorded; must not throw and must not block. */
  readonly onChange?: (change: IncidentChange) => void;
}

const DEFAULTS: IncidentSettings = {
  windowMs: 30 * MINUTE_MS,
  regroupMs: 15 * MINUTE_MS,
  reanalyseMs: [5 * SECOND_MS, 30 * SECOND_MS, 2 * MINUTE_MS],
};

/** Analyses that were due longer ago than this when a process starts are not made up for. */
const RESUME_MS = DAY_MS;

class Incidents implements IncidentBook {
  readonly #options: IncidentOptions;
  readonly #settings: IncidentSettings;
  readonly #lessons: Lessons;
  readonly #queue: SerialQueue;
  readonly #shelf = new CaseShelf();
  readonly #reanalysis: Reanalysis;
  /** Incidents whose analysis is in the queue already, with how long after their alerts it looks at evidence. */
  readonly #due = new Map<string, number>();
  /** Incidents that nobody was told of yet, since their first analysis is not done. */
  readonly #untold = new Set<string>();
  /** Alerts that were heard and wait to be taken up. */
  readonly #heard: EventReceipt[] = [];
  #closed = false;

  constructor(options: IncidentOptions) {
    this.#options = options;
    this.#settings = { ...DEFAULTS, ...options.settings };
    this.#lessons = options.lessons ?? new Lessons(options.store, this.#settings.windowMs);
    this.#queue = new SerialQueue((error) => {
      options.logger.error({ err: error }, 'work on an incident failed');
    });
    this.#reanalysis = new Reanalysis(
      this.#settings.reanalyseMs,
      options.schedule ?? processTimers,
      (id, delayMs) => this.#analyseSoon(id, delayMs),
    );
  }

  /** Reads one receipt of each incident there ever was, and all of those that go on or may begin anew. */
  async load(): Promise<void> {
    const { store, clock, topology } = this.#options;
    const now = clock();
    const filed = await readFiled(store);
    this.#shelf.file(filed);
    const since = this.#settledBefore();
    const recent = filed.filter(
      ({ incident, recordedAt }) =>
        incident.state === 'open' || recordedAt >= since || (incident.endsAt ?? since) >= since,
    );
    const cases = await readCases(store, recent);
    for (const one of cases) this.#shelf.put(one);
    const taken = new Set(filed.flatMap(({ incident }) => incident.alerts));
    const unheard = await readUnheard(store, cases, taken, now);
    if (unheard.length > 0) this.#queue.add(() => this.#takeUp(unheard));
    for (const one of cases) {
      const { id, state, analysis, evidenceUntil } = one.incident;
      if (state !== 'open') continue;
      if (analysis === 0) this.#untold.add(id);
      const seenAt = seenAtOf(one, topology());
      if (analysis === 0 || seenAt > now - RESUME_MS) this.#reanalysis.resume(id, seenAt, evidenceUntil, now);
    }
  }

  list(filter: IncidentFilter): Promise<readonly Incident[]> {
    return this.#detailed(this.#shelf.page(filter));
  }

  async get(id: string): Promise<Incident | undefined> {
    const filed = this.#shelf.filed(id);
    if (filed === undefined) return this.#shelf.live(id)?.incident;
    return (await readDetails(this.#options.store, [filed.incident]))[0];
  }

  /** Incidents with what was found and said of them, where they are filed without it. */
  async #detailed(incidents: readonly Incident[]): Promise<readonly Incident[]> {
    const filed = incidents.filter(({ id }) => this.#shelf.filed(id) !== undefined);
    const read = await readDetails(this.#options.store, filed);
    const details = new Map(read.map((incident) => [incident.id, incident]));
    return incidents.map((incident) => details.get(incident.id) ?? incident);
  }

  counts(): IncidentCounts {
    return this.#shelf.counts();
  }

  async similar(id: string, first: number): Promise<readonly Similar[]> {
    const incident = await this.get(id);
    if (incident === undefined) throw unknown(id);
    const past = this.#shelf.incidents().filter((other) => other.startsAt < incident.startsAt);
    const { store, topology } = this.#options;
    return (await similarTo(incident, past, { store, topology: topology() })).slice(0, first);
  }

  async statistics(question: StatisticsQuestion): Promise<IncidentStatistics> {
    const within = incidentsWithin(this.#shelf.incidents(), question);
    return statisticsOfIncidents(within, await readFirstAcknowledged(this.#options.store, within));
  }

  acknowledge(said: Acknowledging): Promise<Incident> {
    return this.#act(said.incident, (one) => acknowledged(one, said, this.#options));
  }

  judge(said: Judging): Promise<Incident> {
    return this.#act(said.incident, (one) => judged(one, said, this.#options));
  }

  resolve(said: Resolving): Promise<Incident> {
    return this.#act(said.incident, (one) => resolved(one, said, this.#options));
  }

  /** Does in its turn what a person says to an incident, which may be filed already. */
  #act(id: string, speak: (one: Case) => Promise<Spoken | undefined>): Promise<Incident> {
    return this.#queue.run(async () => {
      const one = await this.#take(id);
      if (one === undefined) throw unknown(id);
      const spoken = await speak(one);
      if (spoken === undefined) return one.incident;
      this.#shelf.put(spoken.one);
      if (spoken.type === 'resolved') this.#tellOpened(id);
      this.#tell(spoken.type, spoken.one, spoken.key);
      return spoken.one.incident;
    });
  }

  /** A case to go on with, read back when it was filed. */
  async #take(id: string): Promise<Case | undefined> {
    const filed = this.#shelf.filed(id);
    return filed === undefined ? this.#shelf.live(id) : (await readCases(this.#options.store, [filed]))[0];
  }

  hear({ events, repeated, door }: Recorded): void {
    if (this.#closed || door === OWN_DOOR) return;
    const alerts = events.filter(({ kind }) => kind === 'alert_fired' || kind === 'alert_cleared');
    const stated = repeated.filter(statesAlert);
    if (stated.length > 0) this.#queue.add(() => this.#takeUpAgain(stated));
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
    this.#reanalysis.stop();
    await this.#queue.idle();
  }

  /** Records and takes up those repeats of alerts that turn what is known of them. */
  async #takeUpAgain(repeated: Parameters<typeof turnedAgain>[1]): Promise<void> {
    if (this.#closed) return;
    const { store, recorder } = this.#options;
    const fires = new Set<string>();
    for (const { alerts, cleared } of this.#shelf.allLive()) {
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
    const joined = new Map<string, 'opened' | 'joined' | 'reopened'>();
    const batch = new Set(
      events.flatMap((event) => (event.kind === 'alert_fired' ? [alertFactOf(event)] : [])),
    );
    const topology = this.#options.topology();
    for (const alert of batch) this.#join(alert, batch, topology, joined);
    for (const id of joined.keys()) {
      const one = this.#shelf.live(id);
      if (one !== undefined) this.#shelf.put(summedUp(one, topology));
    }
    const ended = new Set(
      events.flatMap((event) => (event.kind === 'alert_cleared' ? this.#clear(event) : [])),
    );
    await this.#record([...new Set([...joined.keys(), ...ended])]);
    for (const [id, how] of joined) {
      if (how === 'opened') this.#untold.add(id);
      if (how === 'reopened') this.#tellOf('reopened', id);
    }
    for (const id of ended) {
      this.#tellOpened(id);
      this.#tellOf('resolved', id);
    }
    for (const id of joined.keys()) this.#reanalysis.follow(id);
    this.#shelf.sweep(this.#settledBefore());
  }

  #join(
    alert: AlertFact,
    batch: ReadonlySet<AlertFact>,
    topology: Topology,
    joined: Map<string, 'opened' | 'joined' | 'reopened'>,
  ): void {
    const { regroupMs } = this.#settings;
    const found = [...this.#shelf.allLive()].find(
      (one) =>
        (one.incident.state === 'open' && belongs(alert, one.alerts, batch, topology, regroupMs)) ||
        firesAgain(one, alert, regroupMs),
    );
    const one = withAlert(found, alert);
    const { id } = one.incident;
    const how = found === undefined ? 'opened' : found.incident.state === 'resolved' ? 'reopened' : 'joined';
    joined.set(id, joined.get(id) ?? how);
    this.#shelf.put(one);
  }

  /** Notes that an alert was cleared; answers the incidents that are resolved by it. */
  #clear(event: EventReceipt<'alert_cleared'>): readonly string[] {
    const ended: string[] = [];
    for (const one of [...this.#shelf.allLive()]) {
      if (one.incident.state !== 'open') continue;
      const next = withEnd(one, event);
      this.#shelf.put(next);
      if (next.incident.state === 'resolved') ended.push(next.incident.id);
    }
    return ended;
  }

  async #record(ids: readonly string[]): Promise<void> {
    const { recorder, clock } = this.#options;
    const now = clock();
    const cases = ids.flatMap((id) => this.#shelf.live(id) ?? []);
    if (cases.length === 0) return;
    const recorded = cases.map((one) => ({
      ...one,
      sequence: one.sequence + 1,
      recordedAt: nextTime(one, now),
    }));
    const events = cases.map((one) => incidentReceipt(one.incident, one.sequence, nextTime(one, now)));
    await recorder.record({ events }, OWN_DOOR);
    for (const one of recorded) this.#shelf.put(one);
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

  async #analyse(id: string, delayMs: number): Promise<void> {
    const one = this.#shelf.live(id);
    if (one === undefined) return;
    const { windowMs } = this.#settings;
    try {
      const next = await analyseCase(one, delayMs, { ...this.#options, windowMs, lessons: this.#lessons });
      if (next === undefined) return;
      this.#shelf.put(next);
      this.#log(next.incident);
      if (!this.#untold.has(id)) this.#tell('changed', next);
    } finally {
      // Whoever is on call is told even where the analysis fails.
      this.#tellOpened(id);
    }
  }

  #log({ id, analysis, candidates }: Incident): void {
    const [first] = candidates;
    this.#options.logger.info(
      { incident: id, analysis, candidates: candidates.length, first: first?.title, score: first?.score },
      'analysed an incident',
    );
  }

  /** Before when what is over is over for good: nothing joins it any more, and no alert that was missed belongs to it. */
  #settledBefore() {
    return shift(this.#options.clock(), -(CATCH_UP_MS + this.#settings.regroupMs));
  }

  #tellOpened(id: string): void {
    if (this.#untold.delete(id)) this.#tellOf('opened', id);
  }

  #tellOf(type: IncidentChange['type'], id: string): void {
    const one = this.#shelf.live(id);
    if (one !== undefined) this.#tell(type, one);
  }

  #tell(type: IncidentChange['type'], { incident, sequence, recordedAt }: Case, key?: string): void {
    const id = identityOf('incident-change', incident.id, type, key ?? String(sequence));
    this.#options.onChange?.({ type, id, at: recordedAt, incident });
  }
}

function unknown(id: string): RcaError {
  return new RcaError('unknown-incident', `there is no incident ${id}`);
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
