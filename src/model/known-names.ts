/** The names that events speak of, of which there may be so many: each costs memory and time for as long as it is known. */
import type { Fault } from './errors.js';
import type { EventContent } from './receipt.js';

/** How many names there may be, and how many there are. */
export interface NameCounts {
  /** Of services. */
  readonly services: number;
  /** Of alerts. */
  readonly alerts: number;
}

/** Names of one sort. */
class Names {
  readonly #known: Set<string>;
  readonly #most: number;

  constructor(known: Iterable<string>, most: number) {
    this.#known = new Set(known);
    this.#most = most;
  }

  get size(): number {
    return this.#known.size;
  }

  get most(): number {
    return this.#most;
  }

  /** The first of some names that would be one too many; undefined when there is none. */
  tooMany(names: readonly string[]): string | undefined {
    const news = [...new Set(names)].filter((name) => !this.#known.has(name));
    return news[Math.max(0, this.#most - this.#known.size)];
  }

  add(names: readonly string[]): void {
    for (const name of names) this.#known.add(name);
  }
}

/** A name as a sentence shows it. */
const shown = (name: string): string => JSON.stringify(name.length > 64 ? `${name.slice(0, 64)}…` : name);

/** The names of services and alerts that are known, those of the evidence at first. */
export class KnownNames {
  readonly #services: Names;
  readonly #alerts: Names;

  /** `limits` are how many there may be. */
  constructor(
    limits: NameCounts,
    known: { readonly services: Iterable<string>; readonly alerts: Iterable<string> },
  ) {
    this.#services = new Names(known.services, limits.services);
    this.#alerts = new Names(known.alerts, limits.alerts);
  }

  /** How many are known. */
  get counts(): NameCounts {
    return { services: this.#services.size, alerts: this.#alerts.size };
  }

  /** Takes the names of an event for known from now on; or answers what is wrong with it when one is too many. */
  admit(event: EventContent): Fault | undefined {
    const callee = event.kind === 'dependency' ? [event.callee] : [];
    const services = [...(event.service === undefined ? [] : [event.service]), ...callee];
    const alerts = event.kind === 'alert_fired' || event.kind === 'alert_cleared' ? [event.name] : [];
    const service = this.#services.tooMany(services);
    if (service !== undefined) {
      const field = service === event.service ? 'service' : 'callee';
      return { field, message: newName('service', service, 'maxServices', this.#services.most) };
    }
    const alert = this.#alerts.tooMany(alerts);
    if (alert !== undefined) {
      return { field: 'name', message: newName('alert', alert, 'maxAlertNames', this.#alerts.most) };
    }
    this.#services.add(services);
    this.#alerts.add(alerts);
    return undefined;
  }
}

function newName(sort: string, name: string, setting: string, most: number): string {
  return (
    `${shown(name)} is the name of a new ${sort}, and there are as many as ${setting} (${most}) allows: ` +
    `take what changes out of the name, or raise ${setting}`
  );
}
