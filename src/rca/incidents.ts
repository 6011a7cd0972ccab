import type { Recorded } from '../evidence/index.js';
import { AlertIntake } from './alert-intake.js';
import type { Localisation } from './analysis.js';
import { AnalysisSchedule } from './analysis-schedule.js';
import { Announcer } from './announcer.js';
import { readCases, readFiled, readUnheard, settledBefore } from './casebook.js';
import type {
  Acknowledging,
  Incident,
  IncidentBook,
  IncidentBounds,
  IncidentCounts,
  IncidentFilter,
  Judging,
  Resolving,
} from './incident.js';
import { DEFAULT_SETTINGS, type IncidentOptions } from './incident-options.js';
import { IncidentReader, unknownIncident } from './incident-reader.js';
import type { Case } from './lifecycle.js';
import { Lessons } from './past-incidents.js';
import { acknowledged, judged, resolved, type Spoken } from './said.js';
import { SerialQueue } from './serial-queue.js';
import { CaseShelf } from './shelf.js';
import type { Similar } from './similar.js';
import type { IncidentStatistics, StatisticsQuestion } from './statistics.js';

/** The book of incidents: what is heard and said of them is worked on in one queue, in order. */
class Incidents implements IncidentBook {
  readonly #options: IncidentOptions;
  readonly #regroupMs: number;
  readonly #queue: SerialQueue;
  readonly #shelf = new CaseShelf();
  readonly #announcer: Announcer;
  readonly #schedule: AnalysisSchedule;
  readonly #intake: AlertIntake;
  readonly #reader: IncidentReader;

  constructor(options: IncidentOptions) {
    const settings = { ...DEFAULT_SETTINGS, ...options.settings };
    const { windowMs, regroupMs } = settings;
    this.#options = options;
    this.#regroupMs = regroupMs;
    this.#queue = new SerialQueue((error) => {
      options.logger.error({ err: error }, 'work on an incident failed');
    });
    this.#announcer = new Announcer(this.#shelf, options.onChange);
    const lessons = options.lessons ?? new Lessons(options.store, windowMs);
    const parts = { ...options, shelf: this.#shelf, queue: this.#queue, announcer: this.#announcer };
    this.#schedule = new AnalysisSchedule({ ...parts, ...settings, lessons });
    this.#intake = new AlertIntake({ ...parts, regroupMs, schedule: this.#schedule });
    this.#reader = new IncidentReader(parts);
  }

  /** Reads one receipt of each incident there ever was, and all of those that go on or may begin anew. */
  async load(): Promise<void> {
    const { store, clock } = this.#options;
    const now = clock();
    const filed = await readFiled(store);
    this.#shelf.file(filed);
    const since = settledBefore(now, this.#regroupMs);
    const recent = filed.filter(
      ({ incident, recordedAt }) =>
        incident.state === 'open' || recordedAt >= since || (incident.endsAt ?? since) >= since,
    );
    const cases = await readCases(store, recent);
    for (const one of cases) this.#shelf.put(one);
    const taken = new Set(filed.flatMap(({ incident }) => incident.alerts));
    const unheard = await readUnheard(store, cases, taken, now);
    this.#intake.catchUp(unheard);
    for (const one of cases) {
      if (one.incident.state === 'open') this.#schedule.resume(one, now);
    }
  }

  list(filter: IncidentFilter): Promise<readonly Incident[]> {
    return this.#reader.list(filter);
  }

  get(id: string): Promise<Incident | undefined> {
    return this.#reader.get(id);
  }

  getMany(ids: readonly string[]): Promise<readonly Incident[]> {
    return this.#reader.getMany(ids);
  }

  counts(): IncidentCounts {
    return this.#reader.counts();
  }

  open(): readonly Incident[] {
    return this.#reader.open();
  }

  count(bounds: IncidentBounds): number {
    return this.#reader.count(bounds);
  }

  localisation(id: string): Localisation | undefined {
    return this.#reader.localisation(id);
  }

  similar(id: string, first: number): Promise<readonly Similar[]> {
    return this.#reader.similar(id, first);
  }

  statistics(question: StatisticsQuestion): Promise<IncidentStatistics> {
    return this.#reader.statistics(question);
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
      const one = await this.#reader.take(id);
      if (one === undefined) throw unknownIncident(id);
      const spoken = await speak(one);
      if (spoken === undefined) return one.incident;
      this.#shelf.put(spoken.one);
      if (spoken.type === 'resolved') this.#announcer.tellOpened(id);
      this.#announcer.tell(spoken.type, spoken.one, spoken.key);
      return spoken.one.incident;
    });
  }

  hear(recorded: Recorded): void {
    this.#intake.hear(recorded);
  }

  settled(): Promise<void> {
    return this.#queue.idle();
  }

  async close(): Promise<void> {
    this.#intake.close();
    this.#schedule.stop();
    await this.#queue.idle();
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
