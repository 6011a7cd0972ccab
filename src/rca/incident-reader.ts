import type { EvidenceStore } from '../evidence/index.js';
import type { Topology } from '../graph/index.js';
import type { Localisation } from './analysis.js';
import { readCases } from './casebook.js';
import { readDetails, readFirstAcknowledged } from './details.js';
import { RcaError } from './errors.js';
import type { Incident, IncidentBounds, IncidentCounts, IncidentFilter } from './incident.js';
import type { Case } from './lifecycle.js';
import type { CaseShelf } from './shelf.js';
import type { Similar } from './similar.js';
import { similarTo } from './similar-search.js';
import {
  type IncidentStatistics,
  incidentsWithin,
  type StatisticsQuestion,
  statisticsOfIncidents,
} from './statistics.js';

/** What incidents are read from. */
export interface IncidentReaderParts {
  readonly store: EvidenceStore;
  readonly topology: () => Topology;
  readonly shelf: CaseShelf;
}

/** Reads incidents from the shelf, and what is not on it from their receipts. */
export class IncidentReader {
  readonly #parts: IncidentReaderParts;

  constructor(parts: IncidentReaderParts) {
    this.#parts = parts;
  }

  /** A page of incidents, newest first. */
  list(filter: IncidentFilter): Promise<readonly Incident[]> {
    return this.#detailed(this.#parts.shelf.page(filter));
  }

  /** An incident with what was found and said of it. */
  async get(id: string): Promise<Incident | undefined> {
    return (await this.getMany([id]))[0];
  }

  /** Incidents with what was found and said of them. */
  getMany(ids: readonly string[]): Promise<readonly Incident[]> {
    const { shelf } = this.#parts;
    return this.#detailed(ids.flatMap((id) => (shelf.filed(id) ?? shelf.live(id))?.incident ?? []));
  }

  /** Incidents with what was found and said of them, where they are filed without it. */
  async #detailed(incidents: readonly Incident[]): Promise<readonly Incident[]> {
    const filed = incidents.filter(({ id }) => this.#parts.shelf.filed(id) !== undefined);
    const read = await readDetails(this.#parts.store, filed);
    const details = new Map(read.map((incident) => [incident.id, incident]));
    return incidents.map((incident) => details.get(incident.id) ?? incident);
  }

  /** How many incidents there are. */
  counts(): IncidentCounts {
    return this.#parts.shelf.counts();
  }

  /** Those that are open. */
  open(): readonly Incident[] {
    return [...this.#parts.shelf.allLive()].flatMap(({ incident }) =>
      incident.state === 'open' ? [incident] : [],
    );
  }

  /** How many incidents lie within these bounds. */
  count(bounds: IncidentBounds): number {
    return this.#parts.shelf.within(bounds).length;
  }

  /** What the latest analysis of an incident found of the services within reach, where it is held. */
  localisation(id: string): Localisation | undefined {
    return this.#parts.shelf.live(id)?.localisation;
  }

  /** Past incidents that are alike, the most alike first; fails with `unknown-incident`. */
  async similar(id: string, first: number): Promise<readonly Similar[]> {
    const incident = await this.get(id);
    if (incident === undefined) throw unknownIncident(id);
    const past = this.#parts.shelf.incidents().filter((other) => other.startsAt < incident.startsAt);
    const { store, topology } = this.#parts;
    return (await similarTo(incident, past, { store, topology: topology() })).slice(0, first);
  }

  /** What incidents of some time have in common. */
  async statistics(question: StatisticsQuestion): Promise<IncidentStatistics> {
    const within = incidentsWithin(this.#parts.shelf.incidents(), question);
    return statisticsOfIncidents(within, await readFirstAcknowledged(this.#parts.store, within));
  }

  /** A case to go on with, read back when it was filed; undefined when there is none. */
  async take(id: string): Promise<Case | undefined> {
    const filed = this.#parts.shelf.filed(id);
    return filed === undefined
      ? this.#parts.shelf.live(id)
      : (await readCases(this.#parts.store, [filed]))[0];
  }
}

/** The error for an id that no incident has. */
export function unknownIncident(id: string): RcaError {
  return new RcaError('unknown-incident', `there is no incident ${id}`);
}
