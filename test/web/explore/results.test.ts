import { describe, expect, it } from 'vitest';
import { chartOf } from '../../../src/web/explore/chart-choice.js';
import { csvOf, resultOf, sortedRows, type Table } from '../../../src/web/explore/results.js';

const XSD = 'http://www.w3.org/2001/XMLSchema#';
const number = (value: string) => ({ type: 'literal', value, datatype: `${XSD}double` });
const time = (minute: number) => ({
  ...{ type: 'literal', datatype: `${XSD}dateTime` },
  value: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(),
});
const text = (value: string) => ({ type: 'literal', value });

function tableOf(vars: readonly string[], bindings: readonly object[]): Table {
  const result = resultOf({ head: { vars }, results: { bindings } });
  if (result.type !== 'table') throw new TypeError('it is a table');
  return result.table;
}

describe('an answer', () => {
  it('of ASK is yes or no, and of SELECT rows in which each value knows what it is', () => {
    expect(resultOf({ head: {}, boolean: false })).toEqual({ type: 'truth', holds: false });
    const { rows } = tableOf(
      ['a', 'b'],
      [{ a: number('INF'), b: { type: 'uri', value: 'urn:x' } }, { b: time(1) }],
    );
    expect(rows).toEqual([
      [
        { type: 'number', text: 'INF', value: Number.POSITIVE_INFINITY },
        { type: 'iri', text: 'urn:x' },
      ],
      [
        { type: 'empty', text: '' },
        { type: 'time', text: '2026-01-01T00:01:00.000Z', at: Date.UTC(2026, 0, 1, 0, 1) },
      ],
    ]);
  });

  it('is sorted as numbers and times are, what is not bound last either way', () => {
    const table = tableOf(['n'], [{ n: number('10') }, {}, { n: number('9') }]);
    const texts = (way: 'ascending' | 'descending') => sortedRows(table, 0, way).map(([cell]) => cell?.text);
    expect(texts('ascending')).toEqual(['9', '10', '']);
    expect(texts('descending')).toEqual(['10', '9', '']);
  });

  it('is CSV as RFC 4180 has it', () => {
    expect(csvOf(tableOf(['a', 'b'], [{ a: text('x,"y"'), b: text('one\ntwo') }, {}]))).toBe(
      'a,b\r\n"x,""y""","one\ntwo"\r\n,\r\n',
    );
  });
});

describe('a chart of it', () => {
  it('has a line for each name where several stand at one time', () => {
    const rows = [0, 1].flatMap((minute) =>
      ['web', 'api'].map((name, place) => ({
        t: time(minute),
        s: text(name),
        v: number(String(minute + place)),
      })),
    );
    const chart = chartOf(tableOf(['t', 's', 'v'], rows));
    expect(chart).toMatchObject({
      type: 'lines',
      lines: [
        { name: 'web', values: [0, 1] },
        { name: 'api', values: [1, 2] },
      ],
    });
  });

  it('has bars where there is one number a name, and none without a number', () => {
    const chart = chartOf(
      tableOf(
        ['s', 'n'],
        [
          { s: text('a'), n: number('3') },
          { s: text('b'), n: number('NaN') },
          { s: text('c'), n: number('1') },
        ],
      ),
    );
    expect(chart).toEqual({
      ...{ type: 'bars', measure: 'n', leftOut: 0 },
      bars: [
        { label: 'a', value: 3 },
        { label: 'c', value: 1 },
      ],
    });
    expect(chartOf(tableOf(['s'], [{ s: text('a') }, { s: text('b') }]))).toBeUndefined();
  });
});
