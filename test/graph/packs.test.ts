import { readdir, readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { GraphError, type Pack } from '../../src/graph/index.js';
import { bindPack, readPacks } from '../../src/graph/packs.js';
import { QueryParser } from '../../src/graph/parse.js';
import { suppliedPrefixes } from '../../src/graph/vocabulary.js';
import { encodeSegment } from '../../src/model/index.js';
import { iris } from './fixture.js';

const parser = new QueryParser(suppliedPrefixes(iris.prefix));
const pack = (type: Pack['parameters'][number]['type'], usual?: string): Pack => ({
  name: 'test/one',
  summary: '',
  description: '',
  tags: [],
  text: 'SELECT * { ?s ?p $value }',
  parameters: [{ name: 'value', type, example: 'e', ...(usual === undefined ? {} : { default: usual }) }],
});

/** The only object in a query. */
function objectIn(query: string): unknown {
  let found: unknown;
  JSON.stringify(parser.parse(query).algebra, (key, value) => {
    if (key === 'object')
      found = { value: value.value, type: value.datatype?.value.replace(/.*#/, '') ?? 'iri' };
    return value;
  });
  return found;
}

describe('query packs', () => {
  let packs: readonly Pack[];
  beforeAll(async () => {
    packs = await readPacks();
  });

  it('are all read, each with a summary and parameters that its text uses', async () => {
    const folder = new URL('../../queries/', import.meta.url);
    const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.rq'));
    expect(packs.map(({ name }) => `${name}.rq`)).toEqual(files.sort());
    for (const { name, summary, parameters, text } of packs) {
      expect(summary, name).not.toBe('');
      const used = [...text.matchAll(/\$(\w+)/g)].map(([, variable]) => variable);
      expect(new Set(parameters.map((parameter) => parameter.name)), name).toEqual(new Set(used));
      expect(await readFile(new URL(`${name}.rq`, folder), 'utf8')).toContain(text);
    }
  });

  it('take any text as one literal, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        fc.pre(!/\\u[0-9a-f]{4}|\\U/i.test(value));
        expect(objectIn(bindPack(pack('text'), { value }))).toEqual({ value, type: 'string' });
      }),
      { seed: 1 },
    );
  });

  it('take any name of a service as its IRI', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (value) => {
        const iri = `${iris.prefix}service/${encodeSegment(value)}`;
        expect(objectIn(bindPack(pack('service'), { value }))).toEqual({ value: iri, type: 'iri' });
      }),
      { seed: 1 },
    );
  });

  it.each([
    ['number', '1.5', '1.5', 'double'],
    ['number', '-Infinity', '-INF', 'double'],
    ['integer', '-12', '-12', 'integer'],
    ['instant', '2026-01-02T03:04:05+01:00', '2026-01-02T02:04:05.000Z', 'dateTime'],
  ] as const)('write a %s %s as %s', (type, given, value, datatype) => {
    expect(objectIn(bindPack(pack(type), { value: given }))).toEqual({ value, type: datatype });
  });

  it.each([
    ['number', 'one', 'a number'],
    ['integer', '1.5', 'a whole number'],
    ['integer', '1"^^xsd:string', 'a whole number'],
    ['instant', 'yesterday', 'a time'],
    ['service', '', 'the name of a service'],
  ] as const)('refuse for a %s the value %s', (type, value, expected) => {
    expect(() => bindPack(pack(type), { value })).toThrow(expected);
  });

  it('use the default, and name what is missing or unknown', () => {
    expect(bindPack(pack('text', 'usual'), {})).toContain('"usual"');
    expect(() => bindPack(pack('text'), {})).toThrow('needs the parameter value');
    expect(() => bindPack(pack('text'), { other: '1' })).toThrow(GraphError);
    expect(() => bindPack(pack('text'), { constructor: '1' })).toThrow('no parameter constructor');
  });
});
