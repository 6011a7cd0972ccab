import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GraphError, type Pack } from '../../src/graph/index.js';
import { bindPack } from '../../src/graph/pack-binding.js';
import { readAllPacks, readPacks } from '../../src/graph/packs.js';
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

describe('query packs in a folder of their own', () => {
  let folder: string;
  const good =
    '#+ summary: Mine\n#+ parameters:\n#+   - { name: who, type: service, example: a }\nSELECT * { ?s tps:service $who }\n';
  const check = (text: string) => void parser.parse(text);
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'genchi-packs-'));
    await mkdir(join(folder, 'team a'));
    await writeFile(join(folder, 'team a', 'mine.rq'), good);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('stand beside those that come with Genchi', async () => {
    const { packs, faults } = await readAllPacks(folder, check);
    expect(faults).toEqual([]);
    expect(packs).toHaveLength((await readPacks()).length + 1);
    expect(packs.find(({ name }) => name === 'team a/mine')).toMatchObject({ summary: 'Mine' });
    const names = packs.map(({ name }) => name);
    expect(names).toEqual([...names].sort());
  });

  it.each([
    ['no description', 'SELECT * { ?s ?p ?o }', 1, 'summary'],
    ['YAML that does not parse', '#+ summary: x\n#+ tags: a: b\nSELECT * { ?s ?p ?o }', 2, ''],
    ['a type that there is none of', good.replace('service,', 'colour,'), 3, 'parameters.0.type'],
    ['a query that does not parse', good.replace('$who }', '$who'), 4, 'cannot be read'],
    ['a query that stumbles further on', good.replace('$who }', '$who .\n?s ! ?o }'), 5, 'cannot be read'],
    ['an example of another type', good.replace('service,', 'integer,'), 3, 'a whole number'],
  ])('are told of with file and line for %s, and the others are read', async (_, text, line, part) => {
    const path = join(folder, 'broken.rq');
    await writeFile(path, text);
    const { packs, faults } = await readAllPacks(folder, check);
    expect(faults).toHaveLength(1);
    expect(faults[0]?.message).toContain(`${path}:${line}: `);
    expect(faults[0]?.message).toContain(part);
    expect(packs.map(({ name }) => name)).toContain('team a/mine');
    expect(packs.map(({ name }) => name)).not.toContain('broken');
  });

  it('take no name that is taken, and a folder that is not there is an error', async () => {
    await mkdir(join(folder, 'guide'));
    await writeFile(join(folder, 'guide', 'correlation.rq'), good);
    const { packs, faults } = await readAllPacks(folder, check);
    expect(faults.map(({ message }) => message)).toEqual([expect.stringContaining('correlation.rq:1: ')]);
    expect(packs.filter(({ name }) => name === 'guide/correlation')).toHaveLength(1);
    await expect(readAllPacks(join(folder, 'none'), check)).rejects.toThrow('cannot be read');
  });
});
