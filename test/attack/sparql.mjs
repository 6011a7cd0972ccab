/** Hostile SPARQL: families of queries that grow with a size, made from a seeded source, and what they must come to. */
import { send } from './send.mjs';

/** @typedef {import('../../dist/cli/demo/random.js').Random} Random */
/** @typedef {import('./attack.mjs').Attack} Attack */

const PREFIX = 'PREFIX tps: <http://example.com/tps/> ';
/** Queries are read up to this length, prefixes and all. */
const MOST_CHARACTERS = 65_000;
/** What hostile queries may take, so that a run does not wait for the half minute that others may. */
const TIMEOUT_MS = 1_000;
const FROM = '?timestamp > "2026-01-01T00:00:00Z"^^xsd:dateTime';

/**
 * Repeats what `unit` makes until the text is as long as may be, or there are so many.
 * @param {string} head
 * @param {(index: number) => string} unit
 * @param {string} tail
 * @param {number} share of the greatest length
 */
function fill(head, unit, tail, share) {
  const parts = [PREFIX, head];
  let length = PREFIX.length + head.length + tail.length;
  for (let index = 0; ; index += 1) {
    const part = unit(index);
    length += part.length;
    if (length > MOST_CHARACTERS * share) break;
    parts.push(part);
  }
  return `${parts.join('')}${tail}`;
}

const times = (/** @type {string} */ text, /** @type {number} */ count) =>
  text.repeat(Math.max(1, Math.round(count)));

/** An event with its time, bounded, so that nothing but the attack is at fault. */
const star = (/** @type {string} */ name) =>
  `?${name} a tps:JidokaFailure ; tps:timestamp ?t${name} ; tps:service ?s${name} . FILTER(?t${name} > "2026-01-01T00:00:00Z"^^xsd:dateTime)`;

/**
 * The families; each makes a query of a size between 0 and 1.
 * @type {Readonly<Record<string, (size: number, random: Random) => string>>}
 */
export const families = {
  'deep groups': (size) =>
    `${PREFIX}SELECT * WHERE { ${times('{', 60_000 * size)} ?s ?p ?o ${times('}', 60_000 * size)} }`,
  'groups at the limit': (size) =>
    `${PREFIX}SELECT * WHERE { ${times('{', 60 * size)} ?s a tps:Service ${times('}', 60 * size)} }`,
  'deep OPTIONAL': (size) =>
    `${PREFIX}SELECT * WHERE { ${times('OPTIONAL { ?a tps:dependsOn ?b ', 60 * size)} ${times('}', 60 * size)} }`,
  'deep NOT EXISTS': (size) =>
    `${PREFIX}SELECT * WHERE { ?a a tps:Service ${times('FILTER NOT EXISTS { ?a ?p ?b ', 30 * size)} ${times('}', 30 * size)} }`,
  'deep subqueries': (size) =>
    `${PREFIX}SELECT * WHERE { ${times('{ SELECT * WHERE {', 30 * size)} ?a a tps:Service ${times('} }', 30 * size)} }`,
  'escaped brackets': (size) =>
    `${PREFIX}SELECT * WHERE { ${times('\\u007B', 9_000 * size)} ?s ?p ?o ${times('\\u007D', 9_000 * size)} }`,
  'blank nodes': (size) => fill('SELECT * WHERE { ', () => '[] a []. ', '}', size),
  'blank node chain': (size) =>
    `${PREFIX}SELECT * WHERE { ?s tps:dependsOn ${times('[ tps:dependsOn ', 60 * size)} ?o ${times(']', 60 * size)} }`,
  'a long list': (size) => fill('SELECT * WHERE { ?s a (', () => '1 ', ') }', size),
  'UNION chain': (size) =>
    fill('SELECT * WHERE { { ?s a tps:Service }', (index) => ` UNION { ?s tps:name ?n${index} }`, '}', size),
  'OPTIONAL chain': (size) =>
    fill(
      'SELECT * WHERE { ?s a tps:Service ',
      (index) => `OPTIONAL { ?s tps:name ?n${index} } `,
      '}',
      size / 8,
    ),
  'or chain': (size) => fill('SELECT * WHERE { ?s tps:name ?n FILTER(?n = "a"', () => '||?n', ') }', size),
  'sum chain': (size) => fill('SELECT * WHERE { ?s tps:name ?n FILTER(1', () => '+1', ' > 0) }', size),
  'huge VALUES': (size) => fill('SELECT * WHERE { VALUES ?x { ', (index) => `${index} `, '} }', size),
  'VALUES times VALUES': (size) => {
    const some = Array.from({ length: 1 + Math.round(900 * size) }, (_, index) => index).join(' ');
    const lists = ['a', 'b', 'c', 'd'].map((name) => `VALUES ?${name} { ${some} }`).join(' ');
    return `${PREFIX}SELECT (COUNT(*) AS ?n) WHERE { ${lists} }`;
  },
  'triples of variables': (size) => fill('SELECT * WHERE { ', (index) => `?a${index} ?b ?c. `, '}', size),
  'cross product of stars': (size) => {
    const names = Array.from({ length: 2 + Math.round(4 * size) }, (_, index) => `e${index}`);
    return `${PREFIX}SELECT * WHERE { ${names.map(star).join(' ')} }`;
  },
  'counted cross product': (size) => {
    const names = Array.from({ length: 2 + Math.round(4 * size) }, (_, index) => `e${index}`);
    return `${PREFIX}SELECT (COUNT(*) AS ?n) WHERE { ${names.map(star).join(' ')} }`;
  },
  'sorted cross product': (size) => {
    const names = Array.from({ length: 2 + Math.round(2 * size) }, (_, index) => `e${index}`);
    return `${PREFIX}SELECT * WHERE { ${names.map(star).join(' ')} } ORDER BY ${names.map((name) => `?s${name}`).join(' ')}`;
  },
  'cross product of the knowledge': (size) => {
    const names = Array.from({ length: 2 + Math.round(4 * size) }, (_, index) => index);
    return `${PREFIX}SELECT * WHERE { ${names.map((name) => `?s${name} a ?c${name} .`).join(' ')} } ORDER BY ?s0`;
  },
  'text of a cross product': (size) => {
    const names = Array.from({ length: 2 + Math.round(3 * size) }, (_, index) => index);
    return `${PREFIX}SELECT (GROUP_CONCAT(CONCAT(STR(?s0), STR(?s1)); separator="${'x'.repeat(1_000)}") AS ?x) WHERE { ${names.map((name) => `?s${name} a ?c${name} .`).join(' ')} }`;
  },
  'doubled text': (size) => {
    const steps = Math.round(40 * size);
    const binds = Array.from(
      { length: steps },
      (_, index) => `BIND(CONCAT(?x${index}, ?x${index}) AS ?x${index + 1})`,
    );
    return `${PREFIX}SELECT (STRLEN(?x${steps}) AS ?n) WHERE { BIND("aaaaaaaa" AS ?x0) ${binds.join(' ')} }`;
  },
  'nested paths': (size) => {
    const depth = 1 + Math.round(20 * size);
    return `${PREFIX}SELECT * WHERE { ?a ${'('.repeat(depth)}tps:dependsOn${'*)+'.repeat(depth)} ?b . ?b (^tps:dependsOn|tps:dependsOn)* ?c . ?c (!a)* ?d }`;
  },
  'a path through everything': () =>
    `${PREFIX}SELECT (COUNT(*) AS ?n) WHERE { ?a (!a|!^a)* ?b . ?b (!a|!^a)* ?c }`,
  'a long path': (size) => fill('SELECT * WHERE { ?s tps:dependsOn', () => '/tps:dependsOn', ' ?o }', size),
  'a path of alternatives': (size) => fill('SELECT * WHERE { ?s (a', () => '|a', ')* ?o }', size),
  'a catastrophic regex': (size) =>
    `${PREFIX}SELECT * WHERE { ?s tps:name ?n FILTER(REGEX(CONCAT("${'a'.repeat(1 + Math.round(3_000 * size))}", ?n), "^(a+)+(a|aa)+(a|a?)+$")) }`,
  'a regex of great repetition': (size) =>
    `${PREFIX}SELECT * WHERE { ?s tps:name ?n FILTER(REGEX(?n, "(((x{1,${1 + Math.round(99 * size)}}){1,100}){1,100}){1,10}")) }`,
  'many regexes': (size) =>
    fill(
      'SELECT * WHERE { ?s tps:name ?n ',
      (index) => `FILTER(!REGEX(?n, "(x|y|z${index}){50}")) `,
      '}',
      size / 4,
    ),
  'many GRAPHs': (size) =>
    fill('SELECT * WHERE { ', (index) => `GRAPH <http://a.example/${index}> { ?s ?p ?o } `, '}', size),
  'many FROMs': (size) =>
    fill('SELECT * ', (index) => `FROM <http://a.example/${index}> `, '{ ?s ?p ?o }', size),
  'a huge literal': (size) => fill('SELECT * WHERE { ?s tps:name "', () => 'xxxxxxxxxx', '" }', size),
  'a huge number': (size) => fill('SELECT (1', () => '0000000000', ' AS ?n) WHERE {}', size),
  'an unended literal': (size) => fill('SELECT * WHERE { ?s tps:name """', () => '"" ', '', size),
  'many quotes': (size) => fill('SELECT * WHERE { ', () => `"'`, '}', size),
  'many variables': (size) => fill('SELECT ', (index) => `?v${index} `, 'WHERE {}', size),
  'many aggregates': (size) =>
    fill(
      'SELECT ',
      (index) => `(GROUP_CONCAT(?s; separator="${index}") AS ?a${index}) `,
      `WHERE { ${star('e')} BIND(?se AS ?s) }`,
      size / 4,
    ),
  'wide rows': (size) =>
    fill(
      'SELECT ?e ',
      (index) => `(?te AS ?c${index}) `,
      `WHERE { ?e a tps:JidokaFailure ; tps:timestamp ?te . ?f a tps:JidokaFailure ; tps:timestamp ?tf }`,
      size / 32,
    ),
  'everything there is': () => `${PREFIX}SELECT * WHERE { ?s ?p ?o }`,
  'everything, constructed': () => `${PREFIX}CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o . ?s2 ?p2 ?o2 }`,
  'everything, described': () => `${PREFIX}DESCRIBE ?s ?o WHERE { ?s ?p ?o }`,
  'samples of all time': () =>
    `${PREFIX}SELECT * WHERE { ?e a tps:Event ; tps:timestamp ?timestamp ; tps:metricValue ?v . ?f a tps:Event ; tps:timestamp ?u ; tps:metricValue ?v FILTER(${FROM}) }`,
};

/**
 * A query of a family, asked as it is.
 * @param {URL} url
 * @param {string} query
 * @param {number} [timeoutMs]
 */
export function askSparql(url, query, timeoutMs = TIMEOUT_MS) {
  return send(url, {
    method: 'POST',
    path: `/sparql?timeout=${timeoutMs}`,
    headers: {
      'content-type': 'application/sparql-query',
      accept: 'application/sparql-results+json, text/turtle;q=0.9',
    },
    body: query,
  });
}

/**
 * What a hostile query may come to: an answer (where the bound is far above what it asks), a refusal that says what to
 * bound, or the end of its time; a 500 only when the engine itself broke and was replaced, which must not happen often.
 */
const STATUSES = [200, 400, 403, 422, 503];

/** Queries that would run for years in the engine: paths, chains of ||, and products of VALUES. */
const endless = [
  'SELECT (COUNT(*) AS ?n) { ?a (!a|!^a)* ?b . ?b (!a|!^a)* ?c . ?c (!a|!^a)* ?d }',
  `SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f . ?a a tps:Service . ?c a tps:Service . ?e a tps:Service FILTER(?b = ?d || ?d = ?f || ?b = ?f${' || ?p = ?q'.repeat(100)}) OPTIONAL { ?x ?y ?z . ?u ?v ?w } }`,
  `SELECT (COUNT(*) AS ?n) { ${['a', 'b', 'c', 'd']
    .map((name) => `VALUES ?${name} { ${Array.from({ length: 900 }, (_, index) => index).join(' ')} }`)
    .join(' ')} ?s a tps:Service }`,
];
/** Somebody else than the attackers. */
const OTHER = '127.0.0.68';

/**
 * How many workers were replaced so far, as the exporter tells it.
 * @param {URL} url
 */
async function restartsOf(url) {
  const text = await (await fetch(new URL('/metrics', url))).text();
  return Number(/^genchi_sparql_worker_restarts_total (\d+)/m.exec(text)?.[1]);
}

/** @type {readonly Attack[]} */
export const sparqlAttacks = [
  ...Object.entries(families).map(([name, make]) => ({
    name: `SPARQL: ${name}`,
    expect: { statuses: STATUSES, withinMs: 2_500, loopMs: 150 },
    run: async (/** @type {import('./attack.mjs').Target} */ { url, random }) => [
      await askSparql(url, make(1, random)),
    ],
  })),
  {
    name: 'SPARQL: an update',
    expect: { statuses: [403], withinMs: 500, loopMs: 100 },
    run: async ({ url }) => [
      await askSparql(url, 'DELETE WHERE { ?s ?p ?o }'),
      await send(url, {
        method: 'POST',
        path: '/sparql',
        headers: { 'content-type': 'application/sparql-update' },
        body: 'CLEAR ALL',
      }),
      await askSparql(url, 'LOAD <file:///etc/passwd>'),
    ],
  },
  {
    name: 'SPARQL: SERVICE to where only this server reaches',
    expect: { statuses: [403], withinMs: 500, loopMs: 100 },
    run: async ({ url }) => [
      await askSparql(url, 'SELECT * { SERVICE <http://169.254.169.254/latest/meta-data/> { ?s ?p ?o } }'),
      await askSparql(url, 'SELECT * { SERVICE SILENT <http://127.0.0.1:1/> { ?s ?p ?o } }'),
      await askSparql(url, 'SELECT * { VALUES ?g { <http://127.0.0.1:1/> } SERVICE ?g { ?s ?p ?o } }'),
    ],
  },
  {
    // The store ends what it does of them at their deadline; the engine ends with its worker alone, while others answer.
    name: 'SPARQL: queries that never end',
    expect: { statuses: [200, 503], withinMs: TIMEOUT_MS + 1_500, loopMs: 150, retryAfter: true },
    run: async ({ url }) => {
      const before = await restartsOf(url);
      const answers = [];
      for (const query of endless) {
        const [ended, ...others] = await Promise.all([
          askSparql(url, `${PREFIX}${query}`),
          ...[1, 2, 3].map((number) =>
            send(url, {
              path: `/sparql?query=${encodeURIComponent(`ASK { ?s a ?c${number} }`)}`,
              from: OTHER,
            }),
          ),
        ]);
        answers.push(ended.status === 503 ? ended : { ...ended, status: 0 });
        answers.push(...others.map((answer) => (answer.status === 200 ? answer : { ...answer, status: 0 })));
      }
      const replaced = (await restartsOf(url)) - before;
      const last = answers.at(-1);
      if (last === undefined || replaced >= 1) return answers;
      return [...answers, { ...last, status: 0, text: 'no worker was replaced' }];
    },
  },
  {
    name: 'SPARQL: a hundred slow queries at once',
    expect: { statuses: [200, 400, 422, 503], withinMs: 16_000, loopMs: 200, retryAfter: true },
    run: ({ url }) =>
      Promise.all(
        Array.from({ length: 100 }, (_, index) =>
          askSparql(
            url,
            `${families['a path through everything']?.(1, /** @type {any} */ (undefined))} #${index}`,
          ),
        ),
      ),
  },
];
