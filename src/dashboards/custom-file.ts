/** Reads a dashboard of one's own from a small YAML file, in the words of the guide's example. */
import { z } from 'zod';
import { readDescription } from '../graph/index.js';
import { DashboardError } from './errors.js';

const MAX_PANELS = 200;
const MAX_CHARACTERS = 1_048_576;

const text = z.string().trim().min(1).max(2_000);

const panel = z
  .strictObject({
    title: text,
    description: text.exactOptional(),
    /** PromQL; `$service` makes a choice of services. */
    query: text,
    /** The legend; `{{label}}` stands for the value of a label. */
    legend: text.exactOptional(),
    panel_type: z.enum(['graph', 'gauge', 'stat', 'bar', 'table']).default('graph'),
    /** What stands at the axis. */
    ylabel: text.exactOptional(),
    unit: text.exactOptional(),
    min: z.number().exactOptional(),
    max: z.number().exactOptional(),
    width: z.int().min(1).max(24).default(12),
    height: z.int().min(2).max(40).default(8),
  })
  .refine(({ min, max }) => min === undefined || max === undefined || min < max, {
    path: ['max'],
    message: 'expected more than min',
  });

const dashboard = z.strictObject({
  title: text.max(200),
  description: text.default('Made from a file of your own.'),
  /** How far back it looks: `30m`, `24h`, `7d`. */
  time_range: z
    .string()
    .regex(/^[1-9]\d{0,3}[smhdwM]$/, 'expected a number and a unit, such as 30m, 24h or 7d')
    .default('6h'),
  panels: z.array(panel).min(1, 'expected at least one panel').max(MAX_PANELS),
});

/** A dashboard of one's own, as its file describes it. */
export type CustomDashboard = Readonly<z.output<typeof dashboard>>;

/** Reads the text of a file; fails with `bad-file`, naming file and line. */
export function parseCustomDashboard(file: string, source: string): CustomDashboard {
  const refuse = (line: number, reason: string) =>
    new DashboardError('bad-file', `${file}:${line}: ${reason}`);
  if (source.length > MAX_CHARACTERS) throw refuse(1, `expected at most ${MAX_CHARACTERS} characters`);
  return readDescription(source, dashboard, 'the dashboard', refuse);
}
