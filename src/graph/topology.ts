import type { EventReceipt } from '../model/index.js';
import type { DependencyEdge, Topology } from './graph.js';

/** Kinds of dependency of which the caller does not wait for the callee: it leaves a message. */
const LEAVES_A_MESSAGE = /queue|async|topic|event|messag|stream|pub-?sub|kafka|amqp|mqtt|sqs|sns|nats/i;

/** Which services there are and which calls which, kept up to date receipt by receipt. */
export class Dependencies {
  readonly #services = new Set<string>();
  readonly #edges = new Map<string, DependencyEdge>();
  readonly #callees = new Map<string, Set<string>>();
  readonly #callers = new Map<string, Set<string>>();
  /** The callees of each caller that it waits for, by at least one relation. */
  readonly #awaited = new Map<string, Set<string>>();
  /** The present state, until something changes. */
  #topology: Topology | undefined;

  /** Takes note of a service; answers whether it was new. */
  addService(service: string): boolean {
    if (this.#services.has(service)) return false;
    this.#services.add(service);
    this.#topology = undefined;
    return true;
  }

  /** Takes note of a call relation; the latest receipt of a relation stands for it. */
  addDependency(receipt: EventReceipt<'dependency'>): boolean {
    const { service: caller, callee, dependencyKind: kind } = receipt;
    if (caller === undefined) return false;
    const key = JSON.stringify([caller, callee, kind ?? null]);
    const known = this.#edges.get(key);
    if (known !== undefined && known.receipt.at > receipt.at) return false;
    this.#topology = undefined;
    this.#edges.set(key, { caller, callee, ...(kind === undefined ? {} : { kind }), receipt });
    this.addService(caller);
    this.addService(callee);
    related(this.#callees, caller).add(callee);
    related(this.#callers, callee).add(caller);
    if (kind === undefined || !LEAVES_A_MESSAGE.test(kind)) related(this.#awaited, caller).add(callee);
    return known === undefined;
  }

  /** Every relation, or those in which one of these services calls or is called. */
  edges(services?: readonly string[]): readonly DependencyEdge[] {
    const edges = [...this.#edges.values()];
    if (services === undefined) return edges;
    const named = new Set(services);
    return edges.filter(({ caller, callee }) => named.has(caller) || named.has(callee));
  }

  /** The present state, which later receipts do not change; the same object until there is another. */
  topology(): Topology {
    this.#topology ??= this.#stateNow();
    return this.#topology;
  }

  #stateNow(): Topology {
    const callees = new Map([...this.#callees].map(([service, others]) => [service, [...others].sort()]));
    const callers = new Map([...this.#callers].map(([service, others]) => [service, [...others].sort()]));
    const awaited = new Map([...this.#awaited].map(([service, others]) => [service, new Set(others)]));
    return {
      services: [...this.#services].sort(),
      callees: (service) => callees.get(service) ?? [],
      callers: (service) => callers.get(service) ?? [],
      awaits: (caller, callee) => awaited.get(caller)?.has(callee) === true,
    };
  }
}

function related(relations: Map<string, Set<string>>, service: string): Set<string> {
  const known = relations.get(service) ?? new Set<string>();
  relations.set(service, known);
  return known;
}
