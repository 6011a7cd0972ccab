/** Questions kept as files: `queries/FOLDER/NAME.rq`, described by lines that begin with `#+` (YAML, as grlc reads it). */
import { readdir, readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { encodeSegment, formatInstant, parseInstant } from '../model/index.js';
import { GraphError } from './errors.js';
import type { Pack, PackParameter } from './graph.js';
import { replaceVariables } from './guard.js';
import { doubleText, escapeLiteral } from './ntriples.js';

const folder = new URL('../../queries/', import.meta.url);

const parameterSchema = z.object({
  name: z.string().regex(/^[a-z][A-Za-z0-9]*$/),
  type: z.enum(['text', 'number', 'integer', 'instant', 'service', 'incident']),
  description: z.string().optional(),
  default: z.string().optional(),
  example: z.string(),
});

const headSchema = z.object({
  summary: z.string(),
  description: z.string().default(''),
  tags: z.array(z.string()).default([]),
  parameters: z.array(parameterSchema).default([]),
});

function packOf(name: string, file: string): Pack {
  const isHead = (line: string) => line.startsWith('#+');
  const lines = file.split('\n');
  const yaml = lines.filter(isHead).map((line) => line.slice(2));
  const indent = Math.min(...yaml.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)));
  const head = headSchema.safeParse(parse(yaml.map((line) => line.slice(indent)).join('\n')));
  if (!head.success) {
    throw new GraphError('query-malformed', `queries/${name}.rq: ${z.prettifyError(head.error)}`);
  }
  const text = lines
    .filter((line) => !isHead(line))
    .join('\n')
    .trim();
  const parameters = head.data.parameters.map(
    ({ default: usual, description, ...rest }): PackParameter => ({
      ...rest,
      ...(description === undefined ? {} : { description }),
      ...(usual === undefined ? {} : { default: usual }),
    }),
  );
  return { ...head.data, name, text, parameters };
}

/** Reads every question of the packs, sorted by name. */
export async function readPacks(): Promise<readonly Pack[]> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.rq')).sort();
  return await Promise.all(
    files.map(async (file) =>
      packOf(
        file.replaceAll('\\', '/').slice(0, -'.rq'.length),
        await readFile(new URL(file, folder), 'utf8'),
      ),
    ),
  );
}

/** A name below a supplied prefix, with the marks that a local name may not have as they are escaped. */
function prefixed(prefix: string, name: string): string {
  return `${prefix}:${encodeSegment(name).replace(/[-._~]/g, '\\$&')}`;
}

function termOf({ name, type }: PackParameter, value: string): string {
  const refuse = (expected: string) =>
    new GraphError('query-malformed', `Parameter ${name} is ${JSON.stringify(value)}: expected ${expected}.`);
  switch (type) {
    case 'text':
      return `"${escapeLiteral(value)}"`;
    case 'service':
    case 'incident':
      if (value === '') throw refuse(`the name of a ${type}`);
      return prefixed(type, value);
    case 'number':
      if (value.trim() === '' || Number.isNaN(Number(value))) throw refuse('a number');
      return `"${doubleText(Number(value))}"^^xsd:double`;
    case 'integer':
      if (!/^[+-]?\d{1,18}$/.test(value)) throw refuse('a whole number');
      return `"${value}"^^xsd:integer`;
    case 'instant': {
      const at = parseInstant(value);
      if (at === undefined) throw refuse('a time such as 2026-01-02T03:04:05Z');
      return `"${formatInstant(at)}"^^xsd:dateTime`;
    }
  }
}

/**
 * The query of a pack with its parameters filled in: each `$name` becomes an RDF term made from its value, so that
 * no value can change what is asked. Fails with `query-malformed` on a value that is missing, unknown or of another type.
 */
export function bindPack(pack: Pack, values: Readonly<Record<string, string>>): string {
  const unknown = Object.keys(values).find((name) => !pack.parameters.some((one) => one.name === name));
  if (unknown !== undefined) {
    const known = pack.parameters.map(({ name }) => name).join(', ') || 'none';
    throw new GraphError('query-malformed', `${pack.name} has no parameter ${unknown}; it has: ${known}.`);
  }
  const terms = new Map(
    pack.parameters.map((parameter) => {
      const given = Object.hasOwn(values, parameter.name) ? values[parameter.name] : undefined;
      const value = given ?? parameter.default;
      if (value !== undefined) return [parameter.name, termOf(parameter, value)];
      throw new GraphError(
        'query-malformed',
        `${pack.name} needs the parameter ${parameter.name}, for example ${parameter.example}.`,
      );
    }),
  );
  return replaceVariables(pack.text, terms);
}
