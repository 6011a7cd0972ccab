/** The four pillars of the Kaizen guide. */
export const pillars = ['jidoka', 'kanban', 'andon', 'heijunka'] as const;

/** The name of a pillar. */
export type Pillar = (typeof pillars)[number];

/**
 * How a metric is judged: `lower` and `higher` cross their target and their alert threshold on the bad side, `band`
 * is good between two targets, `trend` has no good side of its own.
 */
export type Judgement =
  | { readonly better: 'lower' | 'higher'; readonly target?: number; readonly alert?: number }
  | { readonly better: 'band'; readonly low: number; readonly high: number; readonly alert: number }
  | { readonly better: 'trend' };

/** What is declared of a metric of the pillars. */
export interface MetricSpec {
  readonly pillar: Pillar;
  /** The unit as the guide writes it: %, 1/min, s, ms, tasks, count, ratio. */
  readonly unit: string;
  readonly judged: Judgement;
  /** How it is computed over a window, for people. */
  readonly meaning: string;
}

const lower = (target: number | undefined, alert?: number): Judgement => ({
  better: 'lower',
  ...(target === undefined ? {} : { target }),
  ...(alert === undefined ? {} : { alert }),
});
const higher = (target: number, alert?: number): Judgement => ({
  better: 'higher',
  target,
  ...(alert === undefined ? {} : { alert }),
});
const trend: Judgement = { better: 'trend' };

/** The metrics of the pillars that are computed from events, with the guide's targets and alert thresholds. */
export const pillarMetrics = {
  jidoka_circuit_open_percent: {
    pillar: 'jidoka',
    unit: '%',
    judged: lower(5, 10),
    meaning: "Open circuits of all known circuits, at the window's end.",
  },
  jidoka_failure_rate: {
    pillar: 'jidoka',
    unit: '1/min',
    judged: lower(1, 5),
    meaning: 'Failures per minute of the window.',
  },
  jidoka_success_rate: {
    pillar: 'jidoka',
    unit: '%',
    judged: higher(99.9, 99),
    meaning: 'Completed tasks of completed tasks and failures.',
  },
  jidoka_recovery_time_secs: {
    pillar: 'jidoka',
    unit: 's',
    judged: lower(60, 180),
    meaning: 'Mean time from open to closed of the circuits that closed in the window.',
  },
  kanban_queue_depth: {
    pillar: 'kanban',
    unit: 'tasks',
    judged: lower(50, 100),
    meaning: 'The last reading of each queue in the window, summed.',
  },
  kanban_latency_p50_ms: {
    pillar: 'kanban',
    unit: 'ms',
    judged: lower(50),
    meaning: 'Median latency of the tasks completed in the window.',
  },
  kanban_latency_p95_ms: {
    pillar: 'kanban',
    unit: 'ms',
    judged: lower(100),
    meaning: '95th percentile of the latencies of the tasks completed in the window.',
  },
  kanban_latency_p99_ms: {
    pillar: 'kanban',
    unit: 'ms',
    judged: lower(100, 500),
    meaning: '99th percentile of the latencies of the tasks completed in the window.',
  },
  kanban_throughput_per_min: {
    pillar: 'kanban',
    unit: '1/min',
    judged: higher(10),
    meaning: 'Completed tasks per minute of the window.',
  },
  kanban_wait_time_secs: {
    pillar: 'kanban',
    unit: 's',
    judged: lower(5, 30),
    meaning: 'Mean wait of the tasks that started and completed in the window and say how long they waited.',
  },
  kanban_queue_saturation: {
    pillar: 'kanban',
    unit: '%',
    judged: lower(80, 95),
    meaning: 'Depth of capacity, over the queues that state a capacity.',
  },
  andon_alerts_per_min: {
    pillar: 'andon',
    unit: '1/min',
    judged: lower(2, 5),
    meaning: 'Alerts fired per minute of the window.',
  },
  andon_mttd_secs: {
    pillar: 'andon',
    unit: 's',
    judged: lower(60, 300),
    meaning: 'Mean time from the onset to the detection of the incidents detected in the window.',
  },
  andon_alert_types_total: {
    pillar: 'andon',
    unit: 'count',
    judged: lower(undefined, 20),
    meaning: 'Distinct names of the alerts fired in the window.',
  },
  andon_critical_alerts: {
    pillar: 'andon',
    unit: 'count',
    judged: lower(0, 0),
    meaning: "Critical alerts firing at the window's end, by fingerprint.",
  },
  heijunka_load_balance_coeff: {
    pillar: 'heijunka',
    unit: 'ratio',
    judged: higher(0.85, 0.7),
    meaning: "1 - standard deviation / mean of the active workers' loads.",
  },
  heijunka_worker_utilization: {
    pillar: 'heijunka',
    unit: '%',
    judged: { better: 'band', low: 70, high: 85, alert: 50 },
    meaning: "Active workers of all known workers, at the window's end.",
  },
  heijunka_queue_variance: {
    pillar: 'heijunka',
    unit: 'tasks',
    judged: lower(20, 50),
    meaning: 'Standard deviation of the readings of queue depth in the window.',
  },
  heijunka_workers_active: {
    pillar: 'heijunka',
    unit: 'count',
    judged: trend,
    meaning: "Active workers at the window's end.",
  },
  heijunka_workers_idle: {
    pillar: 'heijunka',
    unit: 'count',
    judged: trend,
    meaning: "Known workers that are not active at the window's end.",
  },
} as const satisfies Record<string, MetricSpec>;

/** The name of a metric of the pillars. */
export type PillarMetric = keyof typeof pillarMetrics;

/** Every metric of the pillars, in the order of the table. */
export const metricNames = Object.keys(pillarMetrics) as readonly PillarMetric[];

/** Where a value stands: `met` its target, past it (`warn`), past its alert threshold (`alert`), or never judged. */
export type Standing = 'met' | 'warn' | 'alert' | 'unjudged';

function standingBeyond(value: number, sign: 1 | -1, target: number | undefined, alert: number | undefined) {
  if (alert !== undefined && sign * value > sign * alert) return 'alert';
  if (target !== undefined) return sign * value > sign * target ? 'warn' : 'met';
  return alert === undefined ? 'unjudged' : 'met';
}

/** Judges a value against the target and the alert threshold of its metric. */
export function standingOf(metric: PillarMetric, value: number): Standing {
  const judged: Judgement = pillarMetrics[metric].judged;
  switch (judged.better) {
    case 'lower':
      return standingBeyond(value, 1, judged.target, judged.alert);
    case 'higher':
      return standingBeyond(value, -1, judged.target, judged.alert);
    case 'band':
      if (value < judged.alert) return 'alert';
      return value < judged.low || value > judged.high ? 'warn' : 'met';
    case 'trend':
      return 'unjudged';
  }
}
