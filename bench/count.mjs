/** Counts, after the timing, how many of the samples that a server acknowledged it can tell of. */

import { CLUSTER, METRICS } from './stream.mjs';

/** Time steps that one SPARQL query counts: 2,000 series make 60,000 receipts of them. */
const STEPS_PER_QUERY = 30;

/**
 * Counts the samples of a span in Genchi, and how many of them are distinct, window by window in SPARQL.
 * @param {string} url
 * @param {{ from: number, steps: number, stepMs: number }} span
 * @returns {Promise<{ found: number, distinct: number }>}
 */
export async function countInGenchi(url, { from, steps, stepMs }) {
  let found = 0;
  let distinct = 0;
  for (let first = 0; first < steps; first += STEPS_PER_QUERY) {
    const since = new Date(from + first * stepMs).toISOString();
    const until = new Date(from + Math.min(steps, first + STEPS_PER_QUERY) * stepMs).toISOString();
    const query = `SELECT (COUNT(?value) AS ?found) (COUNT(DISTINCT ?sample) AS ?distinct) WHERE {
      ?sample tps:metricValue ?value ; tps:timestamp ?at ; a tps:MetricSample .
      FILTER(?at >= "${since}"^^xsd:dateTime && ?at < "${until}"^^xsd:dateTime)
    }`;
    const response = await fetch(`${url}/sparql`, {
      method: 'POST',
      headers: { 'content-type': 'application/sparql-query', accept: 'application/sparql-results+json' },
      body: query,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`/sparql answered ${response.status}: ${text.slice(0, 500)}`);
    const [row] = JSON.parse(text).results.bindings;
    found += Number(row.found.value);
    distinct += Number(row.distinct.value);
  }
  return { found, distinct };
}

/**
 * Counts the samples of a span in Prometheus, metric by metric, since counting takes the metric's name away.
 * @param {string} url
 * @param {{ from: number, steps: number, stepMs: number }} span
 * @returns {Promise<{ found: number, distinct: number }>}
 */
export async function countInPrometheus(url, { from, steps, stepMs }) {
  // Half a step beyond the last sample, and reaching back to half a step before the first.
  const time = (from + (steps - 0.5) * stepMs) / 1_000;
  const range = `${(steps * stepMs) / 1_000}s`;
  let found = 0;
  for (const metric of METRICS) {
    const query = `sum(count_over_time(${metric}{cluster="${CLUSTER}"}[${range}]))`;
    const body = new URLSearchParams({ query, time: String(time) });
    const response = await fetch(`${url}/api/v1/query`, { method: 'POST', body });
    const text = await response.text();
    if (!response.ok) throw new Error(`Prometheus answered ${response.status}: ${text.slice(0, 500)}`);
    found += Number(JSON.parse(text).data.result[0]?.value[1] ?? 0);
  }
  return { found, distinct: found };
}
