import fc from 'fast-check';
import type { Constants } from './queries.js';

const pick = <T>(...values: readonly T[]) => fc.constantFrom(...values);

/** Fills `{name}` in a text with what its part makes. */
function fill(text: string, parts: Readonly<Record<string, fc.Arbitrary<string>>>): fc.Arbitrary<string> {
  const names = text.split(/\{(\w+)\}/);
  return fc
    .tuple(
      ...names.map((piece, at) => (at % 2 === 1 ? (parts[piece] ?? fc.constant(piece)) : fc.constant(piece))),
    )
    .map((pieces) => pieces.join(''));
}

const literals = [
  '"shop"@en',
  '"shop"^^xsd:string',
  '4',
  '4.0',
  '4.0e0',
  '"04"^^xsd:integer',
  '"4"^^xsd:int',
  '"NaN"^^xsd:double',
  '"INF"^^xsd:double',
  '-0.0e0',
  '9007199254740993',
  '99999999999999999999',
  'true',
  '"1"^^xsd:boolean',
  '"2024-01-25"^^xsd:date',
  '"2024-01-25T10:04:00"^^xsd:dateTime',
  '"1969-12-31T23:59:59.999Z"^^xsd:dateTime',
  '"2024-01-25T12:04:00+02:00"^^xsd:dateTime',
  '"2024-01-25T10:03:00.2500001Z"^^xsd:dateTime',
  '"PT3M"^^xsd:dayTimeDuration',
  '<http://genchi.test/id/service/sh%6Fp>',
  'service:shop',
  'tps:Alert',
  '""',
];
const numbers = [
  '?v',
  '?v',
  '?w',
  '?v + 1',
  '?v * 2.5',
  '?v / 2',
  '-?v',
  'ABS(?v)',
  'xsd:integer(?v)',
  'STRLEN(?y)',
];
const texts = [
  '?y',
  '?y',
  'STR(?s)',
  'STR(?e)',
  'STR(?t)',
  'LCASE(?y)',
  'UCASE(?y)',
  'CONCAT(?y, "x")',
  'SUBSTR(?y, 2)',
  'STRBEFORE(STR(?e), "/2024")',
  'COALESCE(?y, "none")',
  'IF(BOUND(?y), ?y, "none")',
  'STRLANG(?y, "en")',
  'REPLACE(?y, "o", "0")',
];
const times = [
  '?t',
  '?t',
  '?u',
  '?t - "PT1M"^^xsd:duration',
  'xsd:dateTime(STR(?t))',
  'COALESCE(?u, ?t)',
  '?missing',
];
const kinds = [
  'Alert',
  'Deployment',
  'Change',
  'JidokaFailure',
  'QueueReading',
  'MetricSample',
  'Event',
  'Candidate',
];
const extras = [
  'tps:cites ?r',
  'tps:cause ?r',
  'tps:component ?y',
  'tps:name ?y',
  'tps:reason ?y',
  'tps:metric ?y',
  'tps:version ?y',
  'tps:depth ?v',
  'tps:metricValue ?v',
  'tps:metricValue ?w',
  'tps:rank ?v',
  'tps:score ?w',
  'tps:rejected ?z',
  'tps:stale ?z',
  'tps:startsAt ?u',
  'tps:receivedAt ?u',
  'tps:service ?s',
  'tps:service ?s',
  'tps:service service:shop',
  'tps:service/tps:dependsOn ?s',
  'tps:service/tps:dependsOn* ?s',
  '^tps:cites ?r',
  'tps:cites? ?r',
  'tps:name|tps:component ?y',
  '!(rdf:type|tps:service) ?z',
  'label:pod ?y',
  'label:env ?y',
  '?p ?z',
];

/** Queries of features that are rarely together: whatever of them is compiled has to mean the same. */
export function wideQuery(constants: Constants): fc.Arbitrary<string> {
  const constant = fc.oneof(
    pick(...literals),
    pick(...constants.times).map((text) => `"${text}"^^xsd:dateTime`),
    pick(...constants.texts).map((text) => JSON.stringify(text)),
    pick(...constants.services).map((name) => `service:${name}`),
    pick(...constants.receipts).map((iri) => `<${iri}>`),
  );
  const operand = fc.oneof(pick(...times), pick(...numbers), pick(...texts), pick('?s', '?e', '?r', '?z'));
  const parts = {
    constant,
    operand,
    any: fc.oneof(operand, constant),
    time: pick(...times),
    number: pick(...numbers),
    text: pick(...texts),
    stamp: pick(...constants.times).map((text) => `"${text}"^^xsd:dateTime`),
    size: pick('1', '4.0', '4.5e0', '0', '-1', '"NaN"^^xsd:double', '-0.0e0', '1e300'),
    op: pick('<', '<=', '>', '>=', '=', '!='),
    variable: pick('?y', '?v', '?t', '?u', '?s', '?e', '?missing'),
    kind: pick(...kinds).map((name) => `tps:${name}`),
    extra: pick(...extras),
    service: pick(...constants.services).map((name) => `service:${name}`),
    incident: pick(...constants.incidents).map((id) => `incident:${id}`),
    window: pick('PT1M', 'PT3M', 'PT30S', 'P1D', 'PT0S'),
  };
  const of = (text: string, more = {}) => fill(text, { ...parts, ...more });
  const simple = fc.oneof(
    ...['{time} {op} {stamp}', '{time} {op} {time}', '{number} {op} {size}', '{text} {op} {constant}'].map(
      (text) => of(text),
    ),
    ...[
      '{any} {op} {any}',
      '{operand} IN ({constant}, {constant}, {any})',
      '{operand} NOT IN ({constant}, {any})',
    ].map((text) => of(text)),
    ...[
      'BOUND({variable})',
      'REGEX({text}, "o")',
      'CONTAINS({text}, "o")',
      'STRSTARTS({text}, "s")',
      'ISIRI({operand})',
    ].map((text) => of(text)),
    ...[
      'SAMETERM({any}, {any})',
      'LANGMATCHES(LANG({operand}), "*")',
      'DATATYPE({operand}) = xsd:double',
      'ISNUMERIC({operand})',
    ].map((text) => of(text)),
    ...[
      'HOURS({time}) = 10',
      'YEAR({time}) {op} 1969',
      'COALESCE({any}, {any}) = {constant}',
      'IF({number} > 4, {any}, {any}) = {any}',
    ].map((text) => of(text)),
  );
  const condition = fc.oneof(
    { weight: 5, arbitrary: simple },
    {
      weight: 1,
      arbitrary: fc.tuple(simple, pick('&&', '||'), simple).map(([a, op, b]) => `(${a}) ${op} (${b})`),
    },
    { weight: 1, arbitrary: simple.map((text) => `!(${text})`) },
  );
  const star = fc.oneof(
    of('?e a {kind} ; tps:timestamp ?t .'),
    of('?e a {kind} ; tps:timestamp ?t ; {extra} .'),
    of('?e a {kind} ; {extra} ; {extra} .'),
    of('?e tps:timestamp ?t ; {extra} .'),
  );
  const other = fc.oneof(
    of('?f a {kind} ; tps:timestamp ?u ; tps:service ?s .'),
    of('?f a {kind} ; tps:timestamp ?u FILTER(?u <= ?t && ?u >= ?t - "{window}"^^xsd:duration)'),
    of('?f a {kind} ; tps:timestamp ?u FILTER(?u > ?t && ?u - "{window}"^^xsd:duration < ?t)'),
    of('?f a {kind} ; tps:timestamp ?t .'),
    of('{incident} tps:service ?s ; tps:startsAt ?u .'),
    of('{incident} tps:cites ?e .'),
    of('{incident} tps:candidate ?r . ?r tps:cites ?e .'),
    of('?s tps:dependsOn+ {service} .'),
    of('{service} tps:dependsOn* ?s .'),
    of('?s a tps:Service ; tps:name ?y .'),
    of('?r ?p ?e .'),
  );
  const { element } = fc.letrec<{ element: string; inner: string }>((tie) => {
    const more = { inner: tie('inner'), condition, star, other };
    const made = (weight: number, text: string) => ({ weight, arbitrary: of(text, more) });
    return {
      inner: fc.oneof(
        star,
        other,
        of('{other} FILTER({condition})', more),
        of('{star} {element}', { ...more, element: tie('element') }),
      ),
      element: fc.oneof(
        { maxDepth: 3 },
        made(6, 'FILTER({condition})'),
        made(3, '{other}'),
        made(3, 'OPTIONAL { ?e {extra} }'),
        made(1, 'OPTIONAL { ?e {extra} FILTER({condition}) }'),
        made(1, 'OPTIONAL { ?e {extra} OPTIONAL { ?e {extra} } }'),
        made(1, 'OPTIONAL { {inner} }'),
        made(1, 'MINUS { {inner} }'),
        made(2, 'FILTER EXISTS { {inner} }'),
        made(2, 'FILTER NOT EXISTS { {inner} }'),
        made(2, 'FILTER(EXISTS { {other} } || {condition})'),
        made(2, '{ {inner} } UNION { {inner} }'),
        made(1, 'GRAPH ?g { {star} }'),
        made(3, 'BIND({any} AS ?NEW)'),
        made(2, 'BIND({condition} AS ?NEW)'),
        made(1, 'BIND(IF(EXISTS { {other} }, 1, 0) AS ?NEW)'),
        made(1, 'VALUES {variable} { {constant} {constant} UNDEF }'),
        made(2, 'VALUES ?s { {service} {service} }'),
        made(1, 'VALUES ?c { {kind} {kind} } ?e a ?c .'),
        made(
          2,
          '{ SELECT ?s (COUNT(*) AS ?NEW) (MAX(?u) AS ?NEW) { {other} } GROUP BY ?s HAVING(COUNT(*) > 1) }',
        ),
        made(1, '{ SELECT ?e { {star} } ORDER BY ?e LIMIT 3 OFFSET 1 }'),
        made(1, '{ SELECT REDUCED ?e ?s { {star} } }'),
      ),
    };
  });
  const group = fc.tuple(star, fc.array(element, { maxLength: 3 })).map((all) => all.flat().join(' '));
  const shown = ['?e', '?t', '?s', '?y', '?v', '?u'];
  const told = [
    '(COUNT(*) AS ?NEW)',
    '(COUNT(?v) AS ?NEW)',
    '(COUNT(DISTINCT ?s) AS ?NEW)',
    '(COUNT(DISTINCT *) AS ?NEW)',
    '(SUM(?v) AS ?NEW)',
    '(AVG(?v) AS ?NEW)',
    '(MIN(?y) AS ?NEW)',
    '(MAX(?u) AS ?NEW)',
    '(MIN(?v) AS ?NEW)',
    '(MAX(?v) + 1 AS ?NEW)',
    '(GROUP_CONCAT(DISTINCT ?s) AS ?NEW)',
  ];
  const keys = [
    '?s',
    '?y',
    '(HOURS(?t) AS ?h)',
    '(STR(?s) AS ?h)',
    '(?v > 4 AS ?h)',
    '(COALESCE(?y, "none") AS ?h)',
  ];
  const parted = {
    group,
    list: fc.subarray(shown, { minLength: 1 }).map((names) => names.join(' ')),
    told: fc.subarray(told, { minLength: 1, maxLength: 3 }).map((some) => some.join(' ')),
    key: pick(...keys),
    having: pick(
      '',
      '',
      'HAVING(COUNT(*) > 1)',
      'HAVING(MAX(?t) > "2024-01-25T10:05:00Z"^^xsd:dateTime)',
      'HAVING(SUM(?v) >= 0)',
    ),
  };
  const query = fc.oneof(
    fill('SELECT * { {group} }', parted),
    fill('SELECT {list} { {group} }', parted),
    fill('SELECT DISTINCT {list} { {group} }', parted),
    fill('SELECT {told} { {group} }', parted),
    fc.tuple(parted.key, fill('{told}', parted), group, parted.having).map(([key, some, text, having]) => {
      const name = key.startsWith('(') ? '?h' : key;
      return `SELECT ${name} ${some} { ${text} } GROUP BY ${key} ${having}`;
    }),
    // An order that leaves no two rows alike says which are cut.
    fc
      .subarray(shown, { minLength: 1 })
      .chain((names) =>
        fc
          .tuple(group, pick('', 'DESC'), pick('DISTINCT ', ''))
          .map(
            ([text, direction, distinct]) =>
              `SELECT ${distinct}${names.join(' ')} { ${text} } ORDER BY ${names.map((name) => `${direction}(${name})`).join(' ')} LIMIT 4 OFFSET 1`,
          ),
      ),
    fill('ASK { {group} }', parted),
    fill('CONSTRUCT { ?e tps:seen ?t . ?s tps:of ?y } { {group} }', parted),
    fill('DESCRIBE ?s { {group} }', parted),
  );
  return query.map((text) => {
    let made = 0;
    return text.replace(/\?NEW/g, () => `?n${made++}`);
  });
}
