import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp } from '../../src/app.js';
import type { RunningApp } from '../../src/cli/index.js';
import { formatInstant, HOUR_MS, instantOf, shift } from '../../src/model/index.js';
import { run } from './outside.js';

/** The end of 2026-W03, Monday the 19th of January. */
const END = instantOf(Date.parse('2026-01-19T00:00:00Z'));
let folder: string;
let app: RunningApp;
const ask = (...argv: readonly string[]) => run([...argv, '--url', app.url]);

const events = Array.from({ length: 30 }, (_, i) => ({
  ...{ kind: 'task_completed', service: 'checkout', latencyMs: 250 },
  time: formatInstant(shift(END, -(i + 1) * HOUR_MS)),
}));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'genchi-review-'));
  app = await startApp({ port: 0, data: join(folder, 'data'), logLevel: 'silent' });
  await app.ready;
  const sent = await fetch(`${app.url}/api/v1/events`, {
    ...{ method: 'POST', body: events.map((event) => JSON.stringify(event)).join('\n') },
    headers: { 'content-type': 'application/x-ndjson' },
  });
  expect(await sent.json()).toMatchObject({ refusedItems: 0 });
});
afterAll(async () => {
  await app?.close();
  await rm(folder, { recursive: true, force: true });
});

describe('genchi review', () => {
  it('prints the review of a week as Markdown', async () => {
    const { code, out } = await ask('review', '--week', '2026-W03');
    expect(code).toBe(0);
    expect(out).toMatch(/^# Weekly review, 2026-W03\n/);
    for (const heading of ['Health', 'Trends', 'Objectives', 'Incidents', 'Alerting', 'What is missing']) {
      expect(out).toContain(`\n## ${heading}\n`);
    }
    expect(out).toContain('checkout has tasks, failures or queue readings in 30 of 168 hours.');
  });

  it('begins the week at midnight of the time zone that is asked for', async () => {
    const { out } = await ask('review', '--week', '2026-W03', '--time-zone', 'Pacific/Kiritimati');
    expect(out).toContain('2026-01-11 10:00:00 UTC to 2026-01-18 10:00:00 UTC (Pacific/Kiritimati)');
    // Of the tasks of the last 30 hours before midnight of UTC, 14 came after its end.
    expect(out).toContain('16 of 168 hours');
  });

  it('writes JSON and HTML to a file', async () => {
    const file = join(folder, 'review.json');
    expect((await ask('review', '--week', '2026-W03', '--format', 'json', '--out', file)).code).toBe(0);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ week: '2026-W03', isOver: true });
    const { out } = await ask('review', '--week', '2026-W03', '--format', 'html');
    expect(out).toMatch(/^<!doctype html>/);
  });

  it('takes a template of one’s own, and says what is wrong with one', async () => {
    const [good, bad] = [join(folder, 'good.mustache'), join(folder, 'bad.mustache')];
    await writeFile(good, 'Week {{week}}\n');
    await writeFile(bad, 'Week\n{{wek}}\n');
    expect((await ask('review', '--week', '2026-W03', '--template', good)).out).toBe('Week 2026-W03\n');
    const refused = await ask('review', '--week', '2026-W03', '--template', bad);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('bad.mustache:2: there is no place wek here');
  });

  it('says what a week is, where there is none of that name', async () => {
    const { code, err } = await ask('review', '--week', '2026-W60');
    expect(code).toBe(2);
    expect(err).toContain('expected a week as ISO 8601 writes it, such as 2026-W04, not 2026-W60');
    const zone = await ask('review', '--time-zone', 'Mars/Base');
    expect([zone.code, zone.err]).toEqual([2, expect.stringContaining('not Mars/Base')]);
  });

  it('leads to no week that has not begun', async () => {
    const present = await ask('review', '--format', 'json');
    const { next } = JSON.parse(present.out);
    expect((await ask('review')).out).not.toContain(next);
    expect((await ask('review', '--week', '2026-W03')).out).toContain('2026-W04');
  });
});

describe('/reviews', () => {
  const get = (path: string, accept: string) =>
    fetch(`${app.url}${path}`, { headers: { accept }, redirect: 'manual' });

  it('is a page that leads to the weeks before and after, Markdown and JSON', async () => {
    const page = await get('/reviews/2026-W03', 'text/html');
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    const text = await page.text();
    expect(text).toContain('<a rel="prev" href="/reviews/2026-W02">2026-W02</a>');
    expect(text).toContain('<a rel="next" href="/reviews/2026-W04">2026-W04</a>');
    const markdown = await get('/reviews/2026-W03', '*/*');
    expect(markdown.headers.get('content-type')).toMatch(/^text\/markdown/);
    expect(await (await get('/reviews/2026-W03?format=json', '*/*')).json()).toMatchObject({
      week: '2026-W03',
    });
  });

  it('answers 304 to who has the same review already', async () => {
    const first = await get('/reviews/2026-W03', 'text/markdown');
    await first.text();
    const etag = first.headers.get('etag') ?? '';
    const again = await fetch(`${app.url}/reviews/2026-W03`, {
      headers: { accept: 'text/markdown', 'if-none-match': etag },
    });
    expect(again.status).toBe(304);
  });

  it('leads to the present week, and refuses what is none', async () => {
    const present = await get('/reviews?timeZone=Europe/Berlin', 'text/markdown');
    expect(present.status).toBe(302);
    expect(present.headers.get('location')).toMatch(/^\/reviews\/\d{4}-W\d{2}\?timeZone=Europe%2FBerlin$/);
    expect((await get('/reviews/2026-W60', 'application/json')).status).toBe(400);
  });
});
