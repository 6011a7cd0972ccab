import fc from 'fast-check';
import type { Constants } from './queries.js';

const pick = <T>(...values: readonly T[]) => fc.constantFrom(...values);

/** A star with the variables that it binds, by their type. */
interface Star {
  readonly text: string;
  readonly times: readonly string[];
  readonly services: readonly string[];
  readonly texts: readonly string[];
  readonly numbers: readonly string[];
  readonly subject: string;
}

interface Shape {
  readonly class: string | undefined;
  readonly texts: readonly string[];
  readonly numbers: readonly string[];
}

const shapes: readonly Shape[] = [
  { class: 'MetricSample', texts: ['metric', 'component'], numbers: ['metricValue'] },
  { class: 'MetricSample', texts: ['metric'], numbers: ['metricValue'] },
  { class: 'Alert', texts: ['name', 'severity'], numbers: [] },
  { class: 'Deployment', texts: ['version'], numbers: [] },
  { class: 'Change', texts: ['door'], numbers: [] },
  { class: 'JidokaFailure', texts: ['component', 'reason', 'correlatedMetric'], numbers: [] },
  { class: 'QueueReading', texts: ['queue'], numbers: ['depth', 'metricValue'] },
  { class: 'TaskCompletion', texts: ['door'], numbers: ['latencyMs', 'metricValue'] },
  { class: 'Event', texts: ['title', 'name'], numbers: [] },
  { class: 'Candidate', texts: ['title', 'causeKind'], numbers: ['score'] },
  { class: 'IncidentRecord', texts: ['state'], numbers: [] },
  { class: 'Incident', texts: ['state', 'title'], numbers: [] },
  { class: undefined, texts: ['name', 'title', 'door'], numbers: ['score'] },
];

function starOf(n: number, constants: Constants): fc.Arbitrary<Star> {
  const service = pick(...constants.services).map((name) => `service:${name}`);
  return fc
    .record({
      shape: pick(...shapes),
      time: pick('timestamp', 'timestamp', 'receivedAt', ''),
      service: fc.oneof(pick('', '?s', '?s', `?s${n}`), service),
      text: pick(0, 1, 2, 3),
      textVariable: pick(`?y${n}`, `?y${n}`, '?y', JSON.stringify('latency'), JSON.stringify('Slow')),
      isNumber: pick(true, true, false),
    })
    .map(({ shape, time, service: about, text, textVariable, isNumber }) => {
      const predicate = shape.texts[text];
      const number = isNumber ? shape.numbers[n % Math.max(1, shape.numbers.length)] : undefined;
      const verbs = [
        ...(shape.class === undefined ? ['tps:timestamp ?z'] : [`a tps:${shape.class}`]),
        ...(time === '' ? [] : [`tps:${time} ?t${n}`]),
        ...(about === '' ? [] : [`tps:service ${about}`]),
        ...(predicate === undefined ? [] : [`tps:${predicate} ${textVariable}`]),
        ...(number === undefined ? [] : [`tps:${number} ?v${n}`]),
      ];
      return {
        text: `?e${n} ${verbs.join(' ; ')} .`,
        times: time === '' ? [] : [`?t${n}`],
        services: about.startsWith('?') ? [about] : [],
        texts: predicate !== undefined && textVariable.startsWith('?') ? [textVariable] : [],
        numbers: number === undefined ? [] : [`?v${n}`],
        subject: `?e${n}`,
      };
    });
}

const paths = ['tps:dependsOn', 'tps:dependsOn+', 'tps:dependsOn*'];
const compare = pick('<', '<=', '>', '>=', '=', '!=');

/** Queries that are one group of stars with filters, mostly such as can be compiled. */
export function compilableQuery(constants: Constants): fc.Arbitrary<string> {
  return fc
    .integer({ min: 1, max: 2 })
    .chain((count) => fc.tuple(...Array.from({ length: count }, (_, n) => starOf(n, constants))))
    .chain((stars) => queryOver(stars, constants));
}

function filtersOver(all: Omit<Star, 'text' | 'subject'>, constants: Constants): fc.Arbitrary<string> {
  const time = pick(...constants.times).map((text) => `"${text}"^^xsd:dateTime`);
  const service = pick(...constants.services).map((name) => `service:${name}`);
  const plain = pick(...constants.texts).map((text) => JSON.stringify(text));
  const number = pick('1', '4', '4.0e0', '12.5e0', '-1', '4.5');
  const duration = pick('PT1M', 'PT30M', '-PT90S', 'P1D', 'PT0.5S');
  const kind = pick('xsd:duration', 'xsd:dayTimeDuration');
  const joined = (...some: readonly fc.Arbitrary<string>[]) =>
    fc.tuple(...some).map((words) => words.join(' '));
  const simple: fc.Arbitrary<string>[] = [fc.constant('true')];
  if (all.times.length > 0) {
    const own = pick(...all.times);
    simple.push(joined(own, compare, time), joined(time, compare, own), joined(own, compare, own));
    simple.push(
      fc
        .tuple(own, compare, own, pick('+', '-'), duration, kind)
        .map(([a, op, b, sign, by, type]) => `${a} ${op} ${b} ${sign} "${by}"^^${type}`),
    );
    simple.push(fc.tuple(own, time, time).map(([a, b, c]) => `${a} IN (${b}, ${c})`));
  }
  if (all.numbers.length > 0) simple.push(joined(pick(...all.numbers), compare, number));
  if (all.services.length > 0) {
    simple.push(joined(pick(...all.services), pick('=', '!='), service));
    simple.push(joined(pick(...all.services), pick('=', '!='), pick(...all.services)));
  }
  if (all.texts.length > 0) simple.push(joined(pick(...all.texts), pick('=', '!=', '<'), plain));
  const one = fc.oneof(...simple.slice(simple.length > 1 ? 1 : 0));
  return fc.oneof(
    { weight: 4, arbitrary: one },
    { weight: 1, arbitrary: fc.tuple(one, pick('&&', '||'), one).map(([a, op, b]) => `(${a}) ${op} (${b})`) },
    { weight: 1, arbitrary: one.map((text) => `!(${text})`) },
  );
}

function queryOver(stars: readonly Star[], constants: Constants): fc.Arbitrary<string> {
  const all = {
    times: stars.flatMap(({ times }) => times),
    services: [...new Set(stars.flatMap(({ services }) => services))],
    texts: [...new Set(stars.flatMap(({ texts }) => texts))],
    numbers: stars.flatMap(({ numbers }) => numbers),
  };
  const subjects = stars.map(({ subject }) => subject);
  const keys = [...all.services, ...all.texts, ...all.times];
  const end = pick(...all.services, ...constants.services.slice(0, 2).map((name) => `service:${name}`));
  const reach = fc.tuple(end, pick(...paths), end).map((words) => `${words.join(' ')} .`);
  const reached = all.services.length === 0 ? fc.constant('') : fc.oneof(fc.constant(''), reach);
  const filters = fc.array(filtersOver(all, constants), { maxLength: 2 });
  const group = fc
    .tuple(reached, filters)
    .map(([path, some]) =>
      [...stars.map(({ text }) => text), path, ...some.map((text) => `FILTER(${text})`)].join(' '),
    );
  const everything = [...subjects, ...keys, ...all.numbers];
  const rows = fc
    .record({
      group,
      shown: fc.subarray(everything, { minLength: 1 }),
      distinct: pick('', 'DISTINCT '),
      isCut: fc.boolean(),
      direction: pick('', 'DESC'),
    })
    .map(({ group: text, shown, distinct, isCut, direction }) => {
      const order = shown.map((name) => `${direction}(${name})`).join(' ');
      return `SELECT ${distinct}${shown.join(' ')} { ${text} }${isCut ? ` ORDER BY ${order} LIMIT 3 OFFSET 1` : ''}`;
    });
  const aggregates = [
    '(COUNT(*) AS ?n0)',
    `(COUNT(${subjects[0]}) AS ?n1)`,
    ...all.numbers.flatMap((name, n) =>
      ['SUM', 'AVG', 'MIN', 'MAX'].map((of, m) => `(${of}(${name}) AS ?m${n}${m})`),
    ),
    ...all.times.flatMap((name, n) => [`(MIN(${name}) AS ?l${n})`, `(MAX(${name}) AS ?k${n})`]),
    ...[...all.services, ...all.texts, ...all.times].map((name, n) => `(COUNT(DISTINCT ${name}) AS ?d${n})`),
  ];
  const parts = [
    ...['YEAR', 'MONTH', 'DAY', 'HOURS', 'MINUTES'].map((part) => (of: string) => `${part}(${of})`),
    ...[13, 16, 19].map((length) => (of: string) => `SUBSTR(STR(${of}), 1, ${length})`),
  ];
  const groups = fc
    .record({
      group,
      by: fc.subarray(keys.slice(0, 3)),
      part: pick(undefined, ...parts),
      told: fc.subarray(aggregates, { minLength: 1 }),
    })
    .map(({ group: text, by, part, told }) => {
      const time = all.times[0];
      const hour = part === undefined || time === undefined ? [] : [`(${part(time)} AS ?h)`];
      const shown = [...by, ...(hour.length === 0 ? [] : ['?h']), ...told];
      const grouping = [...by, ...hour];
      return `SELECT ${shown.join(' ')} { ${text} }${grouping.length === 0 ? '' : ` GROUP BY ${grouping.join(' ')}`}`;
    });
  return fc.oneof(rows, groups);
}
