import { z } from 'zod';
import { parseJson } from './client.js';
import { formatTable, printable } from './table.js';

const boundsShape = z.looseObject({
  from: z.string(),
  kinds: z.array(z.string()).optional(),
  since: z.string().optional(),
  until: z.string().optional(),
  values: z.record(z.string(), z.array(z.union([z.string(), z.number()]))).optional(),
});
const explanationShape = z.looseObject({
  way: z.string(),
  parts: z.array(
    z.looseObject({
      way: z.string(),
      patterns: z.array(z.string()),
      bounds: z.array(boundsShape),
      rows: z.number(),
      ms: z.number(),
      sql: z.string().optional(),
      parameters: z.array(z.string()).optional(),
    }),
  ),
  notCompiled: z.array(z.looseObject({ pattern: z.string(), why: z.string() })),
  engine: z.looseObject({ query: z.string(), sliceBytes: z.number(), ms: z.number() }).optional(),
  answerBytes: z.number(),
  ms: z.number(),
});
type Bounds = z.output<typeof boundsShape>;
type Part = z.output<typeof explanationShape>['parts'][number];

/** Values of one bound that are shown; the others are counted. */
const SHOWN_VALUES = 3;

const ways: Readonly<Record<string, string>> = {
  compiled: 'All evidence came out of the store as rows (the compiled way).',
  slice: 'All evidence went to the query engine as triples (the way of the slice).',
  both: 'Some evidence came out of the store as rows, some went to the query engine as triples.',
};

function boundsText({ from, kinds, since, until, values = {} }: Bounds): string {
  const some = (texts: readonly (string | number)[]) =>
    `${texts.slice(0, SHOWN_VALUES).join(', ')}${texts.length > SHOWN_VALUES ? ` and ${texts.length - SHOWN_VALUES} more` : ''}`;
  const parts = [
    ...(kinds === undefined ? [] : [`kind ${some(kinds)}`]),
    ...(since === undefined ? [] : [`since ${since}`]),
    ...(until === undefined ? [] : [`until ${until}`]),
    ...Object.entries(values).map(([name, texts]) => `${name} ${some(texts)}`),
  ];
  return `${from}: ${parts.length === 0 ? 'without a bound' : parts.join('; ')}`;
}

function partText(part: Part, index: number): string {
  return [
    `${index + 1}. ${part.way === 'compiled' ? 'rows' : 'triples'} of ${part.patterns.join(' . ')}`,
    ...part.bounds.map((bounds) => `   ${boundsText(bounds)}`),
    ...(part.sql === undefined ? [] : [`   SQL: ${part.sql}`]),
    ...(part.parameters === undefined
      ? []
      : [`   with: ${part.parameters.map((text, at) => `$${at + 1} = ${text}`).join(', ')}`]),
  ]
    .map(printable)
    .join('\n');
}

/** An explanation of a query for people; any other text as it is. */
export function describeExplanation(body: string): string {
  const parsed = explanationShape.safeParse(parseJson(body));
  if (!parsed.success) return body;
  const { way, parts, notCompiled, engine, answerBytes, ms } = parsed.data;
  const rows = [
    ...parts.map((part, index) => [
      String(index + 1),
      part.way === 'compiled' ? 'rows' : 'triples',
      String(part.rows),
      part.ms.toFixed(1),
    ]),
    ...(engine === undefined ? [] : [['', 'query engine', '', engine.ms.toFixed(1)]]),
    ['', 'in all', `${answerBytes} bytes`, ms.toFixed(1)],
  ];
  return [
    ways[way] ?? way,
    '',
    formatTable({ columns: ['part', 'what', 'rows', 'ms'], rows }),
    ...parts.map((part, index) => `${partText(part, index)}\n`),
    ...(notCompiled.length === 0 ? [] : ['Not answered by the store:']),
    ...notCompiled.map(({ pattern, why }) => printable(`  ${pattern}: ${why}`)),
    ...(notCompiled.length === 0 ? [] : ['']),
    ...(engine === undefined ? [] : ['The query engine was given:', engine.query, '']),
  ].join('\n');
}
