/** The kinds of events that doors take from outside. */
import { type KindSpec, may, must } from './kind-spec.js';

/** What a failure or an alert may say about the metric that went with it (the founding guide's own terms). */
const correlation = {
  correlatedMetric: may('text'),
  metricChangePercent: may('number'),
  queueDepthSnapshot: may('number'),
};

const alert = {
  name: must('text'),
  severity: must('text'),
  summary: may('text'),
  description: may('text'),
  fingerprint: may('text'),
  startsAt: may('instant'),
  endsAt: may('instant'),
  runbookUrl: may('text'),
  generatorUrl: may('text'),
  groupKey: may('text'),
  receiver: may('text'),
  truncatedAlerts: may('integer'),
  metric: may('text'),
};

const experiment = {
  /** The id of the experiment, given by whoever starts it. */
  experiment: must('text'),
  metric: must('text'),
  hypothesis: may('text'),
  /** Negative where the metric is to fall. */
  expectedChangePercent: may('number'),
  outcome: may('text'),
};

/** What an experiment is to show, where, and what the metric was before it. */
const experimentDesign = {
  action: may('text'),
  reason: may('text'),
  owner: may('text'),
  /** The series of the canary and of the control; without a control the time before is compared with. */
  treatedSelector: may('text'),
  controlSelector: may('text'),
  /** How many minutes are looked at; without it there is no end set. */
  plannedMinutes: may('integer'),
  /** The baseline lasts from here to the start. */
  baselineFrom: may('instant'),
  baselineMean: may('number'),
  baselineP95: may('number'),
  baselineP99: may('number'),
  baselineThroughputPerMin: may('number'),
};

/** What an experiment showed. */
const experimentResult = {
  /** The medians that are compared, in the metric's unit. */
  before: may('number'),
  after: may('number'),
  metricChangePercent: may('number'),
  changeLowPercent: may('number'),
  changeHighPercent: may('number'),
  comparedMinutes: may('integer'),
  surprise: may('text'),
};

/** What happened and what was agreed, as others tell it. */
export const toldKinds = {
  failure: {
    classes: ['JidokaFailure'],
    fields: { component: must('text'), reason: must('text'), ...correlation },
  },
  circuit_opened: { classes: ['CircuitOpen'], fields: { component: must('text'), reason: may('text') } },
  circuit_closed: { classes: ['CircuitClose'], fields: { component: must('text') } },
  queue_depth: {
    classes: ['QueueReading'],
    fields: { queue: must('text'), depth: must('number'), capacity: may('number') },
  },
  task_completed: {
    classes: ['TaskCompletion'],
    fields: { latencyMs: must('number'), waitMs: may('number') },
  },
  alert_fired: { classes: ['Alert'], fields: { ...alert, ...correlation, cites: may('receipts') } },
  alert_cleared: { classes: ['AlertCleared'], fields: alert },
  worker_activated: {
    classes: ['WorkerActivated', 'WorkerChange'],
    fields: { worker: must('text'), load: may('number') },
  },
  worker_deactivated: {
    classes: ['WorkerDeactivated', 'WorkerChange'],
    fields: { worker: must('text'), load: may('number') },
  },
  log_volume: { classes: ['LogVolume'], fields: { count: must('number'), level: must('text') } },
  deployment: {
    classes: ['Deployment', 'Change'],
    fields: {
      version: must('text'),
      /** deployed, upgraded, rolledback or removed. */
      action: may('text'),
      commit: may('text'),
      previousVersion: may('text'),
      message: may('text'),
      diff: may('text'),
      author: may('text'),
      environment: may('text'),
    },
  },
  config_change: {
    classes: ['ConfigChange', 'Change'],
    fields: {
      key: must('text'),
      fromValue: may('text'),
      toValue: may('text'),
      message: may('text'),
      author: may('text'),
    },
  },
  flag_change: {
    classes: ['FlagChange', 'Change'],
    fields: {
      flag: must('text'),
      fromValue: must('text'),
      toValue: must('text'),
      message: may('text'),
      author: may('text'),
    },
  },
  experiment_started: {
    classes: ['ExperimentStarted', 'Experiment', 'Change'],
    fields: { ...experiment, ...experimentDesign },
  },
  experiment_ended: {
    classes: ['ExperimentEnded', 'Experiment', 'Change'],
    fields: { ...experiment, ...experimentResult },
  },
  /** An improvement was proposed, is made, was made or was judged; the latest receipt of an id is its state. */
  improvement: {
    classes: ['ImprovementRecord'],
    fields: {
      /** The id of the improvement, given by whoever logs it. */
      improvement: must('text'),
      /** proposed, started, done, verified, not_held or abandoned. */
      state: must('text'),
      title: must('text'),
      metric: may('text'),
      owner: may('text'),
      /** small, medium or large. */
      effort: may('text'),
      /** The medians before and after, in the metric's unit. */
      before: may('number'),
      after: may('number'),
      expectedChangePercent: may('number'),
      message: may('text'),
    },
  },
  /** The service of the receipt calls `callee`. */
  dependency: {
    classes: ['Dependency'],
    fields: { callee: must('service'), dependencyKind: may('text') },
  },
  /**
   * A service level objective was set, changed or retired; the latest receipt of a name is in force. It is kept either
   * over a metric against a target, in minutes, or over good (or bad) events of all events.
   */
  slo: {
    classes: ['SloRevision'],
    fields: {
      /** The name of the objective; its IRI is /id/slo/NAME. */
      slo: must('text'),
      title: may('text'),
      /** The metric that is held against the target. */
      metric: may('text'),
      component: may('text'),
      /** at_most or at_least. */
      direction: may('text'),
      target: may('number'),
      goodMetric: may('text'),
      badMetric: may('text'),
      totalMetric: may('text'),
      /** Which series of them, as Prometheus' matchers: of every metric of the objective, and of one of them. */
      selector: may('text'),
      goodSelector: may('text'),
      badSelector: may('text'),
      totalSelector: may('text'),
      /** How long the slices of time are that are judged each as a whole; 1 unless given. */
      sliceMinutes: may('integer'),
      /** Slices are counted in the place of events: one is good when so large a share of its events is. */
      sliceTargetPercent: may('number'),
      /** The share of minutes or events that must be good; 99 unless given. */
      objectivePercent: may('number'),
      windowMinutes: may('integer'),
      owner: may('text'),
      /** Why it was chosen. */
      reason: may('text'),
      retired: may('boolean'),
    },
  },
} as const satisfies Record<string, KindSpec>;
