/**
 * The kinds of events, declared once. From this table come the TypeScript types of receipts, the columns of
 * the store, the RDF of the mapping and the parameters of the doors; `ontology/tps.ttl` documents the same
 * terms, and a test holds the two together.
 *
 * A field's name is its column and its predicate: field `reason` is column `reason` and `tps:reason`.
 * A name that several kinds share has the same type in all of them.
 */

/**
 * The type of a field, and its RDF object:
 * `text` a plain literal, `number` xsd:double, `integer` xsd:integer, `boolean` xsd:boolean,
 * `instant` xsd:dateTime, `service` the IRI of the service of that name, `receipt` the IRI of another receipt,
 * `receipts` several of them, `json` a JSON text as rdf:JSON.
 */
export type FieldType =
  | 'text'
  | 'number'
  | 'integer'
  | 'boolean'
  | 'instant'
  | 'service'
  | 'receipt'
  | 'receipts'
  | 'json';

/** A field of a kind: its type, and whether a receipt may lack it. */
export interface FieldSpec<T extends FieldType = FieldType, O extends boolean = boolean> {
  readonly type: T;
  readonly optional: O;
}

/** What is declared of a kind: its RDF classes, most specific first (`tps:Event` is implied), and its fields. */
export interface KindSpec {
  readonly classes: readonly [string, ...string[]];
  readonly fields: Readonly<Record<string, FieldSpec>>;
  /** True when only Genchi itself records this kind: no door takes it from outside. */
  readonly internal?: true;
}

const must = <T extends FieldType>(type: T): FieldSpec<T, false> => ({ type, optional: false });
const may = <T extends FieldType>(type: T): FieldSpec<T, true> => ({ type, optional: true });

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
  experiment: must('text'),
  metric: must('text'),
  hypothesis: may('text'),
  expectedChangePercent: may('number'),
  outcome: may('text'),
};

/** Every kind of event. Samples of metrics are receipts too, but live in a table of their own. */
export const kinds = {
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
  alert_fired: { classes: ['Alert'], fields: { ...alert, ...correlation } },
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
  experiment_started: { classes: ['ExperimentStarted', 'Experiment', 'Change'], fields: experiment },
  experiment_ended: { classes: ['ExperimentEnded', 'Experiment', 'Change'], fields: experiment },
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
      /** The share of minutes or events that must be good; 99 unless given. */
      objectivePercent: may('number'),
      windowMinutes: may('integer'),
      owner: may('text'),
      /** Why it was chosen. */
      reason: may('text'),
      retired: may('boolean'),
    },
  },
  /** An incident was opened, updated or resolved; the latest receipt of an incident is its state. */
  incident: {
    internal: true,
    classes: ['IncidentRecord'],
    fields: {
      /** The incident's id; its IRI is /id/incident/ID. */
      incident: must('text'),
      /** open or resolved. */
      state: must('text'),
      title: must('text'),
      severity: must('text'),
      metric: may('text'),
      /** The first time anything was seen of it. */
      startsAt: must('instant'),
      /** The earliest onset that the analysis found. */
      onsetAt: may('instant'),
      endsAt: may('instant'),
      runbookUrl: may('text'),
      /** Up to when that analysis looked at evidence. */
      evidenceUntil: may('instant'),
      /** Which analysis its current candidates come from, from 0 (none yet). */
      analysis: must('integer'),
      /** The alerts that belong to it. */
      cites: must('receipts'),
      /** Sentences on what is missing, when there is not enough evidence. */
      missing: may('json'),
      /** Who said that it is over, and what they said of it, where no alert told. */
      author: may('text'),
      message: may('text'),
    },
  },
  /** A possible cause of an incident, as one analysis ranked it. The receipt's service is where the cause lies. */
  candidate: {
    internal: true,
    classes: ['Candidate'],
    fields: {
      incident: must('text'),
      analysis: must('integer'),
      /** 1 is the most likely; rejected candidates are ranked after the others. */
      rank: must('integer'),
      /** 0..1. */
      score: must('number'),
      rejected: must('boolean'),
      /** deployment, config_change, flag_change, experiment, failure, metric, dependency … */
      causeKind: must('text'),
      title: must('text'),
      component: may('text'),
      correlatedMetric: may('text'),
      metricChangePercent: may('number'),
      onsetAt: may('instant'),
      /** The receipt of the change or failure that is blamed. */
      cause: may('receipt'),
      /** The commit that is blamed, where the change names one. */
      commit: may('text'),
      /** What is usually done first about such a cause: rollback, restore-value, scale-out … */
      remedy: may('text'),
      /** Every receipt that it cites. */
      cites: must('receipts'),
      /** Terms of the score, evidence for and against, as the analysis wrote them. */
      reasoning: must('json'),
    },
  },
  /** A step of a why chain: what an analysis answered to "why?" asked of the step above it. */
  why: {
    internal: true,
    classes: ['WhyStep'],
    fields: {
      incident: must('text'),
      analysis: must('integer'),
      /** `0` the problem, `1` the first answer to it, `1.2` the second answer to that one. */
      place: must('text'),
      /** felt, waiting, workers, failing, load, resource, change or diff. */
      stepKind: must('text'),
      sentence: must('text'),
      /** The step that it explains; the problem itself has none. */
      explains: may('receipt'),
      onsetAt: may('instant'),
      /** The SPARQL query that finds its receipts. */
      query: may('text'),
      /** Why the chain stops here, where it does, and the evidence that would lead further. */
      reason: may('text'),
      needed: may('text'),
      cites: must('receipts'),
    },
  },
  /** A person took an incident on. */
  acknowledgement: {
    internal: true,
    classes: ['Acknowledgement'],
    fields: { incident: must('text'), author: may('text'), message: may('text') },
  },
  /**
   * What a person says the cause of an incident was. The receipt's service is where the cause lay, where another cause
   * than a candidate is named.
   */
  verdict: {
    internal: true,
    classes: ['Verdict'],
    fields: {
      incident: must('text'),
      /** confirmed, rejected, or other for a cause that was no candidate. */
      judgement: must('text'),
      /** The candidate that is confirmed or rejected. */
      judges: may('receipt'),
      /** What sort of cause the other one was, and what it was. */
      causeKind: may('text'),
      title: may('text'),
      component: may('text'),
      author: may('text'),
      message: may('text'),
    },
  },
  /** A post-mortem was published: its text as it stood, and every receipt that it cites. */
  postmortem: {
    internal: true,
    classes: ['Postmortem'],
    fields: {
      incident: must('text'),
      title: must('text'),
      /** The whole document, as Markdown. */
      markdown: must('text'),
      author: may('text'),
      cites: must('receipts'),
    },
  },
} as const satisfies Record<string, KindSpec>;

/** The name of a kind of event. */
export type EventKind = keyof typeof kinds;

/** Every kind, in the order of the table. */
export const eventKinds = Object.keys(kinds) as readonly EventKind[];

/** Whether a text names a kind of event. */
export function isEventKind(text: string): text is EventKind {
  return Object.hasOwn(kinds, text);
}

/** The kinds that change how a system runs, and so can be a cause on their own. */
export const changeKinds = [
  'deployment',
  'config_change',
  'flag_change',
  'experiment_started',
  'experiment_ended',
] as const satisfies readonly EventKind[];

/** Every field of every kind with its type, by name: the columns that the store has for events. */
export function allFields(): ReadonlyMap<string, FieldType> {
  const fields = new Map<string, FieldType>();
  for (const kind of Object.values(kinds) as readonly KindSpec[]) {
    for (const [name, spec] of Object.entries(kind.fields)) fields.set(name, spec.type);
  }
  return fields;
}
