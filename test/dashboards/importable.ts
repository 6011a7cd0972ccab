import * as units from '@grafana/grafana-foundation-sdk/units';
import { z } from 'zod';

const grid = z.object({ x: z.int().min(0), y: z.int().min(0), w: z.int().min(1).max(24), h: z.int().min(1) });

const prometheus = z.object({ type: z.literal('prometheus'), uid: z.string().min(1) });

const known = new Set<string>(Object.values(units).filter((unit) => typeof unit === 'string'));

const unit = z.string().refine((name) => known.has(name), 'expected a unit that Grafana has');

const zones = z
  .array(z.object({ value: z.number().nullable(), color: z.string() }))
  .min(1)
  .refine(
    (steps) =>
      steps[0]?.value === null &&
      steps
        .slice(1)
        .every(({ value }, index) => value !== null && value > (steps[index]?.value ?? -Infinity)),
    'expected steps that ascend from no bound',
  );

const link = z.object({ title: z.string().min(1), url: z.string().min(1) });

const target = z.object({
  refId: z.string().min(1),
  expr: z.string().min(1),
  datasource: prometheus,
  instant: z.boolean().optional(),
  range: z.boolean().optional(),
  legendFormat: z.string().optional(),
});

const panel = z.object({
  type: z.enum(['gauge', 'stat', 'bargauge', 'heatmap', 'timeseries', 'table']),
  id: z.int().min(1),
  title: z.string().min(1),
  description: z.string().min(1),
  gridPos: grid,
  datasource: prometheus,
  targets: z
    .array(target)
    .min(1)
    .refine(
      (targets) => new Set(targets.map(({ refId }) => refId)).size === targets.length,
      'refIds are unique',
    ),
  fieldConfig: z.object({
    defaults: z.object({
      unit: unit.optional(),
      min: z.number().optional(),
      max: z.number().optional(),
      thresholds: z.object({ mode: z.literal('absolute'), steps: zones }).optional(),
      links: z.array(link).optional(),
    }),
    overrides: z.array(
      z.object({
        matcher: z.object({ id: z.literal('byName'), options: z.string() }),
        properties: z.array(z.object({ id: z.string(), value: z.unknown() })),
      }),
    ),
  }),
});

const row = z.object({
  type: z.literal('row'),
  id: z.int().min(1),
  title: z.string().min(1),
  gridPos: grid,
  panels: z.array(z.never()),
});

const variable = z.object({
  type: z.literal('query'),
  name: z.string().regex(/^\w+$/),
  includeAll: z.boolean(),
  datasource: prometheus,
  query: z.object({ query: z.string().min(1), refId: z.string().min(1) }),
});

const annotation = z.object({
  name: z.string().min(1),
  datasource: prometheus,
  enable: z.literal(true),
  expr: z.string().min(1),
  useValueForTime: z.literal(true),
});

/** The parts of a dashboard that Grafana trips over when they are wrong, and that a reader is lost without. */
export const importable = z
  .object({
    uid: z.string().regex(/^[\w-]{1,40}$/),
    title: z.string().min(1),
    schemaVersion: z.int().min(36),
    time: z.object({ from: z.string().regex(/^now-\d+\w$/), to: z.literal('now') }),
    templating: z.object({ list: z.array(variable).optional() }),
    annotations: z.object({ list: z.array(annotation).length(2) }),
    panels: z.array(z.discriminatedUnion('type', [panel, row])).min(1),
  })
  .refine(
    ({ panels }) => new Set(panels.map(({ id }) => id)).size === panels.length,
    'ids of panels are unique',
  )
  .refine(({ panels }) => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`),
    );
    return new Set(cells).size === cells.length && panels.every(({ gridPos: { x, w } }) => x + w <= 24);
  }, 'panels stand beside each other within 24 columns');

/** A dashboard that was checked. */
export type Importable = z.output<typeof importable>;
