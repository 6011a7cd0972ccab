import { describe, expect, it } from 'vitest';
import { formatLine } from '../../src/serve/log.js';

const time = Date.UTC(2026, 0, 2, 3, 4, 5, 6);

describe('formatLine', () => {
  it('writes time, level, message and pairs, quoting what has spaces', () => {
    const line = JSON.stringify({
      level: 40,
      time,
      msg: 'request',
      route: '/a',
      detail: 'two words',
      list: [1],
    });
    expect(formatLine(line)).toBe('03:04:05.006 WARN  request route=/a detail="two words" list=[1]\n');
  });

  it('writes the stack of an error below', () => {
    const err = { type: 'Error', message: 'boom', stack: 'Error: boom\n    at here' };
    expect(formatLine(JSON.stringify({ level: 50, time, msg: 'failed', err }))).toBe(
      '03:04:05.006 ERROR failed\n  Error: boom\n      at here\n',
    );
  });

  it('keeps what a client sent on its line', () => {
    const line = formatLine(
      JSON.stringify({ level: 30, time, msg: 'a\nb', path: 'x\n00:00:00.000 ERROR forged' }),
    );
    expect(line.split('\n')).toHaveLength(2);
    expect(formatLine(JSON.stringify({ level: 30, time, msg: 'm', path: '\u001b[2J' }))).toContain(
      'path="\\u001b[2J"',
    );
  });
});
