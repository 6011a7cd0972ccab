/** The small part of the graph: services, dependencies, incidents with their candidates, and the ontology. */
import type { EvidenceStore, Recorded } from '../evidence/index.js';
import type { EventKind, EventReceipt, Iris } from '../model/index.js';
import type { DependencyEdge, Topology } from './graph.js';
import { Incidents } from './incidents.js';
import { IndexedTriples } from './indexed-triples.js';
import type { Rule } from './mapping.js';
import { escapeLiteral } from './ntriples.js';
import type { Runbook } from './runbooks/runbook.js';
import { triplesOfRunbook } from './runbooks/triples.js';
import { Slos } from './slos.js';
import { Dependencies } from './topology.js';
import { RDF_TYPE, tps } from './vocabulary.js';

const KNOWLEDGE_KINDS = [
  'dependency',
  'slo',
  'incident',
  'candidate',
  'why',
  'acknowledgement',
  'verdict',
] as const satisfies readonly EventKind[];
const PAGE = 10_000;

/** The knowledge at one moment. */
export interface KnowledgeSnapshot {
  /** Grows with every change. */
  readonly version: number;
  readonly triples: IndexedTriples;
}

/** What the knowledge is made from. */
export interface KnowledgeSources {
  readonly store: EvidenceStore;
  readonly iris: Iris;
  readonly rules: readonly Rule[];
  /** The triples of the ontology, one a text. */
  readonly ontology: readonly string[];
}

/** Knowledge in memory, rebuilt from receipts and kept up to date by what is recorded. */
export class Knowledge {
  readonly #sources: KnowledgeSources;
  readonly #dependencies = new Dependencies();
  readonly #incidents = new Incidents();
  readonly #slos = new Slos();
  #runbooks: readonly Runbook[] = [];
  #version = 1;
  #snapshot: KnowledgeSnapshot | undefined;
  #seriesSeen = 0;
  #hasNewSamples = true;

  private constructor(sources: KnowledgeSources) {
    this.#sources = sources;
  }

  /** Reads the knowledge back from the store. */
  static async open(sources: KnowledgeSources): Promise<Knowledge> {
    const knowledge = new Knowledge(sources);
    for (const service of await sources.store.services()) knowledge.#dependencies.addService(service);
    let after: EventReceipt | undefined;
    do {
      const page: readonly EventReceipt[] = await sources.store.events({
        kinds: KNOWLEDGE_KINDS,
        order: 'oldest-first',
        limit: PAGE,
        ...(after === undefined ? {} : { after }),
      });
      for (const receipt of page) knowledge.#note(receipt);
      after = page.length < PAGE ? undefined : page.at(-1);
    } while (after !== undefined);
    return knowledge;
  }

  /** Takes these runbooks in the place of those before. */
  shelve(runbooks: readonly Runbook[]): void {
    this.#runbooks = runbooks;
    this.#version += 1;
  }

  /** Takes note of what was just recorded. */
  hear({ appended, events }: Recorded): void {
    if (appended.samples > 0) this.#hasNewSamples = true;
    for (const event of events) this.#note(event);
  }

  #note(event: EventReceipt): void {
    if (event.service !== undefined) this.#addService(event.service);
    switch (event.kind) {
      case 'dependency':
        this.#addService(event.callee);
        if (this.#dependencies.addDependency(event)) this.#version += 1;
        return;
      case 'slo':
        this.#slos.add(event);
        this.#version += 1;
        return;
      case 'incident':
        this.#incidents.addRecord(event);
        this.#version += 1;
        return;
      case 'candidate':
      case 'why':
        this.#incidents.addFound(event);
        this.#version += 1;
        return;
      case 'acknowledgement':
      case 'verdict':
        this.#incidents.addSaid(event);
        this.#version += 1;
        return;
      default:
    }
  }

  #addService(service: string): void {
    if (this.#dependencies.addService(service)) this.#version += 1;
  }

  /** Series are interned without being told of; the new ones since the last look may speak of new services. */
  #lookAtNewSeries(): void {
    if (!this.#hasNewSamples) return;
    this.#hasNewSamples = false;
    const series = this.#sources.store.findSeries({});
    for (const { service } of series.slice(this.#seriesSeen)) {
      if (service !== undefined) this.#addService(service);
    }
    this.#seriesSeen = series.length;
  }

  /** The present state as triples; the same object until something changes. */
  snapshot(): KnowledgeSnapshot {
    this.#lookAtNewSeries();
    if (this.#snapshot?.version !== this.#version) {
      this.#snapshot = { version: this.#version, triples: new IndexedTriples(this.#triples()) };
    }
    return this.#snapshot;
  }

  #triples(): readonly string[] {
    const { iris, rules, ontology } = this.#sources;
    const service = (name: string) => `<${iris.of({ type: 'service', name })}>`;
    return [
      ...ontology,
      ...this.#dependencies
        .topology()
        .services.flatMap((name) => [
          `${service(name)} <${RDF_TYPE}> <${tps('Service')}> .`,
          `${service(name)} <${tps('name')}> "${escapeLiteral(name)}" .`,
        ]),
      ...this.#dependencies
        .edges()
        .map(({ caller, callee }) => `${service(caller)} <${tps('dependsOn')}> ${service(callee)} .`),
      ...this.#slos.triples(iris, rules),
      ...this.#incidents.triples(iris, rules),
      ...this.#runbooks.flatMap((runbook) => triplesOfRunbook(runbook, iris)),
    ];
  }

  /** The service level objectives in force, by name. */
  slos(): readonly EventReceipt<'slo'>[] {
    return this.#slos.list();
  }

  topology(): Topology {
    this.#lookAtNewSeries();
    return this.#dependencies.topology();
  }

  dependencies(services?: readonly string[]): readonly DependencyEdge[] {
    return this.#dependencies.edges(services);
  }
}
