/** How a query was answered, as the server tells it. */
import { fieldsOf } from '../data/problem.js';

/** One part of a query and the way that it went. */
export interface ExplainedPart {
  readonly way: string;
  readonly patterns: readonly string[];
  /** Which rows it looked at, a sentence each. */
  readonly bounds: readonly string[];
  readonly sql: string | undefined;
  readonly rows: number;
  readonly ms: number;
}

/** The whole of it. */
export interface Explanation {
  readonly way: string;
  readonly parts: readonly ExplainedPart[];
  readonly notCompiled: readonly { readonly pattern: string; readonly why: string }[];
  /** What the engine was given, where the rows were not the answer. */
  readonly engine: { readonly query: string; readonly sliceBytes: number; readonly ms: number } | undefined;
  readonly ms: number;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function boundsOf(value: unknown): string {
  const { from, kinds, since, until, values } = fieldsOf(value);
  const said = [
    ...listOf(kinds).map((kind) => textOf(kind).replaceAll('_', ' ')),
    ...(typeof since === 'string' ? [`from ${since}`] : []),
    ...(typeof until === 'string' ? [`until ${until}`] : []),
    ...Object.entries(fieldsOf(values)).map(
      ([name, list]) => `${name}: ${listOf(list).slice(0, 4).join(', ')}`,
    ),
  ];
  return `${textOf(from)}${said.length === 0 ? ', all of them' : ` (${said.join('; ')})`}`;
}

/** Reads an explanation. */
export function explanationOf(answer: unknown): Explanation {
  const { way, parts, notCompiled, engine, ms } = fieldsOf(answer);
  const { query, sliceBytes, ms: engineMs } = fieldsOf(engine);
  return {
    way: textOf(way),
    parts: listOf(parts).map((part) => {
      const fields = fieldsOf(part);
      return {
        way: textOf(fields.way),
        patterns: listOf(fields.patterns).map(textOf),
        bounds: listOf(fields.bounds).map(boundsOf),
        sql: typeof fields.sql === 'string' ? fields.sql : undefined,
        ...{ rows: numberOf(fields.rows), ms: numberOf(fields.ms) },
      };
    }),
    notCompiled: listOf(notCompiled).map((each) => {
      const { pattern, why } = fieldsOf(each);
      return { pattern: textOf(pattern), why: textOf(why) };
    }),
    engine:
      engine === undefined
        ? undefined
        : { query: textOf(query), sliceBytes: numberOf(sliceBytes), ms: numberOf(engineMs) },
    ms: numberOf(ms),
  };
}

/** The way of a query in words. */
export function wayInWords(way: string): string {
  switch (way) {
    case 'compiled':
      return 'All evidence came as rows of SQL: the fast way.';
    case 'slice':
      return 'Evidence was cut into a slice of triples, in which the query ran unchanged.';
    case 'both':
      return 'Some evidence came as rows of SQL, and some as a slice of triples.';
    default:
      return way;
  }
}
