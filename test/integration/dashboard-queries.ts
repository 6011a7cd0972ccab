/** Asks Prometheus what Grafana would ask it for a dashboard, with the variables of the dashboard chosen. */
import { z } from 'zod';
import type { Importable } from '../dashboards/importable.js';

const seriesAnswer = z.object({
  status: z.literal('success'),
  data: z.object({ result: z.array(z.object({ metric: z.record(z.string(), z.string()) }).loose()) }),
});

const namesAnswer = z.object({ status: z.literal('success'), data: z.array(z.string()) });

const marksAnswer = z.object({
  data: z.object({
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.number(), z.string()])),
      }),
    ),
  }),
});

/** A query that answers nothing: of which panel (or mark, or variable), and as it was asked. */
export interface Empty {
  readonly panel: string;
  readonly query: string;
  readonly answer: string;
}

/** Which of the values of variables are chosen; where none is, the first of them. */
type Choices = Readonly<Record<string, string>>;

const RATE_INTERVAL = '10s';

/** A Prometheus, asked over the last seconds. */
export class Asking {
  readonly #url: string;
  readonly #lastSeconds: number;

  constructor(url: string, lastSeconds: number) {
    this.#url = url;
    this.#lastSeconds = lastSeconds;
  }

  async get(path: string, parameters: Readonly<Record<string, string>>): Promise<unknown> {
    const response = await fetch(`${this.#url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    return response.json();
  }

  #range(): Readonly<Record<string, string>> {
    const end = Date.now() / 1_000;
    return { start: String(end - this.#lastSeconds), end: String(end), step: '1' };
  }

  /** The series that a query answers, as a panel asks it. */
  async series(query: string, range: boolean): Promise<readonly unknown[] | string> {
    const answer = await this.get(range ? 'query_range' : 'query', {
      query,
      ...(range ? this.#range() : {}),
    });
    const parsed = seriesAnswer.safeParse(answer);
    return parsed.success ? parsed.data.data.result : JSON.stringify(answer);
  }

  /** The times, in milliseconds, that the marks of an annotation stand at, with their labels. */
  async marks(query: string) {
    const answer = marksAnswer.parse(await this.get('query_range', { query, ...this.#range() }));
    return answer.data.result.map(({ metric, values }) => ({
      labels: metric,
      at: new Set(values.map(([, value]) => Math.floor(Number(value)))),
    }));
  }

  /** The values of a variable: `label_values(SERIES, LABEL)`. */
  async values(query: string): Promise<readonly string[]> {
    const [, series = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(query) ?? [];
    const answer = await this.get(`label/${label}/values`, { 'match[]': series, ...this.#range() });
    const parsed = namesAnswer.safeParse(answer);
    return parsed.success ? parsed.data.data : [];
  }
}

function filled(query: string, choices: Choices): string {
  return query
    .replaceAll('$__rate_interval', RATE_INTERVAL)
    .replace(/\$(\w+)/g, (text, name: string) => choices[name] ?? text);
}

/** The variables of a dashboard with their choice; a variable without values is empty. */
async function choose(dashboard: Importable, asking: Asking, wished: Choices) {
  const choices: Record<string, string> = {};
  const empty: Empty[] = [];
  for (const { name, query, includeAll } of dashboard.templating.list ?? []) {
    const asked = filled(query.query, choices);
    const values = await asking.values(asked);
    const wish = wished[name];
    const value = includeAll ? '.*' : wish !== undefined && values.includes(wish) ? wish : values[0];
    if (values.length === 0 || value === undefined) {
      empty.push({ panel: `variable ${name}`, query: asked, answer: '' });
    } else choices[name] = value;
  }
  return { choices, empty };
}

/** Every query of a dashboard that answers no series, those of its marks and variables among them. */
export async function emptyQueries(
  dashboard: Importable,
  asking: Asking,
  wished: Choices,
): Promise<readonly Empty[]> {
  const { choices, empty } = await choose(dashboard, asking, wished);
  const check = async (panel: string, expr: string, range: boolean): Promise<void> => {
    const query = filled(expr, choices);
    const answer = await asking.series(query, range);
    if (typeof answer === 'string') empty.push({ panel, query, answer });
    else if (answer.length === 0) empty.push({ panel, query, answer: 'no series' });
  };
  for (const panel of dashboard.panels) {
    if (panel.type === 'row') continue;
    for (const { expr, range } of panel.targets) await check(panel.title, expr, range === true);
  }
  for (const { name, expr } of dashboard.annotations.list) await check(`mark ${name}`, expr, true);
  return empty;
}
