import fc from 'fast-check';

/** Constants that generated queries speak of: those of the evidence, and some that it does not have. */
export interface Constants {
  /** Times as they stand between quotes, with and without zones and fractions. */
  readonly times: readonly string[];
  readonly services: readonly string[];
  readonly texts: readonly string[];
  readonly receipts: readonly string[];
  readonly incidents: readonly string[];
}

const classes = [
  'Event',
  'Event',
  'Event',
  'Event',
  'Change',
  'MetricSample',
  'Series',
  'Alert',
  'JidokaFailure',
  'Change',
  'Deployment',
  'QueueReading',
  'Candidate',
  'Service',
  'Incident',
];
const textPredicates = [
  'component',
  'name',
  'metric',
  'reason',
  'version',
  'door',
  'title',
  'severity',
  'state',
];
const valuePredicates = [
  'metricValue',
  'depth',
  'latencyMs',
  'score',
  'rank',
  'stale',
  'startsAt',
  'receivedAt',
];
const linkPredicates = ['cites', 'cause', 'series', 'service', 'callee', 'candidate', 'dependsOn'];
const paths = [
  'tps:depth|tps:latencyMs',
  'tps:service/tps:dependsOn*',
  'tps:dependsOn+',
  'tps:dependsOn*',
  '^tps:cites',
  'tps:cites+',
  'tps:cites?',
  'tps:candidate/tps:cites',
  '!tps:service',
  '!(rdf:type|^tps:cites)',
  '(tps:cites|^tps:service)',
];

const pick = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const join = (separator: string, ...parts: readonly fc.Arbitrary<string>[]) =>
  fc.tuple(...parts).map((texts) => texts.join(separator));

/** Queries of all shapes that the analysis of stars tells apart; `?NEW` stands for a fresh variable. */
export function anyQuery(constants: Constants): fc.Arbitrary<string> {
  const time = pick(...constants.times).map((text) => `"${text}"^^xsd:dateTime`);
  const service = pick(...constants.services).map((name) => `service:${name}`);
  const plain = pick(...constants.texts).map((text) => JSON.stringify(text));
  const receipt = pick(...constants.receipts).map((iri) => `<${iri}>`);
  const incident = pick(...constants.incidents).map((id) => `incident:${id}`);
  const subject = fc.oneof(
    { weight: 12, arbitrary: fc.constant('?a') },
    { weight: 3, arbitrary: pick('?b', '?s') },
    { weight: 1, arbitrary: fc.oneof(receipt, incident, service) },
  );
  const node = fc.oneof(
    { weight: 6, arbitrary: pick('?b', '?a', '?s', '?x') },
    { weight: 1, arbitrary: fc.oneof(receipt, service) },
  );
  const tps = (names: readonly string[]) => pick(...names).map((name) => `tps:${name}`);
  const verbAndObject = fc.oneof(
    { weight: 5, arbitrary: join(' ', fc.constant('a'), tps(classes)) },
    { weight: 1, arbitrary: fc.constant('a ?k') },
    { weight: 5, arbitrary: join(' ', fc.constant('tps:timestamp'), fc.oneof(pick('?t', '?t', '?u'), time)) },
    { weight: 3, arbitrary: join(' ', fc.constant('tps:service'), fc.oneof(fc.constant('?s'), service)) },
    { weight: 3, arbitrary: join(' ', tps(textPredicates), fc.oneof(pick('?y', '?z'), plain)) },
    { weight: 2, arbitrary: join(' ', tps(valuePredicates), pick('?v', '?w')) },
    { weight: 2, arbitrary: join(' ', tps(linkPredicates), node) },
    { weight: 1, arbitrary: join(' ', pick(...paths), node) },
    { weight: 1, arbitrary: join(' ', pick('?p', 'label:pod', 'label:env'), pick('?y', '?b')) },
  );
  const triple = join(' ', subject, verbAndObject, fc.constant('.'));

  const comparison = fc.oneof(
    join(' ', pick('?t', '?u'), pick('<', '<=', '>', '>=', '='), time),
    join(' ', time, pick('<', '>='), fc.constant('?t')),
    fc.tuple(time, time).map(([a, b]) => `?t IN (${a}, ${b})`),
    fc.tuple(time, pick('PT1M', 'PT30S', '-PT1M')).map(([at, by]) => `?t > ${at} - "${by}"^^xsd:duration`),
    join(' = ', pick('?y', '?z'), plain),
    fc.tuple(service, service).map(([a, b]) => `?s IN (${a}, ${b})`),
    join(' = ', pick('?a', '?b'), receipt),
    receipt.map((iri) => `sameTerm(?a, ${iri})`),
    fc.constant('?p = tps:service'),
    pick('BOUND(?t)', '?t < ?u', '?v > 1', '?a != ?b'),
    join(' != ', fc.constant('?t'), time),
    join(' != ', fc.constant('?y'), plain),
  );
  const condition = fc.oneof(
    { weight: 6, arbitrary: comparison },
    { weight: 3, arbitrary: join(' && ', comparison, comparison) },
    { weight: 2, arbitrary: join(' || ', comparison, comparison).map((text) => `(${text})`) },
    { weight: 1, arbitrary: comparison.map((text) => `!(${text})`) },
  );

  const triples = fc.array(triple, { minLength: 1, maxLength: 2 }).map((lines) => lines.join(' '));
  const { group } = fc.letrec<{ group: string; element: string; query: string }>((tie) => {
    const braced = tie('group').map((text) => `{ ${text} }`);
    return {
      element: fc.oneof(
        { weight: 6, arbitrary: condition.map((text) => `FILTER(${text})`) },
        { weight: 3, arbitrary: braced.map((text) => `OPTIONAL ${text}`) },
        { weight: 2, arbitrary: braced.map((text) => `MINUS ${text}`) },
        {
          weight: 2,
          arbitrary: fc.tuple(pick('', 'NOT '), braced).map(([not, text]) => `FILTER(${not}EXISTS ${text})`),
        },
        { weight: 1, arbitrary: fc.tuple(condition, braced).map(([a, b]) => `FILTER(${a} || EXISTS ${b})`) },
        { weight: 2, arbitrary: join(' UNION ', braced, braced) },
        { weight: 2, arbitrary: braced },
        { weight: 1, arbitrary: fc.tuple(service, service).map(([a, b]) => `VALUES ?s { ${a} ${b} }`) },
        {
          weight: 1,
          arbitrary: fc.tuple(receipt, time).map(([a, t]) => `VALUES (?a ?t) { (${a} UNDEF) (UNDEF ${t}) }`),
        },
        { weight: 1, arbitrary: plain.map((text) => `VALUES ?y { ${text} "other" }`) },
        {
          weight: 1,
          arbitrary: fc.oneof(time, plain, pick('?t', '?v + 1')).map((text) => `BIND(${text} AS ?NEW)`),
        },
        { weight: 3, arbitrary: braced.map((text) => `{ SELECT ?a ?t ${text} }`) },
        {
          weight: 3,
          arbitrary: braced.map((text) => `{ SELECT ?a (COUNT(*) AS ?NEW) ${text} GROUP BY ?a }`),
        },
        {
          weight: 1,
          arbitrary: braced.map(
            (text) => `{ SELECT ?a (MAX(?t) AS ?NEW) ${text} GROUP BY ?a HAVING(COUNT(*) > 1) }`,
          ),
        },
        { weight: 3, arbitrary: braced.map((text) => `{ SELECT DISTINCT ?a ${text} ORDER BY ?a LIMIT 2 }`) },
      ),
      group: fc
        .tuple(triples, fc.array(tie('element'), { maxLength: 3 }), fc.boolean())
        .map(([first, others, isFirst]) =>
          [...(isFirst ? [first] : []), ...others, ...(isFirst ? [] : [first])].join(' '),
        ),
      query: fc.constant(''),
    };
  });
  return fc
    .oneof(
      { weight: 8, arbitrary: group.map((text) => `SELECT * { ${text} }`) },
      { weight: 2, arbitrary: group.map((text) => `SELECT DISTINCT ?a { ${text} }`) },
      {
        weight: 2,
        arbitrary: group.map(
          (text) => `SELECT ?s (COUNT(*) AS ?NEW) (MIN(?t) AS ?NEW) { ${text} } GROUP BY ?s`,
        ),
      },
      {
        weight: 1,
        arbitrary: group.map((text) => `SELECT ?a { ${text} } GROUP BY ?a HAVING(COUNT(DISTINCT ?t) > 0)`),
      },
      { weight: 1, arbitrary: group.map((text) => `ASK { ${text} }`) },
      { weight: 1, arbitrary: group.map((text) => `DESCRIBE ?a { ${text} }`) },
      { weight: 1, arbitrary: group.map((text) => `DESCRIBE ?a { ${text} } ORDER BY ?a LIMIT 2`) },
      { weight: 1, arbitrary: receipt.map((iri) => `DESCRIBE ${iri}`) },
      { weight: 1, arbitrary: group.map((text) => `CONSTRUCT { ?a tps:seen ?t } { ${text} }`) },
    )
    .map((text) => {
      let made = 0;
      return text.replace(/\?NEW/g, () => `?n${made++}`);
    });
}
