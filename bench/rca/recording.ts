/** Records the evidence of one case as a server does: through the decoder of native events, the recorder, the store. */
import { type EvidenceStore, Recorder } from '../../src/evidence/index.js';
import type { Topology } from '../../src/graph/index.js';
import { Dependencies } from '../../src/graph/topology.js';
import { defaultLimits, EventsDecoder } from '../../src/ingest/index.js';
import { type Instant, type Labels, METRIC_LABEL } from '../../src/model/index.js';

/** A sample with the labels of its series beside the metric's name. */
export interface LabelledSample {
  readonly metric: string;
  readonly labels: Labels;
  readonly at: Instant;
  readonly value: number;
}

/** An event in the native form of `POST /api/v1/events`, which is checked as it is there. */
export type NativeEvent = Readonly<Record<string, unknown>> & { readonly kind: string };

const EVENTS_A_REQUEST = 1_000;

/** What takes the evidence of a case. */
export interface CaseRecorder {
  /** Records samples; they may come in any order. Those without a finite value are left out. */
  samples(samples: readonly LabelledSample[]): Promise<void>;
  /** Records events at a time `now` not before theirs; fails when one is refused, naming it. */
  events(events: readonly NativeEvent[], now: Instant): Promise<void>;
  /** Records that callers call callees. */
  calls(pairs: readonly (readonly [string, string])[], at: Instant): Promise<void>;
}

/** Calls as the events that tell them. */
export function dependenciesOf(
  pairs: readonly (readonly [string, string])[],
  at: Instant,
): readonly NativeEvent[] {
  const time = new Date(at).toISOString();
  return pairs.map(([from, to]) => ({ kind: 'dependency', time, from, to }));
}

/** The evidence of one case on its way into a store. */
export class Recording implements CaseRecorder {
  readonly #store: EvidenceStore;
  readonly #recorder: Recorder;
  readonly #decoder: EventsDecoder;
  readonly #dependencies = new Dependencies();

  constructor(store: EvidenceStore) {
    this.#store = store;
    this.#recorder = new Recorder(store);
    this.#decoder = new EventsDecoder({
      intern: (labels) => store.intern(labels),
      limits: defaultLimits,
    });
    this.#recorder.subscribe(({ events }) => {
      for (const event of events) if (event.kind === 'dependency') this.#dependencies.addDependency(event);
    });
  }

  /** Records samples; they may come in any order. Those without a finite value are left out. */
  async samples(samples: readonly LabelledSample[]): Promise<void> {
    const finite = samples.filter(({ value }) => Number.isFinite(value)).sort((a, b) => a.at - b.at);
    const refs = finite.map(({ metric, labels }) =>
      this.#store.intern({ ...labels, [METRIC_LABEL]: metric }),
    );
    await this.#recorder.record(
      {
        events: [],
        samples: {
          length: finite.length,
          series: Uint32Array.from(refs),
          at: Float64Array.from(finite, ({ at }) => at),
          value: Float64Array.from(finite, ({ value }) => value),
          stale: [],
        },
      },
      'remote-write',
    );
  }

  /** Records events at a time `now` not before theirs; fails when one is refused, naming it. */
  async events(events: readonly NativeEvent[], now: Instant): Promise<void> {
    for (let from = 0; from < events.length; from += EVENTS_A_REQUEST) {
      const body = new TextEncoder().encode(JSON.stringify(events.slice(from, from + EVENTS_A_REQUEST)));
      const decoded = this.#decoder.decode({ body, headers: { 'content-type': 'application/json' } }, now);
      const fault = decoded.faults[0];
      if (fault !== undefined) {
        const item = JSON.stringify(events[from + (fault.item ?? 0)]).slice(0, 300);
        throw new Error(`the event ${item} was refused: ${fault.field ?? ''} ${fault.message}`);
      }
      await this.#recorder.record({ events: decoded.events }, 'events');
    }
  }

  /** Records that callers call callees. */
  async calls(pairs: readonly (readonly [string, string])[], at: Instant): Promise<void> {
    await this.events(dependenciesOf(pairs, at), at);
  }

  /** The topology as the server would know it now. */
  async topology(): Promise<Topology> {
    for (const service of await this.#store.services()) this.#dependencies.addService(service);
    return this.#dependencies.topology();
  }
}
