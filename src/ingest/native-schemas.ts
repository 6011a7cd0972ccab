import { z } from 'zod';
import { type EventKind, eventKinds, type FieldSpec, type KindSpec, kinds } from '../model/index.js';
import { checkExperiment, checkImprovement } from './experiment.js';
import { fieldSchema, instant, labelsObject, text } from './fields.js';
import type { Limits } from './limits.js';
import { checkSlo } from './slo/check.js';

/** The kinds that a door takes: all but those that only Genchi itself records. */
export const outerKinds: readonly EventKind[] = eventKinds.filter((kind) => {
  const spec: KindSpec = kinds[kind];
  return spec.internal !== true;
});

/**
 * Where the native form names a field differently than the table of kinds. The kind of a dependency is given as
 * `dependencyKind`, since `kind` says which kind of event it is.
 */
const inputNames: Readonly<Partial<Record<EventKind, Readonly<Record<string, string>>>>> = {
  config_change: { fromValue: 'from', toValue: 'to' },
  flag_change: { fromValue: 'from', toValue: 'to' },
  dependency: { callee: 'to' },
};

/** Where the native form names the service of an event; `service` for all others. */
const serviceNames: Readonly<Partial<Record<EventKind, string>>> = { dependency: 'from' };

/** The native form of one kind. */
export interface NativeKind {
  readonly kind: EventKind;
  /** The name of the field that names the service. */
  readonly service: string;
  /** The names of the fields in the table of kinds, by their names in the native form. */
  readonly fields: ReadonlyMap<string, string>;
  /** Reads the fields beside the head; others are not accepted. */
  readonly schema: z.ZodType<Record<string, unknown>>;
  /** What to say of a field that the kind does not have. */
  readonly aboutUnknown: string;
}

/** The schemas of the native form. */
export interface NativeSchemas {
  readonly head: z.ZodType<NativeHead>;
  readonly kinds: ReadonlyMap<string, NativeKind>;
  readonly metric: z.ZodType<MetricFields>;
}

/** What every native event may have beside its kind's fields. */
export interface NativeHead {
  readonly id?: string | undefined;
  readonly time?: z.output<typeof instant> | undefined;
  readonly service?: string | undefined;
  readonly labels?: Record<string, string> | undefined;
}

/** The fields of the native kind `metric`, which becomes a sample. */
export interface MetricFields {
  readonly metric: string;
  readonly value: number;
  readonly unit?: string | undefined;
}

/** JSON has no NaN and no infinities, but samples do: they are given as Prometheus writes them. */
const NOT_FINITE = { NaN: Number.NaN, '+Inf': Number.POSITIVE_INFINITY, '-Inf': Number.NEGATIVE_INFINITY };

/** What to say of a field that `metric` does not have. */
export const ABOUT_UNKNOWN_OF_METRIC =
  'unknown field: those of metric are metric, value, unit; others belong in labels';

/** Makes the schemas of the native form from the table of kinds. */
export function nativeSchemas(limits: Limits): NativeSchemas {
  const sampleValue = z.union(
    [z.number(), z.literal(['NaN', '+Inf', '-Inf']).transform((name) => NOT_FINITE[name])],
    'expected a number, "NaN", "+Inf" or "-Inf"',
  );
  return {
    head: z.object({
      id: text('a text that is not empty', limits.nameCharacters, 1).optional(),
      time: instant.optional(),
      service: text('the name of a service', limits.nameCharacters, 1).optional(),
      labels: labelsObject.optional(),
    }),
    kinds: new Map(outerKinds.map((kind) => [kind, nativeKind(kind, limits)])),
    metric: z.strictObject({
      metric: text('the name of the metric', limits.nameCharacters, 1),
      value: sampleValue,
      unit: text('a unit', limits.nameCharacters, 1).optional(),
    }),
  };
}

/** What a kind must say beyond the types of its fields. */
const checks: Readonly<
  Partial<Record<EventKind, (fields: Readonly<Record<string, unknown>>, context: z.RefinementCtx) => void>>
> = {
  slo: checkSlo,
  experiment_started: checkExperiment,
  improvement: checkImprovement,
};

function nativeKind(kind: EventKind, limits: Limits): NativeKind {
  const specs: readonly (readonly [string, FieldSpec])[] = Object.entries(kinds[kind].fields);
  const names = specs.map(([field]) => inputNames[kind]?.[field] ?? field);
  const shape = specs.map(([field, spec], position) => {
    const schema = fieldSchema(field, spec.type, limits);
    return [names[position] ?? field, spec.optional ? schema.optional() : schema] as const;
  });
  const object = z.strictObject(Object.fromEntries(shape));
  const check = checks[kind];
  return {
    kind,
    service: serviceNames[kind] ?? 'service',
    fields: new Map(specs.map(([field], position) => [names[position] ?? field, field])),
    schema: check === undefined ? object : object.superRefine(check),
    aboutUnknown: `unknown field: those of ${kind} are ${names.join(', ')}; others belong in labels`,
  };
}
