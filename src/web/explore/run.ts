/** Has the server answer a query, explain how it would, or write its answer in another format. */
import { type Problem, problemIn, problemOf, RequestError, unreachable } from '../data/problem.js';
import { type Result, resultOf } from './results.js';

/** What became of a query. */
export type Outcome =
  | { readonly type: 'answered'; readonly result: Result; readonly tookMs: number; readonly bytes: number }
  | { readonly type: 'explained'; readonly explanation: unknown; readonly tookMs: number }
  | { readonly type: 'refused'; readonly problem: Problem; readonly tookMs: number }
  | { readonly type: 'cancelled'; readonly tookMs: number };

/** A query to run. */
export interface Question {
  readonly text: string;
  readonly isExplained?: boolean;
  /** The longest that it may take, in milliseconds; what the server allows unless given. */
  readonly timeoutMs?: number | undefined;
}

/** Tables as JSON, graphs as Turtle. */
const ACCEPT = 'application/sparql-results+json, text/turtle;q=0.9';

function addressOf({ isExplained = false, timeoutMs }: Question): string {
  const parameters = new URLSearchParams();
  if (isExplained) parameters.set('explain', 'true');
  if (timeoutMs !== undefined) parameters.set('timeout', String(timeoutMs));
  const text = parameters.toString();
  return text === '' ? '/sparql' : `/sparql?${text}`;
}

async function post(question: Question, accept: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(addressOf(question), {
    method: 'POST',
    headers: { 'content-type': 'application/sparql-query', accept },
    body: question.text,
    signal,
  });
  if (!response.ok) throw new RequestError(await problemOf(response));
  return response;
}

function problemFor(error: unknown): Problem {
  return error instanceof TypeError ? unreachable : problemIn(error);
}

/** Runs a query until it is answered, refused, or cancelled by the signal; never throws. */
export async function run(question: Question, signal: AbortSignal): Promise<Outcome> {
  const startedMs = performance.now();
  const tookMs = (): number => performance.now() - startedMs;
  try {
    const accept = question.isExplained === true ? 'application/json' : ACCEPT;
    const response = await post(question, accept, signal);
    const text = await response.text();
    if (question.isExplained === true) {
      return { type: 'explained', explanation: JSON.parse(text), tookMs: tookMs() };
    }
    const isGraph = response.headers.get('content-type')?.includes('turtle') === true;
    const result: Result = isGraph ? { type: 'graph', text } : resultOf(JSON.parse(text));
    return { type: 'answered', result, tookMs: tookMs(), bytes: text.length };
  } catch (error) {
    if (signal.aborted) return { type: 'cancelled', tookMs: tookMs() };
    return { type: 'refused', problem: problemFor(error), tookMs: tookMs() };
  }
}

/** Formats that an answer can be taken away in. */
export const downloads = {
  table: [
    { name: 'CSV', format: 'csv' },
    { name: 'JSON', format: 'json' },
  ],
  graph: [
    { name: 'Turtle', format: 'turtle' },
    { name: 'N-Triples', format: 'ntriples' },
    { name: 'JSON-LD', format: 'jsonld' },
  ],
} as const;
