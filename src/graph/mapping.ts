/**
 * The mapping from receipts to RDF, declared as lines of N-Triples with places for columns.
 *
 * - An event `/id/KIND/TIME/IDENTITY` has `rdf:type` its classes and `tps:Event`, `tps:timestamp`, `tps:receivedAt`,
 *   `tps:door`, `tps:service`, `tps:FIELD` for each field that it has, and `label:NAME` for each label.
 * - A sample `/id/sample/TIME/SERIES` is a `tps:MetricSample` and a `tps:Event` with `tps:timestamp`, `tps:series`,
 *   `tps:metric`, `tps:service`, `tps:component` and `tps:metricValue`, or `tps:stale true` for a staleness marker.
 * - A roll-up `/id/rollup-hour/TIME/SERIES` or `/id/rollup-minute/TIME/SERIES` is a `tps:Rollup` with `tps:timestamp`
 *   (when it begins), `tps:spanMs`, `tps:series`, `tps:metric`, `tps:service`, `tps:component`, `tps:sampleCount`,
 *   `tps:sampleSum`, `tps:sampleMin`, `tps:sampleMax`, `tps:sampleLast` and, of counters, `tps:increase`. It is what
 *   happened added up and so no `tps:Event`.
 * - A series `/id/series/SERIES` is a `tps:Series` with `tps:metric`, `tps:service`, `tps:component` and its labels.
 *
 * Queue readings, completed tasks and log volumes have their one measured figure as `tps:metricValue` too, so that a
 * question for "what was measured around then" sees them beside the samples. Every predicate but `rdf:type`,
 * `tps:cites` and those of labels has at most one object, and no receipt has blank nodes.
 */
import { type LineTemplate, type Piece, rowColumns } from '../evidence/index.js';
import {
  allFields,
  type EventKind,
  eventKinds,
  type FieldType,
  type Iris,
  type KindSpec,
  kinds,
} from '../model/index.js';
import {
  LABEL,
  RDF_JSON,
  RDF_TYPE,
  tps,
  XSD_BOOLEAN,
  XSD_DATE_TIME,
  XSD_DOUBLE,
  XSD_INTEGER,
} from './vocabulary.js';

/** The tables of the store whose rows become subjects. */
export type Table = 'event' | 'sample' | 'rollup' | 'series';

/** One kind of triple: which rows have it, where its object comes from, and how it is written. */
export interface Rule {
  /** The predicate's IRI; the namespace of labels stands for all predicates below it. */
  readonly predicate: string;
  readonly table: Table;
  /** The kinds of events that have it; undefined for all, and for other tables. */
  readonly kinds?: readonly EventKind[];
  /** The IRI of the class, where the predicate is `rdf:type`. */
  readonly ofClass?: string;
  /** The column of the object and its type; absent for classes and labels. */
  readonly column?: { readonly name: string; readonly type: FieldType | 'series' };
  readonly line: LineTemplate;
}

/** The figure of an event kind that is its `tps:metricValue`. */
export const measuredFields = {
  queue_depth: 'depth',
  task_completed: 'latencyMs',
  log_volume: 'count',
} as const satisfies Partial<Record<EventKind, string>>;

type Column = Extract<Piece, { column: string }>;
const text = (value: string): Piece => ({ text: value });
const column = (name: string, as: Column['as']): Piece => ({ column: name, as });

function subjectOf(table: Table, iris: Iris): readonly Piece[] {
  switch (table) {
    case 'event':
      return [
        text(`<${iris.prefix}`),
        column('kind', 'plain'),
        text('/'),
        column('at', 'basic-instant'),
        text('/'),
        column('id', 'plain'),
        text('> '),
      ];
    case 'sample':
      return [
        text(`<${iris.prefix}sample/`),
        column('at', 'basic-instant'),
        text('/'),
        column('seriesKey', 'plain'),
        text('> '),
      ];
    case 'rollup':
      return [
        text(`<${iris.prefix}rollup-`),
        column('span', 'plain'),
        text('/'),
        column('at', 'basic-instant'),
        text('/'),
        column('seriesKey', 'plain'),
        text('> '),
      ];
    case 'series':
      return [text(`<${iris.prefix}series/`), column('seriesKey', 'plain'), text('> ')];
  }
}

function typed(name: string, as: Column['as'], datatype: string): readonly Piece[] {
  return [text('"'), column(name, as), text(`"^^<${datatype}>`)];
}

function objectOf(name: string, type: FieldType | 'series', iris: Iris): readonly Piece[] {
  switch (type) {
    case 'text':
      return [text('"'), column(name, 'literal'), text('"')];
    case 'json':
      return typed(name, 'literal', RDF_JSON);
    case 'number':
      return typed(name, 'double', XSD_DOUBLE);
    case 'integer':
      return typed(name, 'integer', XSD_INTEGER);
    case 'boolean':
      return typed(name, 'boolean', XSD_BOOLEAN);
    case 'instant':
      return typed(name, 'instant', XSD_DATE_TIME);
    case 'service':
      return [text(`<${iris.prefix}service/`), column(name, 'segment'), text('>')];
    case 'series':
      return [text(`<${iris.prefix}series/`), column(name, 'plain'), text('>')];
    case 'receipt':
      return [text(`<${iris.prefix}`), column(name, 'plain'), text('>')];
    case 'receipts':
      return [text(`<${iris.prefix}`), column('element', 'plain'), text('>')];
  }
}

function fieldRule(
  iris: Iris,
  table: Table,
  predicate: string,
  name: string,
  type: FieldType | 'series',
  ofKinds?: readonly EventKind[],
): Rule {
  const pieces = [
    ...subjectOf(table, iris),
    text(`<${predicate}> `),
    ...objectOf(name, type, iris),
    text(' .'),
  ];
  return {
    predicate,
    table,
    column: { name, type },
    line: { pieces, ...(type === 'receipts' ? { each: name } : {}) },
    ...(ofKinds === undefined ? {} : { kinds: ofKinds }),
  };
}

function classRule(iris: Iris, table: Table, name: string, ofKinds?: readonly EventKind[]): Rule {
  const ofClass = tps(name);
  const pieces = [...subjectOf(table, iris), text(`<${RDF_TYPE}> <${ofClass}> .`)];
  const line: LineTemplate = ofKinds === undefined ? { pieces } : { pieces, kinds: ofKinds };
  return { predicate: RDF_TYPE, table, ofClass, line, ...(ofKinds === undefined ? {} : { kinds: ofKinds }) };
}

function labelRule(iris: Iris, table: Table): Rule {
  const pieces = [
    ...subjectOf(table, iris),
    text(`<${LABEL}`),
    column('name', 'segment'),
    text('> "'),
    column('value', 'literal'),
    text('" .'),
  ];
  return { predicate: LABEL, table, line: { pieces, each: 'labels' } };
}

const specs: Readonly<Record<EventKind, KindSpec>> = kinds;

/** The kinds that have this RDF class. */
function kindsOfClass(name: string): readonly EventKind[] {
  return eventKinds.filter((kind) => specs[kind].classes.includes(name));
}

function eventRules(iris: Iris): readonly Rule[] {
  const classes = [...new Set(eventKinds.flatMap((kind) => specs[kind].classes))];
  return [
    classRule(iris, 'event', 'Event'),
    ...classes.map((name) => classRule(iris, 'event', name, kindsOfClass(name))),
    fieldRule(iris, 'event', tps('timestamp'), 'at', 'instant'),
    fieldRule(iris, 'event', tps('receivedAt'), 'receivedAt', rowColumns.event.receivedAt),
    fieldRule(iris, 'event', tps('door'), 'door', rowColumns.event.door),
    fieldRule(iris, 'event', tps('service'), 'service', 'service'),
    ...[...allFields()].map(([name, type]) =>
      fieldRule(
        iris,
        'event',
        tps(name),
        name,
        type,
        eventKinds.filter((kind) => Object.hasOwn(specs[kind].fields, name)),
      ),
    ),
    ...eventKinds.flatMap((kind) => {
      const measured: Partial<Record<EventKind, string>> = measuredFields;
      const field = measured[kind];
      if (field === undefined) return [];
      const rule = fieldRule(iris, 'event', tps('metricValue'), field, 'number', [kind]);
      return [{ ...rule, line: { ...rule.line, kinds: [kind] } }];
    }),
    labelRule(iris, 'event'),
  ];
}

/** What is told of the time and the series of samples and of roll-ups. */
function measuredRules(iris: Iris, table: 'sample' | 'rollup'): readonly Rule[] {
  return [
    fieldRule(iris, table, tps('timestamp'), 'at', 'instant'),
    fieldRule(iris, table, tps('series'), 'seriesKey', 'series'),
    fieldRule(iris, table, tps('metric'), 'metric', 'text'),
    fieldRule(iris, table, tps('service'), 'service', 'service'),
    fieldRule(iris, table, tps('component'), 'component', 'text'),
  ];
}

function sampleRules(iris: Iris): readonly Rule[] {
  return [
    classRule(iris, 'sample', 'MetricSample'),
    classRule(iris, 'sample', 'Event'),
    ...measuredRules(iris, 'sample'),
    fieldRule(iris, 'sample', tps('metricValue'), 'value', 'number'),
    fieldRule(iris, 'sample', tps('stale'), 'stale', 'boolean'),
  ];
}

const rollupFigures = {
  ...{
    spanMs: 'integer',
    sampleCount: 'integer',
    sampleSum: 'number',
    sampleMin: 'number',
    sampleMax: 'number',
  },
  ...{ sampleLast: 'number', increase: 'number' },
} as const satisfies Partial<Record<keyof typeof rowColumns.rollup, FieldType>>;

function rollupRules(iris: Iris): readonly Rule[] {
  return [
    classRule(iris, 'rollup', 'Rollup'),
    ...measuredRules(iris, 'rollup'),
    ...Object.entries(rollupFigures).map(([name, type]) => fieldRule(iris, 'rollup', tps(name), name, type)),
  ];
}

function seriesRules(iris: Iris): readonly Rule[] {
  return [
    classRule(iris, 'series', 'Series'),
    fieldRule(iris, 'series', tps('metric'), 'metric', 'text'),
    fieldRule(iris, 'series', tps('service'), 'service', 'service'),
    fieldRule(iris, 'series', tps('component'), 'component', 'text'),
    labelRule(iris, 'series'),
  ];
}

/** Every kind of triple that receipts have on a server with this base IRI. */
export function mappingOf(iris: Iris): readonly Rule[] {
  return [...eventRules(iris), ...sampleRules(iris), ...rollupRules(iris), ...seriesRules(iris)];
}

/** Whether triples of a rule can have this predicate. */
export function canHave(rule: Rule, predicate: string): boolean {
  return rule.predicate === predicate || (rule.predicate === LABEL && predicate.startsWith(LABEL));
}
