import { describe, expect, it } from 'vitest';
import { formatTable } from '../../src/cli/table.js';

describe('formatTable', () => {
  it('aligns columns by the characters that are seen', () => {
    const table = formatTable({
      columns: ['id', 'title'],
      rows: [
        ['1', 'größer'],
        ['1000', 'x'],
      ],
    });
    expect(table).toBe('id    title\n----  ------\n1     größer\n1000  x\n');
  });

  it('fills cells that a row lacks', () => {
    expect(formatTable({ columns: ['a', 'b'], rows: [['1']] })).toBe('a  b\n-  -\n1\n');
  });

  it('lets no control character of evidence reach the terminal', () => {
    const table = formatTable({ columns: ['a'], rows: [['\u001b[2Jx\ny\u009b']] });
    expect(table.split('\n')[2]).toBe(' [2Jx y');
  });
});
