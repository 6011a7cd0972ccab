/** Looks for what was acknowledged, through SPARQL while the server runs. */

/** @typedef {{ at: number, tokens: string[] }} Acknowledged */
/** @typedef {keyof typeof patterns | 'slo'} Door */

/** How the receipts of each door, and their tokens, are found. */
const patterns = {
  events: '?receipt a tps:JidokaFailure ; tps:reason ?token ; tps:timestamp ?at .',
  cloudevents: '?receipt a tps:Deployment ; tps:version ?token ; tps:timestamp ?at .',
  alertmanager: '?receipt a tps:Alert ; tps:fingerprint ?token ; tps:timestamp ?at .',
  write:
    '?receipt a tps:MetricSample ; tps:metric "crash_token" ; tps:metricValue ?token ; tps:timestamp ?at .',
  graphql: '?receipt a tps:JidokaFailure ; tps:reason ?token ; tps:timestamp ?at .',
  due: '?receipt a tps:MetricSample ; tps:metric "crash_due" ; tps:metricValue ?token ; tps:timestamp ?at .',
  dueEvents: '?receipt a tps:JidokaFailure ; tps:reason ?token ; tps:timestamp ?at .',
};

/** Doors whose tokens are numbers. */
const NUMBERS = new Set(['write', 'due']);

/** The doors in the order of the table. */
export const doorNames = /** @type {Door[]} */ ([...Object.keys(patterns), 'slo']);

/**
 * The reasons of all revisions of the objectives.
 * @param {string} url
 * @returns {Promise<string[]>}
 */
async function reasons(url) {
  const query = '{ slos(first: 100) { nodes { revisions { reason } } } }';
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query }),
  });
  const { data, errors } = /** @type {any} */ (await response.json());
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data.slos.nodes.flatMap((/** @type {any} */ slo) =>
    slo.revisions.map((/** @type {any} */ revision) => revision.reason),
  );
}

/**
 * The tokens that the server tells of between two times, each as often as there is a receipt of it.
 * @param {string} url
 * @param {Door} door
 * @param {number} from
 * @param {number} to
 * @returns {Promise<string[]>}
 */
async function tokensBetween(url, door, from, to) {
  if (door === 'slo') return await reasons(url);
  const time = (/** @type {number} */ at) => `"${new Date(at).toISOString()}"^^xsd:dateTime`;
  const query = `SELECT ?receipt ?token WHERE { ${patterns[door]} FILTER(?at >= ${time(from)} && ?at <= ${time(to)}) }`;
  const response = await fetch(`${url}/sparql`, {
    method: 'POST',
    headers: { 'content-type': 'application/sparql-query', accept: 'application/sparql-results+json' },
    body: query,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`/sparql answered ${response.status}: ${text.slice(0, 500)}`);
  const tokens = JSON.parse(text).results.bindings.map((/** @type {any} */ row) => row.token.value);
  if (NUMBERS.has(door)) return tokens.map((/** @type {string} */ token) => String(Number(token)));
  // Failures come by several doors.
  return tokens.filter((/** @type {string} */ token) => token.startsWith(`${door}-`));
}

/** How many acknowledged batches are looked for with one query. */
const BATCHES_PER_QUERY = 1_000;

/**
 * Looks for acknowledged receipts in a running server.
 * @param {string} url
 * @param {Door} door
 * @param {readonly Acknowledged[]} acknowledged
 * @returns {Promise<{ acknowledged: number, missing: string[], twice: string[] }>}
 */
export async function lookFor(url, door, acknowledged) {
  const batches = [...acknowledged].sort((one, other) => one.at - other.at);
  const missing = [];
  const twice = [];
  for (let first = 0; first < batches.length; first += BATCHES_PER_QUERY) {
    const some = batches.slice(first, first + BATCHES_PER_QUERY);
    const found = new Map();
    // A batch's last sample lies a millisecond after its time.
    for (const token of await tokensBetween(url, door, some[0]?.at ?? 0, (some.at(-1)?.at ?? 0) + 1)) {
      found.set(token, (found.get(token) ?? 0) + 1);
    }
    for (const token of some.flatMap((batch) => batch.tokens)) {
      if (!found.has(token)) missing.push(token);
      if (found.get(token) > 1) twice.push(token);
    }
  }
  return { acknowledged: batches.reduce((sum, batch) => sum + batch.tokens.length, 0), missing, twice };
}
