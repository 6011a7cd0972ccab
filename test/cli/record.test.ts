import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp } from '../../src/app.js';
import type { RunningApp } from '../../src/cli/index.js';
import { eventOf, jsonOf } from '../../src/cli/record.js';
import { run } from './outside.js';

let folder: string;
let app: RunningApp;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'genchi-record-'));
  app = await startApp({ port: 0, data: join(folder, 'data') }, { logger: pino({ level: 'silent' }) });
  await app.ready;
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

function record(argv: readonly string[], input = '') {
  return run(['record', ...argv, '--url', app.url], { input: Readable.from([input]) });
}

describe('genchi record, one event from flags', () => {
  it('records it once, and says when it had been recorded before', async () => {
    const argv = [
      'failure',
      '--service',
      'cart',
      '--set',
      'component=db',
      '--field',
      'reason=a=b',
      '--id',
      'one',
    ];
    expect(await record(argv)).toEqual({ code: 0, out: 'recorded\n', err: '' });
    expect(await record(argv)).toEqual({ code: 0, out: 'recorded before\n', err: '' });
  });

  it('sends numbers where the field is one: every kind with numbers is taken', async () => {
    for (const argv of [
      ['metric', '--set', 'metric=temperature', '--set', 'value=-1.5', '--label', 'room=1'],
      ['queue_depth', '--set', 'queue=q', '--set', 'depth=3', '--set', 'capacity=10'],
      ['task_completed', '--set', 'latencyMs=12.5'],
      ['log_volume', '--set', 'count=100', '--set', 'level=error'],
    ]) {
      expect(await record([...argv, '--service', 'cart'])).toEqual({ code: 0, out: 'recorded\n', err: '' });
    }
  });

  it('ends with 1 and says which field is wrong when the server refuses it', async () => {
    const { code, err } = await record(['failure', '--service', 'cart', '--set', 'component=db']);
    expect(code).toBe(1);
    expect(err).toMatch(/^genchi: reason: [^\n]+\n$/);
  });

  it('ends with 2 for what is neither a kind nor a file', async () => {
    const { code, err } = await record(['failur']);
    expect(code).toBe(2);
    expect(err).toMatch(/^genchi: failur is neither a kind of event nor a file; kinds: metric, failure, /);
  });
});

describe('genchi record, lines of JSON', () => {
  const line = (index: number) =>
    JSON.stringify({
      kind: 'failure',
      service: 'cart',
      component: 'db',
      reason: `r${index}`,
      id: `line-${index}`,
    });
  const lines = (count: number) => Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('');

  it('records a file in several batches, and all of it again is one recording', async () => {
    const file = join(folder, 'events.ndjson');
    writeFileSync(file, lines(1_201));
    expect(await record([file])).toEqual({
      code: 0,
      out: '1201 recorded, 0 recorded before, 0 refused\n',
      err: '',
    });
    expect((await record([file])).out).toBe('0 recorded, 1201 recorded before, 0 refused\n');
  });

  it('reads standard input, keeps what is good, tells which lines are not, and ends with 1', async () => {
    const bad = '{"kind":"failure","service":"cart","component":"db"}\n{"kind":"nonsense"}\nnot json\n';
    const { code, out, err } = await record(['-'], `\n${line(5_000)}\n\n${bad}${line(5_001)}`);
    expect(code).toBe(1);
    expect(out).toBe('2 recorded, 0 recorded before, 3 refused\n');
    expect(err.split('\n').map((text) => text.slice(0, 15))).toEqual([
      expect.stringMatching(/^line 4: reason/),
      expect.stringMatching(/^line 5: kind/),
      expect.stringMatching(/^line 6: /),
      'genchi: 3 event',
      '',
    ]);
  });

  it('cuts at line feeds only, whatever JSON texts hold, and drops a byte order mark', async () => {
    const text = JSON.stringify({
      kind: 'failure',
      id: 'separators',
      service: 'cart',
      component: 'db',
      reason: 'one\u2028two\u2029three',
    });
    expect(text).toContain('\u2028');
    expect(await record(['-'], `\uFEFF${text}\r\n\r\n${line(6_000)}\r\n`)).toEqual({
      code: 0,
      out: '2 recorded, 0 recorded before, 0 refused\n',
      err: '',
    });
  });

  it('counts every refused event, also where the server lists no more faults', async () => {
    const wrong = '{"kind":"failure","a":1,"b":2,"c":3}\n'.repeat(400);
    const { code, out } = await record(['-'], `${wrong}${line(6_001)}`);
    expect([code, out]).toEqual([1, '1 recorded, 0 recorded before, 400 refused\n']);
  });

  it('says what was recorded before the input broke off, in a line without a stack', async () => {
    const input = Readable.from([Buffer.from(lines(500)), Buffer.from([0x22, 0xff, 0xfe])]);
    const { code, out, err } = await run(['record', '-', '--url', app.url], { input });
    expect([code, out]).toEqual([2, '0 recorded, 500 recorded before, 0 refused\n']);
    expect(err).toBe('genchi: cannot read the lines: it is not UTF-8\n');
    expect((await record([folder])).err).toMatch(/^genchi: cannot read the lines: EISDIR[^\n]*\n$/);
  });

  it('shows progress on a terminal only', async () => {
    const shown: string[] = [];
    const err = { isTTY: true, write: (text: string) => void shown.push(text) };
    const input = Readable.from([lines(600)]);
    await run(['record', '-', '--url', app.url], { input, err });
    expect(shown).toContain('\r0 recorded, 500 recorded before, 0 refused');
  });

  it('takes no flags that describe one event', async () => {
    expect((await record(['-', '--service', 'cart'])).code).toBe(2);
  });
});

describe('eventOf', () => {
  it('keeps text that is no number for the server to judge', () => {
    expect([
      jsonOf('depth', '3'),
      jsonOf('depth', 'deep'),
      jsonOf('depth', ' '),
      jsonOf('version', '3'),
    ]).toEqual([3, 'deep', ' ', '3']);
    expect(
      eventOf('failure', { time: Date.UTC(2026, 0, 2), set: { reason: 'r' }, label: { a: 'b' } }),
    ).toEqual({
      kind: 'failure',
      time: '2026-01-02T00:00:00.000Z',
      reason: 'r',
      labels: { a: 'b' },
    });
  });
});
