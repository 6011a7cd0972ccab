/** What went wrong with a request, as a sentence for people. */

/** A problem as the server tells it (RFC 9457), or as the browser finds it. */
export interface Problem {
  /** What it is, in a few words. */
  readonly title: string;
  /** What happened, and what to do. */
  readonly detail: string;
  /** The server's code, where it has one. */
  readonly code?: string | undefined;
}

/** A request that was not answered. */
export class RequestError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, cause?: unknown) {
    super(`${problem.title}: ${problem.detail}`, { cause });
    this.name = 'RequestError';
    this.problem = problem;
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The fields of a value that is an object, all of them unknown yet. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** The problem that a response with an error status tells. */
export async function problemOf(response: Response): Promise<Problem> {
  const { title, detail, code } = fieldsOf(await response.json().catch(() => undefined));
  return {
    title: textOf(title) ?? `The server answered ${response.status}`,
    detail: textOf(detail) ?? response.statusText,
    code: textOf(code),
  };
}

/** The problem of a request that got no answer at all. */
export const unreachable: Problem = {
  title: 'The server does not answer',
  detail: 'It may be stopped, or the network between may be broken. This page tries again by itself.',
  code: 'unreachable',
};

/** The problem that something thrown tells. */
export function problemIn(error: unknown): Problem {
  if (error instanceof RequestError) return error.problem;
  return { title: 'This page failed', detail: error instanceof Error ? error.message : String(error) };
}
