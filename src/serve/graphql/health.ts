/** The types of health: scores of the pillars, and the metrics they come from. */
import {
  type Health,
  type HealthInput,
  type Judgement,
  measuredKinds,
  metricNames,
  type Pillar,
  type PillarHealth,
  type PillarMetric,
  STANDING_WINDOW_MS,
  standingOf,
} from '../../analysis/index.js';
import { type Instant, MINUTE_MS } from '../../model/index.js';
import { builder } from './builder.js';
import type { GraphqlContext } from './context.js';
import { freshStanding } from './fresh-standing.js';
import { LostEvidenceType } from './lost.js';
import { TimeWindow, windowBefore } from './window.js';

/** A metric of the pillars, and its value if there was data for one. */
interface Measured {
  readonly metric: PillarMetric;
  readonly value: number | undefined;
}

/** The band of a score. */
export const BandEnum = builder.enumType('HealthBand', {
  description: 'How healthy a score is.',
  values: {
    GREEN: { description: '80 and above.' },
    YELLOW: { description: '60 and above.' },
    ORANGE: { description: '40 and above.' },
    RED: { description: 'Below 40.' },
  } as const,
});

const pillarValues = {
  jidoka: { description: 'Built-in quality: failures and circuit breakers.' },
  kanban: { description: 'Flow: queues, latency and throughput.' },
  andon: { description: 'Signals: alerts, and how fast trouble is found.' },
  heijunka: { description: 'Levelled load: workers, and how evenly work is spread.' },
} as const satisfies Record<Pillar, { readonly description: string }>;

/** One of the four pillars. */
export const PillarEnum = builder.enumType('Pillar', {
  description: 'The four pillars: built-in quality, flow, signals, levelled load.',
  values: pillarValues,
});

const StandingEnum = builder.enumType('MetricStanding', {
  description: 'Where the value of a metric stands.',
  values: {
    met: { description: 'Within its target.' },
    warn: { description: 'Past its target.' },
    alert: { description: 'Past its alert threshold.' },
    unjudged: { description: 'It has no target; only its trend counts.' },
    absent: { description: 'There was no data, which is never good news.' },
  } as const,
});

/** The targets of a judgement: none, one, or the two ends of a band. */
function targetsOf(judged: Judgement): number[] {
  switch (judged.better) {
    case 'lower':
    case 'higher':
      return judged.target === undefined ? [] : [judged.target];
    case 'band':
      return [judged.low, judged.high];
    case 'trend':
      return [];
  }
}

/** A metric of a pillar with its value, its target and how it stands. */
export const MetricType = builder.objectRef<Measured>('PillarMetric').implement({
  description: 'A metric of a pillar over the window.',
  fields: (t) => ({
    name: t.exposeString('metric', { description: 'The name of the metric.' }),
    pillar: t.field({
      type: PillarEnum,
      description: 'The pillar it belongs to.',
      resolve: ({ metric }, _, { deps }) => deps.pillarMetrics[metric].pillar,
    }),
    unit: t.string({
      description: 'The unit of its value: %, 1/min, s, ms, tasks, count or 0..1.',
      resolve: ({ metric }, _, { deps }) => deps.pillarMetrics[metric].unit,
    }),
    meaning: t.string({
      description: 'How it is computed.',
      resolve: ({ metric }, _, { deps }) => deps.pillarMetrics[metric].meaning,
    }),
    value: t.exposeFloat('value', {
      nullable: true,
      description: 'The value, in `unit`; null without data.',
    }),
    standing: t.field({
      type: StandingEnum,
      description: 'Where the value stands.',
      resolve: ({ metric, value }, _, { deps }) =>
        value === undefined ? 'absent' : standingOf(deps.pillarMetrics[metric], value),
    }),
    better: t.string({
      description: 'Which way is good: lower, higher, band (between two targets) or trend (neither).',
      resolve: ({ metric }, _, { deps }) => deps.pillarMetrics[metric].judged.better,
    }),
    targets: t.floatList({
      description: 'The target in `unit`, or the two ends of the band; empty where there is none.',
      resolve: ({ metric }, _, { deps }) => targetsOf(deps.pillarMetrics[metric].judged),
    }),
    alertThreshold: t.float({
      nullable: true,
      description: 'The alert threshold in `unit`.',
      resolve: ({ metric }, _, { deps }) => {
        const { judged } = deps.pillarMetrics[metric];
        return judged.better === 'trend' ? null : judged.alert;
      },
    }),
  }),
});

const InputType = builder.objectRef<HealthInput>('HealthInput').implement({
  description: 'A metric that a score was made of.',
  fields: (t) => ({
    metric: t.exposeString('metric', { description: 'The name of the metric.' }),
    value: t.exposeFloat('value', { description: "The value, in the metric's unit." }),
    cost: t.exposeFloat('cost', {
      nullable: true,
      description: 'How many of the 100 points it took away; null where there is no score.',
    }),
  }),
});

const PillarHealthType = builder.objectRef<PillarHealth>('PillarHealth').implement({
  description: 'The score of one pillar.',
  fields: (t) => ({
    pillar: t.expose('pillar', { type: PillarEnum, description: 'The pillar.' }),
    score: t.exposeFloat('score', { nullable: true, description: '0..100; null without enough data.' }),
    band: t.expose('band', { type: BandEnum, nullable: true, description: 'The band of the score.' }),
    inputs: t.field({
      type: [InputType],
      description: 'What the score is made of.',
      resolve: ({ inputs }) => [...inputs],
    }),
    missing: t.stringList({
      description: 'Metrics without data; a score given without them could only be lower with them.',
      resolve: ({ missing }) => [...missing],
    }),
    costMost: t.exposeString('costMost', {
      nullable: true,
      description: 'The metric that took the most points away; null when none did.',
    }),
  }),
});

/** The health of a service or of the system. */
export const HealthType = builder.objectRef<Health>('Health').implement({
  description: 'The health of a service, or of the whole system, over a window.',
  fields: (t) => ({
    at: t.field({
      type: 'DateTime',
      description:
        'The time that it was measured at, the end of the window. Asked for the present over 30 minutes it is the last evaluation, which runs every 30 seconds and is measured anew once it is two minutes old.',
      resolve: ({ window }) => window.to,
    }),
    window: t.expose('window', { type: TimeWindow, description: 'The window that was measured.' }),
    lost: t.field({
      type: [LostEvidenceType],
      description: 'What of the window could not be counted, because its archive was deleted.',
      resolve: async ({ window }, _, { lost }) => [...(await lost.read(window, measuredKinds))],
    }),
    score: t.exposeFloat('score', {
      nullable: true,
      description: 'The mean of the pillars that have a score, 0..100; null when none has.',
    }),
    band: t.expose('band', { type: BandEnum, nullable: true, description: 'The band of the score.' }),
    receipts: t.exposeInt('receipts', { description: 'How many receipts it was measured from.' }),
    pillars: t.field({
      type: [PillarHealthType],
      description: 'The score of each pillar.',
      resolve: (health) => [...health.pillars],
    }),
    metrics: t.field({
      type: [MetricType],
      description: 'Every metric of the pillars, those without data too.',
      resolve: ({ readings }) => metricNames.map((metric) => ({ metric, value: readings.get(metric) })),
    }),
  }),
});

/** What is asked of health, as the arguments have it. */
export interface HealthQuestion {
  /** The end of the window; now when absent. */
  readonly at?: Instant | null | undefined;
  readonly windowMinutes: number;
}

/**
 * The health of a service, or of the whole system without one: measured, or from the last evaluation where that is asked
 * for the present over the window that it looks at.
 */
export async function healthOf(
  service: string | undefined,
  { at, windowMinutes }: HealthQuestion,
  context: GraphqlContext,
): Promise<Health> {
  const isStanding = at == null && windowMinutes * MINUTE_MS === STANDING_WINDOW_MS;
  const standing = isStanding ? freshStanding(context) : undefined;
  if (standing !== undefined) return standing.healthOf(service);
  const window = windowBefore(at ?? context.now, windowMinutes);
  return await context.health.read({ ...(service === undefined ? {} : { service }), window });
}
