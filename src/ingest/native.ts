import {
  type EventContent,
  type Fault,
  faultOfTime,
  type Instant,
  type Labels,
  METRIC_LABEL,
  serviceOf,
} from '../model/index.js';
import { contentFrom } from './content.js';
import { faultsOfIssues } from './issues.js';
import { isObject, type JsonObject } from './json.js';
import { faultOfLabels, withoutEmpty } from './labels.js';
import type { Limits } from './limits.js';
import {
  ABOUT_UNKNOWN_OF_METRIC,
  type NativeHead,
  type NativeKind,
  type NativeSchemas,
  nativeSchemas,
  outerKinds,
} from './native-schemas.js';
import { clip } from './text.js';

/** What one native JSON object was found to be. */
export type Native =
  | { readonly type: 'event'; readonly content: EventContent; readonly id: string | undefined }
  | { readonly type: 'sample'; readonly labels: Labels; readonly at: Instant; readonly value: number }
  | { readonly type: 'refused'; readonly faults: readonly Fault[] };

function refused(item: number, field: string, message: string): Native {
  return { type: 'refused', faults: [{ item, field, message }] };
}

/** Reads the native form of events: JSON objects with `kind`, `time`, `service`, `labels` and the kind's fields. */
export class NativeReader {
  readonly #schemas: NativeSchemas;
  readonly #limits: Limits;

  constructor(limits: Limits) {
    this.#schemas = nativeSchemas(limits);
    this.#limits = limits;
  }

  /** Reads the object at position `item`; `now` is its time when it names none. */
  read(value: unknown, item: number, now: Instant): Native {
    if (!isObject(value)) return { type: 'refused', faults: [{ item, message: 'expected a JSON object' }] };
    const { kind } = value;
    if (kind === 'metric') return this.#metric(value, item, now);
    const native = typeof kind === 'string' ? this.#schemas.kinds.get(kind) : undefined;
    if (native !== undefined) return this.#event(native, value, item, now);
    const got = typeof kind === 'string' ? `, got ${clip(kind)}` : '';
    return refused(item, 'kind', `expected one of metric, ${outerKinds.join(', ')}${got}`);
  }

  #event(native: NativeKind, value: JsonObject, item: number, now: Instant): Native {
    const { kind: _kind, id, time, labels, [native.service]: service, ...rest } = value;
    const head = this.#schemas.head.safeParse({ id, time, labels, service });
    const fields = native.schema.safeParse(rest);
    if (!head.success || !fields.success) {
      const ofHead = faultsOfIssues(head.error?.issues ?? [], item).map((fault) =>
        fault.field === 'service' ? { ...fault, field: native.service } : fault,
      );
      const ofFields = faultsOfIssues(fields.error?.issues ?? [], item, native.aboutUnknown);
      return { type: 'refused', faults: [...ofHead, ...ofFields] };
    }
    const fault = this.#faultOfHead(head.data, native.service, now);
    if (fault !== undefined) return { type: 'refused', faults: [{ item, ...fault }] };
    const content = contentFrom(
      { ...head.data, kind: native.kind, at: head.data.time ?? now, service: subject(head.data) },
      Object.entries(fields.data).map(([name, field]) => [native.fields.get(name) ?? name, field]),
    );
    return { type: 'event', content, id: head.data.id };
  }

  #metric(value: JsonObject, item: number, now: Instant): Native {
    const { kind: _kind, id, time, labels, service, ...rest } = value;
    const head = this.#schemas.head.safeParse({ id, time, labels, service });
    const fields = this.#schemas.metric.safeParse(rest);
    if (!head.success || !fields.success) {
      const ofHead = faultsOfIssues(head.error?.issues ?? [], item);
      const ofFields = faultsOfIssues(fields.error?.issues ?? [], item, ABOUT_UNKNOWN_OF_METRIC);
      return { type: 'refused', faults: [...ofHead, ...ofFields] };
    }
    if (head.data.id !== undefined && head.data.time === undefined) {
      return refused(
        item,
        'time',
        'is required beside id: a sample is known by its series and its time, so that sending it again with another time would record it twice',
      );
    }
    const { metric, value: sample, unit } = fields.data;
    const all = seriesLabels(head.data, { [METRIC_LABEL]: metric, service: head.data.service, unit });
    if ('fault' in all) return { type: 'refused', faults: [{ item, ...all.fault }] };
    const fault = this.#faultOfHead({ ...head.data, labels: all.labels }, 'service', now);
    if (fault !== undefined) return { type: 'refused', faults: [{ item, ...fault }] };
    return { type: 'sample', labels: all.labels, at: head.data.time ?? now, value: sample };
  }

  #faultOfHead(head: NativeHead, serviceField: string, now: Instant): Fault | undefined {
    const message = faultOfTime(head.time ?? now, now);
    if (message !== undefined) return { field: 'time', message };
    if (subject(head) === undefined) {
      return { field: serviceField, message: 'is required: expected the name of a service' };
    }
    return faultOfLabels(head.labels ?? {}, this.#limits);
  }
}

/** The service that an event is about: the one named, else the one that its labels speak of. */
function subject(head: NativeHead): string | undefined {
  return head.service ?? serviceOf(head.labels ?? {});
}

/** The labels of a series: those given, and the metric's name, service and unit, which they may not contradict. */
function seriesLabels(
  { labels = {} }: NativeHead,
  named: Readonly<Record<string, string | undefined>>,
): { readonly labels: Labels } | { readonly fault: Fault } {
  for (const [name, value] of Object.entries(named)) {
    const given = labels[name];
    if (given !== undefined && value !== undefined && given !== value) {
      return {
        fault: { field: `labels.${name}`, message: 'expected what the field of that name says, or none' },
      };
    }
  }
  const present = Object.entries(named).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  return { labels: withoutEmpty({ ...labels, ...Object.fromEntries(present) }) };
}
