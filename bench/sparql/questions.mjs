/** The questions of the benchmark: their SPARQL, how long an answer may take, and what of an answer is checked. */
import { readFile } from 'node:fs/promises';
import { BASE, timesOf } from './plan.mjs';

/**
 * @typedef {import('./plan.mjs').Plan} Plan
 * @typedef {Record<string, { value: string }>} Row
 * @typedef {{ rows: number, sum: number }} Answer
 * @typedef {{ name: string, title: string, targetMs?: number, path: string, body?: string, text: string, figure: (row: Row) => number, onPart: boolean, answer: Answer }} Question
 */

const time = (/** @type {number} */ at) => new Date(at).toISOString();
const literal = (/** @type {number} */ at) => `"${time(at)}"^^<http://www.w3.org/2001/XMLSchema#dateTime>`;

/**
 * What one service measured in a span of time.
 * @param {string} service
 * @param {{ since: number, until: number }} span
 */
export function windowQuery(service, { since, until }) {
  return `PREFIX tps: <http://example.com/tps/>
SELECT ?sample ?metric ?at ?value WHERE {
  ?sample a tps:MetricSample ; tps:service <${BASE}/id/service/${service}> ;
    tps:metric ?metric ; tps:timestamp ?at ; tps:metricValue ?value .
  FILTER (?at >= ${literal(since)} && ?at < ${literal(until)})
}`;
}

/** The mean of a metric over all services, by the hour. */
const HOURLY = `PREFIX tps: <http://example.com/tps/>
SELECT ?year ?month ?day ?hour (AVG(?value) AS ?mean) WHERE {
  ?sample a tps:MetricSample ; tps:metric "metric_07" ; tps:timestamp ?at ; tps:metricValue ?value .
} GROUP BY (YEAR(?at) AS ?year) (MONTH(?at) AS ?month) (DAY(?at) AS ?day) (HOURS(?at) AS ?hour)
ORDER BY ?year ?month ?day ?hour`;

/**
 * A query pack's text with times in the place of its parameters, for stores that know no packs.
 * @param {string} name
 * @param {Record<string, number>} values
 */
async function packText(name, values) {
  const file = await readFile(new URL(`../../queries/${name}.rq`, import.meta.url), 'utf8');
  const body = file.replace(/^#\+.*\n/gm, '');
  return Object.entries(values).reduce((text, [key, at]) => text.replaceAll(`$${key}`, literal(at)), body);
}

/**
 * @param {string} name
 * @param {Record<string, number>} values
 */
async function pack(name, values) {
  const parameters = new URLSearchParams(Object.entries(values).map(([key, at]) => [key, time(at)]));
  return { path: `/queries/${name}?${parameters}`, text: await packText(name, values) };
}

const numberAt = (/** @type {string} */ name) => (/** @type {Row} */ row) => Number(row[name]?.value);
/** Seconds after the hour and the like: sums of whole times would lose their last digits. */
const instantAt = (/** @type {string} */ name) => (/** @type {Row} */ row) =>
  Date.parse(row[name]?.value ?? '') % 86_400_000;

/**
 * All questions, with the answers that are right.
 * @param {Plan} plan
 * @param {Record<string, Answer>} answers
 * @returns {Promise<Question[]>}
 */
export async function questionsOf(plan, answers) {
  const times = timesOf(plan);
  const sparql = (/** @type {string} */ text) => ({ path: '/sparql', body: text, text });
  const asked = [
    {
      name: 'window',
      title: '5 minutes of one service, in history',
      targetMs: 50,
      ...sparql(windowQuery('service-07', times.window)),
      figure: numberAt('value'),
      onPart: true,
    },
    {
      name: 'recent',
      title: '5 minutes of one service, recent',
      targetMs: 50,
      ...sparql(windowQuery('service-07', times.recent)),
      figure: numberAt('value'),
      onPart: false,
    },
    {
      name: 'guide',
      title: "the guide's query 1, all series, 36 minutes",
      targetMs: 1_500,
      ...(await pack('guide/around-latency-spike', times.guide)),
      figure: numberAt('value'),
      onPart: true,
    },
    {
      name: 'hourly',
      title: 'hourly mean of one metric, everything',
      targetMs: 200,
      ...sparql(HOURLY),
      figure: numberAt('mean'),
      onPart: true,
    },
    {
      name: 'changes',
      title: 'what changed before, 2 hours',
      targetMs: 100,
      ...(await pack('correlation/changes-before', times.changes)),
      figure: instantAt('at'),
      onPart: true,
    },
    {
      name: 'upstream',
      title: 'alerts with deployments upstream, 1 hour',
      targetMs: 100,
      ...(await pack('change/upstream-deployments', times.upstream)),
      figure: instantAt('firedAt'),
      onPart: true,
    },
  ];
  return asked.map((question) => ({ ...question, answer: answers[question.name] ?? { rows: 0, sum: 0 } }));
}

/**
 * Why an answer is wrong; undefined when it is right. Sums may differ in their last digits, as their order may.
 * @param {Question} question
 * @param {readonly Row[]} rows
 */
export function faultOf({ answer, figure }, rows) {
  if (rows.length !== answer.rows) return `${rows.length} rows instead of ${answer.rows}`;
  const sum = rows.reduce((total, row) => total + figure(row), 0);
  return Math.abs(sum - answer.sum) <= 1e-9 * Math.max(1, Math.abs(answer.sum))
    ? undefined
    : `a sum of ${sum} instead of ${answer.sum}`;
}
