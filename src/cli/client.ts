import { type Command, Option } from 'commander';
import { z } from 'zod';
import { credentialsOf, fetchOf } from './credentials.js';
import { CliError } from './exit.js';
import type { Outside } from './outside.js';

const DEFAULT_URL = 'http://127.0.0.1:4600';

/** A problem document of RFC 9457, as far as it is shown. */
const problemShape = z.looseObject({
  title: z.string().optional(),
  detail: z.string().optional(),
  faults: z
    .array(z.looseObject({ item: z.number().optional(), field: z.string().optional(), message: z.string() }))
    .optional(),
  // GraphQL refuses a question that it cannot read with these and 400.
  errors: z.array(z.looseObject({ message: z.string() })).optional(),
});

/** What a verb that was not let in is told beside the server's own words. */
const HOW_TO_COME_IN =
  '\n  show a token by GENCHI_TOKEN or --token-file FILE; `genchi token create NAME --scope SCOPE --data DIR` makes one';

/** The option that names the server, for verbs that ask one. */
export function urlOption({ env }: Pick<Outside, 'env'>): Option {
  return new Option('--url <URL>', 'the server to ask (env: GENCHI_URL)').default(
    env.GENCHI_URL || DEFAULT_URL,
  );
}

/** Whether a text is the URL of a server. */
function checkUrl(url: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new CliError('bad-usage', `--url: expected an http or https URL, got ${url}`);
  }
  return url.replace(/\/+$/, '');
}

/** Talks to a running server. */
export class Client {
  readonly #url: string;
  readonly #fetch: typeof fetch;
  readonly #credentials: Readonly<Record<string, string>>;

  /** `credentials` are headers that say who asks. */
  constructor(
    url: string,
    outside: Pick<Outside, 'fetch'>,
    credentials: Readonly<Record<string, string>> = {},
  ) {
    this.#url = checkUrl(url);
    this.#fetch = outside.fetch;
    this.#credentials = credentials;
  }

  /** Sends a request; any answer is returned. Fails with `server-unreachable` when there is none. */
  async send(path: string, init: RequestInit): Promise<Response> {
    try {
      const headers = new Headers(init.headers);
      for (const [name, value] of Object.entries(this.#credentials)) headers.set(name, value);
      return await this.#fetch(`${this.#url}${path}`, { ...init, headers });
    } catch (cause) {
      throw new CliError(
        'server-unreachable',
        `no answer from ${this.#url}; is \`genchi serve\` running there?`,
        {
          cause,
        },
      );
    }
  }

  /** Sends a request and reads its answer; an error answer fails with `server-refused` and what it says. */
  async text(path: string, init: RequestInit): Promise<string> {
    const response = await this.send(path, init);
    const body = await response.text();
    if (response.ok) return body;
    const how = response.status === 401 ? HOW_TO_COME_IN : '';
    throw new CliError('server-refused', `${describeProblem(response.status, body)}${how}`);
  }

  /** Asks GraphQL; fails with `server-refused` when the answer has errors or another shape than `shape`. */
  async graphql<T>(
    query: string,
    variables: Readonly<Record<string, unknown>>,
    shape: z.ZodType<T>,
  ): Promise<T> {
    const body = await this.text('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const answer = answerShape.safeParse(parseJson(body));
    const [error] = answer.data?.errors ?? [];
    if (error !== undefined) throw new CliError('server-refused', error.message);
    const data = shape.safeParse(answer.data?.data);
    if (!data.success) {
      const fault = z.prettifyError(data.error).split('\n')[0];
      throw new CliError('server-refused', `the server answered in another shape than expected: ${fault}`);
    }
    return data.data;
  }
}

const answerShape = z.looseObject({
  data: z.unknown().optional(),
  errors: z.array(z.looseObject({ message: z.string() })).optional(),
});

/** Reads JSON that a server sent; undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What an error answer says, as one line or, with several faults, one line each. */
export function describeProblem(status: number, body: string): string {
  const problem = problemShape.safeParse(parseJson(body));
  if (!problem.success) return `the server answered ${status}`;
  const { title, detail = problem.data.errors?.[0]?.message, faults = [] } = problem.data;
  const lines = faults.map(({ item, field, message }) => {
    const where = [item === undefined ? '' : `item ${item}`, field ?? '']
      .filter((part) => part !== '')
      .join(', ');
    return `\n  ${where === '' ? '' : `${where}: `}${message}`;
  });
  return `${detail ?? title ?? `the server answered ${status}`}${lines.join('')}`;
}

/** The client for the `--url` of a verb. */
export function clientOf(command: Command, outside: Outside): Client {
  const { url } = z.looseObject({ url: z.string() }).parse(command.opts());
  const asking = { fetch: fetchOf(command, outside) };
  return new Client(url, asking, credentialsOf(command, outside.env));
}
