import { describe, expect, it } from 'vitest';
import { bindPack } from '../../../src/graph/index.js';
import { readPacks } from '../../../src/graph/packs.js';
import { faultIn } from '../../../src/web/explore/fault-place.js';
import { faultOf, filledPack, packsOf } from '../../../src/web/explore/packs.js';

describe('the packs in the browser', () => {
  it('become the very queries that the server makes of them', async () => {
    const own = await readPacks();
    const { packs } = packsOf(JSON.parse(JSON.stringify({ queries: own })));
    expect(packs.length).toBeGreaterThan(10);
    for (const [place, pack] of packs.entries()) {
      const values = Object.fromEntries(pack.parameters.map(({ name, example }) => [name, example]));
      const made = own[place];
      expect(filledPack(pack, values)).toBe(made === undefined ? '' : bindPack(made, values));
    }
  });

  it('refuse what the server refuses, field by field', () => {
    const parameter = { name: 'n', description: undefined, default: undefined, example: '1' };
    for (const [type, good, bad] of [
      ['integer', '12', '1.5'],
      ['number', '1e3', 'many'],
      ['instant', '2026-01-02T03:04:05Z', 'yesterday'],
    ] as const) {
      expect(faultOf({ ...parameter, type }, good)).toBeUndefined();
      expect(faultOf({ ...parameter, type }, bad)).toMatch(/^Expected/);
    }
    expect(faultOf({ ...parameter, type: 'text' }, '')).toBe('Expected a value.');
  });

  it('write no value into the query that could change what is asked', () => {
    const pack = packsOf({
      queries: [
        {
          name: 'x',
          text: 'ASK { ?s ?p $text } # $text',
          parameters: [{ name: 'text', type: 'text', example: 'a' }],
        },
      ],
    }).packs[0];
    if (pack === undefined) throw new TypeError('there is one');
    expect(filledPack(pack, { text: 'a" } # \\' })).toBe('ASK { ?s ?p "a\\" } # \\\\" } # $text');
  });
});

describe('the place of a fault', () => {
  const place = (text: string, detail: string) => {
    const fault = faultIn(text, { title: '', detail, code: 'query-malformed' });
    return fault === undefined ? undefined : text.slice(fault.from, fault.to);
  };

  it('is told by offset, by line and column, by the name of a prefix, or is the end', () => {
    const text = 'SELECT * {\n ?s zz:p ?o foo }';
    expect(place(text, 'unexpected character: ->f<- at offset 23, skipped 0 characters.')).toBe('foo');
    expect(place(text, "At line 2, column 13: … but found: 'foo'")).toBe('foo');
    expect(place(text, 'The query cannot be read: Unknown prefix: zz')).toBe('zz:p');
    expect(place(text, "At its end: … but found: ''")).toBe('}');
    expect(place(text, 'SELECT names a variable that is neither grouped nor aggregated.')).toBeUndefined();
    expect(faultIn(text, { title: '', detail: 'at offset 1', code: 'query-timeout' })).toBeUndefined();
  });
});
