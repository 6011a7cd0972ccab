/** The query packs of the server: questions with names, and parameters that make queries of them. */
import { fieldsOf, problemOf, RequestError } from '../data/problem.js';

/** What a parameter's values are. */
export type ParameterType = 'text' | 'number' | 'integer' | 'instant' | 'service' | 'incident';

/** A parameter of a pack. */
export interface PackParameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly description: string | undefined;
  readonly default: string | undefined;
  readonly example: string;
}

/** A question with a name. */
export interface Pack {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly PackParameter[];
  readonly text: string;
}

const TYPES: readonly ParameterType[] = ['text', 'number', 'integer', 'instant', 'service', 'incident'];
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function parameterOf(value: unknown): PackParameter {
  const { name, type, description, default: usual, example } = fieldsOf(value);
  return {
    name: textOf(name),
    type: TYPES.find((one) => one === type) ?? 'text',
    description: typeof description === 'string' ? description : undefined,
    default: typeof usual === 'string' ? usual : undefined,
    example: textOf(example),
  };
}

/** Packs as `GET /queries` lists them, with the longest that a query may take, in milliseconds. */
export function packsOf(listed: unknown): {
  readonly packs: readonly Pack[];
  readonly deadlineMs: number | undefined;
} {
  const { queries, deadlineMs } = fieldsOf(listed);
  const packs = (Array.isArray(queries) ? queries : []).map((each): Pack => {
    const { name, summary, description, parameters, text } = fieldsOf(each);
    return {
      ...{
        name: textOf(name),
        summary: textOf(summary),
        description: textOf(description),
        text: textOf(text),
      },
      parameters: Array.isArray(parameters) ? parameters.map(parameterOf) : [],
    };
  });
  return { packs, deadlineMs: typeof deadlineMs === 'number' ? deadlineMs : undefined };
}

/** Reads them from the server. */
export async function readPacks(): Promise<ReturnType<typeof packsOf>> {
  const response = await fetch('/queries', { headers: { accept: 'application/json' } });
  if (!response.ok) throw new RequestError(await problemOf(response));
  return packsOf(await response.json());
}

/** What is wrong with a value; undefined when it can be sent. */
export function faultOf({ type, default: usual }: PackParameter, value: string): string | undefined {
  if (value === '') return usual === undefined ? 'Expected a value.' : undefined;
  switch (type) {
    case 'integer':
      return /^[+-]?\d{1,18}$/.test(value) ? undefined : 'Expected a whole number.';
    case 'number':
      return value.trim() === '' || Number.isNaN(Number(value)) ? 'Expected a number.' : undefined;
    case 'instant':
      return /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(value) && !Number.isNaN(Date.parse(value))
        ? undefined
        : 'Expected a time such as 2026-01-02T03:04:05Z.';
    case 'text':
    case 'service':
    case 'incident':
      return undefined;
  }
}

const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\r', '\\r');

/** The characters that stay in an IRI of this server, as its own encoding has them. */
const segment = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);

function termOf({ type }: PackParameter, value: string): string {
  switch (type) {
    case 'text':
      return `"${escaped(value)}"`;
    case 'service':
    case 'incident':
      return `${type}:${segment(value).replace(/[-._~]/g, '\\$&')}`;
    case 'number':
      return `"${Number(value)}"^^xsd:double`;
    case 'integer':
      return `"${value}"^^xsd:integer`;
    case 'instant':
      return `"${new Date(value).toISOString()}"^^xsd:dateTime`;
  }
}

/** IRIs, strings and comments, inside which a dollar sign means nothing. */
const TOKENS =
  /<[^<>"{}|^`\\\s]*>|"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*'|#[^\n\r]*|\$([A-Za-z][A-Za-z0-9]*)/g;

/** The query of a pack with its parameters filled in; undefined while a value is missing or wrong. */
export function filledPack(pack: Pack, values: Readonly<Record<string, string>>): string | undefined {
  const terms = new Map<string, string>();
  for (const parameter of pack.parameters) {
    const given = values[parameter.name]?.trim() ?? '';
    if (faultOf(parameter, given) !== undefined) return undefined;
    terms.set(parameter.name, termOf(parameter, given === '' ? (parameter.default ?? '') : given));
  }
  return pack.text.replace(TOKENS, (token, name: string | undefined) =>
    name === undefined ? token : (terms.get(name) ?? token),
  );
}

/** Values to begin with: what is usual, and for times the shown span. */
export function firstValues(
  { parameters }: Pack,
  span: { readonly from: number; readonly to: number },
): Readonly<Record<string, string>> {
  const instants = parameters.filter(({ type }) => type === 'instant').map(({ name }) => name);
  return Object.fromEntries(
    parameters.map(({ name, type, default: usual }) => {
      if (type !== 'instant') return [name, usual ?? ''];
      const isEnd = instants.length > 1 ? name === instants.at(-1) : !/since|from/i.test(name);
      return [name, new Date(isEnd ? span.to : span.from).toISOString()];
    }),
  );
}
