/** What a file of signals may say: which series tell what of the pillars. */
import { z } from 'zod';

const name = z
  .string()
  .regex(/^[a-z\d][a-z\d-]{0,99}$/, 'expected a name of small letters, digits and dashes');
const metric = z.string().regex(/^[a-zA-Z_:][a-zA-Z\d_:]*$/, 'expected the name of a metric');
const metrics = z
  .union([metric, z.array(metric).min(1).max(20)], 'expected the name of a metric, or a list of them')
  .transform((given): readonly string[] => (typeof given === 'string' ? [given] : given));
const label = z.string().regex(/^[a-zA-Z_][a-zA-Z\d_]*$/, 'expected the name of a label');
const labels = z.array(label, 'expected a list of labels').min(1).max(10);

/** A regular expression that a whole text must match, as in Prometheus. */
const pattern = z
  .string('expected a regular expression')
  .max(200)
  .transform((text, context) => {
    try {
      return new RegExp(`^(?:${text})$`, 'u');
    } catch {
      context.addIssue({ code: 'custom', message: `expected a regular expression, not ${text}` });
      return z.NEVER;
    }
  });

/** Labels that must match; a key may name several labels with | between them, of which one must. */
const matchers = z.record(
  z
    .string()
    .regex(/^[a-zA-Z_][a-zA-Z\d_]*(\|[a-zA-Z_][a-zA-Z\d_]*)*$/, 'expected labels with | between them'),
  pattern,
);

/** Labels that must match, by their names. */
export type Matchers = Readonly<z.output<typeof matchers>>;

const tasks = z.strictObject({
  count: metrics.optional(),
  failed: matchers.optional(),
  failures: metrics.optional(),
  latency: metrics.optional(),
  wait: metrics.optional(),
  unit: z.enum(['s', 'ms'], 'expected s or ms').default('s'),
});
const queues = z.strictObject({ depth: metrics, capacity: metrics.optional(), by: labels.optional() });
const circuits = z.strictObject({ open: metrics, by: labels.optional() });
const workers = z
  .strictObject({
    active: metrics.optional(),
    known: metrics.optional(),
    load: metrics.optional(),
    by: labels.optional(),
  })
  .refine(({ known, load, active }) => active !== undefined || known !== undefined || load !== undefined, {
    error: 'expected active, known or load',
  });
const alerts = z.strictObject({
  firing: metrics,
  alert: label.default('alertname'),
  critical: matchers.optional(),
});

/** One source of signals, as a file has it. */
export const signalSourceSchema = z
  .strictObject({
    name,
    about: z.string().max(500).optional(),
    service: labels.optional(),
    where: matchers.optional(),
    tasks: tasks.optional(),
    queues: queues.optional(),
    circuits: circuits.optional(),
    workers: workers.optional(),
    alerts: alerts.optional(),
  })
  .refine(
    (source) => [source.tasks, source.queues, source.circuits, source.workers, source.alerts].some(Boolean),
    { error: 'expected tasks, queues, circuits, workers or alerts' },
  );

/** One source of signals: the series of some metrics, and what they tell of a service. */
export type SignalSource = Readonly<z.output<typeof signalSourceSchema>>;
