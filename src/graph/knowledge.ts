/** The small part of the graph: services, dependencies, incidents with links to what was found, and the ontology. */
import type { EvidenceStore, Recorded } from '../evidence/index.js';
import type { EventReceipt, Iris } from '../model/index.js';
import type { DependencyEdge, Topology } from './graph.js';
import { readLinks } from './incident-links.js';
import { Incidents, linkOf } from './incidents.js';
import { IndexedTriples } from './indexed-triples.js';
import { KnowledgeTriples } from './knowledge-triples.js';
import type { Rule } from './mapping.js';
import { escapeLiteral } from './ntriples.js';
import type { Runbook } from './runbooks/runbook.js';
import { triplesOfRunbook } from './runbooks/triples.js';
import { readRevisions, Slos } from './slos.js';
import { Dependencies } from './topology.js';
import { RDF_TYPE, tps } from './vocabulary.js';

/** The knowledge at one moment. */
export interface KnowledgeSnapshot {
  /** Grows with every change. */
  readonly version: number;
  /** What every query is given: all but the incidents. */
  readonly core: { readonly version: number; readonly text: string };
  readonly triples: KnowledgeTriples;
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
  readonly #incidents: Incidents;
  readonly #slos = new Slos();
  #runbooks: readonly Runbook[] = [];
  #version = 1;
  #coreVersion = 1;
  #snapshot: KnowledgeSnapshot | undefined;
  #seriesSeen = 0;
  #hasNewSamples = true;

  private constructor(sources: KnowledgeSources) {
    this.#sources = sources;
    this.#incidents = new Incidents(sources.iris, sources.rules);
  }

  /** Reads the knowledge back from the store: the newest receipt of each thing, and the names of what is linked to it. */
  static async open(sources: KnowledgeSources): Promise<Knowledge> {
    const { store } = sources;
    const knowledge = new Knowledge(sources);
    for (const service of await store.services()) knowledge.#dependencies.addService(service);
    const latest = await Promise.all([
      store.latestEvents('dependency', ['callee', 'service', 'dependencyKind']),
      store.latestEvents('incident', ['incident']),
    ]);
    for (const { event } of latest.flat()) knowledge.#note(event);
    for (const revision of await readRevisions(store)) knowledge.#note(revision);
    for (const link of await readLinks(store)) knowledge.#incidents.addLink(link);
    return knowledge;
  }

  /** Takes these runbooks in the place of those before. */
  shelve(runbooks: readonly Runbook[]): void {
    this.#runbooks = runbooks;
    this.#changeCore();
  }

  #changeCore(): void {
    this.#version += 1;
    this.#coreVersion += 1;
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
        if (this.#dependencies.addDependency(event)) this.#changeCore();
        return;
      case 'slo':
        this.#slos.add(event);
        this.#changeCore();
        return;
      case 'incident':
        this.#incidents.addRecord(event);
        this.#version += 1;
        return;
      case 'candidate':
      case 'why':
      case 'acknowledgement':
      case 'verdict':
        this.#incidents.addLink(linkOf(event));
        this.#version += 1;
        return;
      default:
    }
  }

  #addService(service: string): void {
    if (this.#dependencies.addService(service)) this.#changeCore();
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
    const known = this.#snapshot;
    if (known?.version === this.#version) return known;
    const isSame = known?.core.version === this.#coreVersion;
    const index = isSame ? known.triples.core : new IndexedTriples(this.#coreTriples());
    const core = isSame ? known.core : { version: this.#coreVersion, text: index.text() };
    const triples = new KnowledgeTriples(index, this.#incidents.triples.copy());
    this.#snapshot = { version: this.#version, core, triples };
    return this.#snapshot;
  }

  #coreTriples(): readonly string[] {
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
      ...this.#runbooks.flatMap((runbook) => triplesOfRunbook(runbook, iris)),
    ];
  }

  /** The service level objectives in force, by name. */
  slos(): readonly EventReceipt<'slo'>[] {
    return this.#slos.list();
  }

  /** Every revision of every objective, by name. */
  sloHistories(): readonly (readonly EventReceipt<'slo'>[])[] {
    return this.#slos.histories();
  }

  topology(): Topology {
    this.#lookAtNewSeries();
    return this.#dependencies.topology();
  }

  dependencies(services?: readonly string[]): readonly DependencyEdge[] {
    return this.#dependencies.edges(services);
  }
}
