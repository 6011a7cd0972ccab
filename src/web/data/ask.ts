/** Asks the server over GraphQL. */
import type { TypedDocumentString } from '../generated/graphql.js';
import { fieldsOf, type Problem, problemOf, RequestError, unreachable } from './problem.js';

/** An answer: the data, and what of them could not be had. */
export interface Answer<T> {
  readonly data: T;
  readonly problems: readonly Problem[];
}

/** Sends the browser to where people say who they are, and back here afterwards. */
function toLogin(): void {
  const { pathname, search } = window.location;
  window.location.assign(`/login?next=${encodeURIComponent(pathname + search)}`);
}

function problemsIn(errors: unknown): readonly Problem[] {
  if (!Array.isArray(errors)) return [];
  return errors.map((error: unknown) => {
    const { message, extensions, path } = fieldsOf(error);
    const { code } = fieldsOf(extensions);
    const where = Array.isArray(path) ? path.filter((step) => typeof step === 'string').join('.') : '';
    return {
      title: where === '' ? 'The question was refused' : `No answer for ${where}`,
      detail: typeof message === 'string' ? message : 'The server gave no reason.',
      code: typeof code === 'string' ? code : undefined,
    };
  });
}

/** How many questions are under way, and who waits until none is. */
let underWay = 0;
const patient = new Set<() => void>();

/** The longest that a question waits for others. */
const PATIENCE_MS = 1_000;

/** Resolves when no question is under way, or after a second: for what is not looked at first. */
export function calm(): Promise<void> {
  if (underWay === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const goOn = (): void => {
      patient.delete(goOn);
      resolve();
    };
    patient.add(goOn);
    setTimeout(goOn, PATIENCE_MS);
  });
}

function ended(): void {
  underWay -= 1;
  if (underWay === 0) for (const goOn of patient) goOn();
}

async function post(body: string, signal: AbortSignal | undefined): Promise<Response> {
  try {
    return await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new RequestError(unreachable, error);
  }
}

/**
 * Asks a question, or has something done. Fails with a `RequestError` when there is no answer; an answer that lacks
 * parts says which. Who has to say who they are first is led there.
 */
export async function ask<T, V>(
  document: TypedDocumentString<T, V>,
  variables: V,
  signal?: AbortSignal,
): Promise<Answer<T>> {
  underWay += 1;
  try {
    return await answered(await post(JSON.stringify({ query: document.toString(), variables }), signal));
  } finally {
    ended();
  }
}

async function answered<T>(response: Response): Promise<Answer<T>> {
  if (response.status === 401) toLogin();
  const isAnswer = response.headers.get('content-type')?.includes('graphql-response') === true;
  if (!response.ok && !isAnswer) throw new RequestError(await problemOf(response));
  const { data, errors } = fieldsOf(await response.json());
  const problems = problemsIn(errors);
  if (data === undefined || data === null) {
    throw new RequestError(
      problems[0] ?? { title: 'The server gave no data', detail: 'Nor did it say why.' },
    );
  }
  // The schema that the types come from is the one that the server answers by.
  return { data: data as T, problems };
}
