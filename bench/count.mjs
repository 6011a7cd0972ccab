/** Counts, after the timing, how many of the samples that a server acknowledged it can tell of. */

import { CLUSTER, METRICS, SERIES } from './stream.mjs';

/** The time steps of one window, and how many windows of a span are counted in SPARQL. */
const WINDOW_STEPS = 20;
const WINDOWS = 4;

/**
 * Counts the samples of some windows of a span in Genchi's SPARQL, the first and the last window among them.
 * @param {string} url
 * @param {{ from: number, steps: number, stepMs: number }} span
 * @returns {Promise<{ expected: number, found: number }>}
 */
export async function countInSparql(url, { from, steps, stepMs }) {
  let found = 0;
  for (let window = 0; window < WINDOWS; window++) {
    const first = Math.floor((window * (steps - WINDOW_STEPS)) / (WINDOWS - 1));
    const time = (/** @type {number} */ step) =>
      `"${new Date(from + step * stepMs).toISOString()}"^^xsd:dateTime`;
    const query = `SELECT (COUNT(DISTINCT ?sample) AS ?found) WHERE {
      ?sample a tps:MetricSample ; tps:timestamp ?at .
      FILTER(?at >= ${time(first)} && ?at < ${time(first + WINDOW_STEPS)})
    }`;
    const response = await fetch(`${url}/sparql`, {
      method: 'POST',
      headers: { 'content-type': 'application/sparql-query', accept: 'application/sparql-results+json' },
      body: query,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`/sparql answered ${response.status}: ${text.slice(0, 500)}`);
    found += Number(JSON.parse(text).results.bindings[0].found.value);
  }
  return { expected: WINDOWS * WINDOW_STEPS * SERIES, found };
}

/**
 * Counts the samples of a span in Prometheus, metric by metric, since counting takes the metric's name away.
 * @param {string} url
 * @param {{ from: number, steps: number, stepMs: number }} span
 * @returns {Promise<number>}
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
  return found;
}
