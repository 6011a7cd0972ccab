import { readFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { z } from 'zod';
import { collectPair } from './arguments.js';
import { type Client, clientOf, parseJson, urlOption } from './client.js';
import { CliError, EXIT_HELP } from './exit.js';
import { describeExplanation } from './explanation.js';
import type { Outside } from './outside.js';
import { formatTable } from './table.js';

const term = z.looseObject({ value: z.string() });
const resultsShape = z.looseObject({
  head: z.looseObject({ vars: z.array(z.string()) }),
  results: z.looseObject({ bindings: z.array(z.record(z.string(), term)) }),
});
const booleanShape = z.looseObject({ boolean: z.boolean() });

const formats = ['table', 'csv', 'json'] as const;
const optionsShape = z.looseObject({
  file: z.string().optional(),
  pack: z.string().optional(),
  param: z.record(z.string(), z.string()).optional(),
  format: z.enum(formats),
  explain: z.boolean().default(false),
  json: z.boolean().default(false),
});
type QueryOptions = z.output<typeof optionsShape>;

/** What to ask for in each format; a CONSTRUCT or DESCRIBE comes as Turtle, having neither rows nor columns. */
const ACCEPT = {
  table: 'application/sparql-results+json, text/turtle;q=0.5',
  json: 'application/sparql-results+json, text/turtle;q=0.5',
  csv: 'text/csv, text/turtle;q=0.5',
} as const satisfies Record<(typeof formats)[number], string>;

/** SPARQL JSON results as a table for people; any other text as it is. */
export function tabulate(body: string): string {
  const json = parseJson(body);
  const ask = booleanShape.safeParse(json);
  if (ask.success) return `${ask.data.boolean}\n`;
  const parsed = resultsShape.safeParse(json);
  if (!parsed.success) return body;
  const columns = parsed.data.head.vars;
  const rows = parsed.data.results.bindings.map((row) => columns.map((name) => row[name]?.value ?? ''));
  return formatTable({ columns, rows });
}

async function readAll(input: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of input) text += chunk.toString();
  return text;
}

async function readFrom(file: string, outside: Outside): Promise<string> {
  try {
    return file === '-' ? await readAll(outside.input) : await readFile(file, 'utf8');
  } catch (cause) {
    throw new CliError('bad-usage', `cannot read ${file}`, { cause });
  }
}

/** What to ask: a query as it was typed, one read from a file, or a pack. */
type Asked =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'file'; readonly file: string }
  | { readonly type: 'pack'; readonly pack: string };

const textOf = (text: string): Asked => ({ type: 'text', text });
const packOf = (pack: string): Asked => ({ type: 'pack', pack });

/** The shape of a pack's name, which no query has. */
const PACK_NAME = /^[\w-]+(?:\/[\w-]+)*$/;

function askedOf(typed: string | undefined, { file, pack, param }: QueryOptions): Asked {
  const given: readonly Asked[] = [
    ...(typed === undefined ? [] : [PACK_NAME.test(typed) ? packOf(typed) : textOf(typed)]),
    ...(file === undefined ? [] : [{ type: 'file', file } as const]),
    ...(pack === undefined ? [] : [packOf(pack)]),
  ];
  const [asked] = given;
  if (asked === undefined || given.length > 1) {
    throw new CliError('bad-usage', 'give one of: a query, the name of a pack, --file FILE, --packs');
  }
  if (param !== undefined && asked.type !== 'pack') {
    throw new CliError('bad-usage', '--param is for the queries of packs; name one');
  }
  return asked;
}

async function ask(client: Client, asked: Asked, options: QueryOptions, outside: Outside): Promise<string> {
  const accept = options.explain ? 'application/json' : ACCEPT[options.format];
  if (asked.type === 'pack') {
    const path = asked.pack.split('/').map(encodeURIComponent).join('/');
    const parameters = new URLSearchParams({
      ...options.param,
      ...(options.explain ? { explain: 'true' } : {}),
    });
    return client.text(`/queries/${path}?${parameters}`, { headers: { accept } });
  }
  return client.text(options.explain ? '/sparql?explain=true' : '/sparql', {
    method: 'POST',
    headers: { 'content-type': 'application/sparql-query', accept },
    body: asked.type === 'text' ? asked.text : await readFrom(asked.file, outside),
  });
}

const packsShape = z.object({
  queries: z.array(
    z.looseObject({
      name: z.string(),
      summary: z.string(),
      parameters: z.array(z.looseObject({ name: z.string(), required: z.boolean() })),
    }),
  ),
});

async function listPacks(client: Client): Promise<string> {
  const found = packsShape.safeParse(
    parseJson(await client.text('/queries', { headers: { accept: 'application/json' } })),
  );
  if (!found.success)
    throw new CliError('server-refused', 'the server lists its queries in an unknown shape');
  const rows = found.data.queries.map(({ name, summary, parameters }) => [
    name,
    parameters.map((parameter) => (parameter.required ? parameter.name : `[${parameter.name}]`)).join(' '),
    summary,
  ]);
  return formatTable({ columns: ['pack', 'parameters', 'summary'], rows });
}

function shownOf(body: string, { explain, json, format }: QueryOptions): string {
  if (json || format !== 'table') return body;
  return explain ? describeExplanation(body) : tabulate(body);
}

/** `genchi query`: asks SPARQL, or one of the query packs, of a running server. */
export function queryCommand(outside: Outside): Command {
  return new Command('query')
    .description('ask SPARQL of a running server: as an argument, from a file, or a query pack by name')
    .argument('[QUERY]', 'SPARQL, or the name of a query pack')
    .option('--file <FILE>', 'read the query from a file; - is standard input')
    .option('--pack <NAME>', 'ask a query of the packs, as naming it does')
    .option('--packs', 'list the query packs')
    .option('--param <NAME=VALUE>', 'a parameter of the pack; may be repeated', collectPair)
    .addOption(new Option('--format <FORMAT>', 'how to print the answer').choices(formats).default('table'))
    .option(
      '--explain',
      'run the query and tell how it was answered: which way each part went, its SQL, rows and time',
    )
    .option('--json', 'print what the server answers, as JSON')
    .addOption(urlOption(outside))
    .addHelpText(
      'after',
      `
Examples:
  genchi query 'SELECT ?alert ?name WHERE { ?alert a tps:Alert ; tps:name ?name } LIMIT 10'
  genchi query --file question.rq --format csv
  genchi query --packs
  genchi query guide/failures-before-spike --param since=2026-01-02T03:00:00Z --format json
  genchi query --explain 'SELECT (COUNT(*) AS ?n) { ?alert a tps:Alert }'
${EXIT_HELP}`,
    )
    .action(async (text: string | undefined, _, self: Command) => {
      const options = optionsShape.parse(self.opts());
      const client = clientOf(self, outside);
      if (self.getOptionValue('packs') === true) {
        outside.out.write(await listPacks(client));
        return;
      }
      const body = await ask(client, askedOf(text, options), options, outside);
      const shown = shownOf(body, options);
      outside.out.write(shown.endsWith('\n') ? shown : `${shown}\n`);
    });
}
