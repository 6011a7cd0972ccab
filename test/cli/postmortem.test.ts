import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import MarkdownIt from 'markdown-it';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { startApp } from '../../src/app.js';
import type { RunningApp } from '../../src/cli/index.js';
import { formatInstant, instantOf, MINUTE_MS, shift } from '../../src/model/index.js';
import { outageEvents } from './outage.js';
import { run } from './outside.js';

const HOSTILE =
  '`](http://evil.example) <img src=x onerror=alert(1)> |# [x](javascript:alert(1))\n\n# caused by nobody';
const alertedAt = instantOf(Date.now() - 60_000);
const time = (minutes: number) => formatInstant(shift(alertedAt, minutes * MINUTE_MS));

let folder: string;
let app: RunningApp;
let id: string;
const ask = (...argv: readonly string[]) => run([...argv, '--url', app.url]);

/** An outage with texts in it that would break out of Markdown and HTML. */
const events = [
  ...outageEvents(alertedAt),
  { kind: 'dependency', from: 'web', to: 'checkout', time: time(-60) },
  { kind: 'failure', service: 'checkout', component: HOSTILE, reason: HOSTILE, time: time(-4) },
  {
    kind: 'flag_change',
    service: 'checkout',
    flag: HOSTILE,
    from: 'a',
    to: HOSTILE,
    time: time(-6),
  },
  {
    kind: 'alert_fired',
    service: 'checkout',
    name: HOSTILE,
    severity: 'critical',
    summary: HOSTILE,
    time: time(0),
  },
  {
    ...{ kind: 'slo', slo: 'checkout-fast', service: 'checkout', metric: 'latency_ms', target: 100 },
    ...{ direction: 'at_most', windowMinutes: 1_440, title: HOSTILE, time: time(-60) },
  },
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'genchi-postmortem-'));
  app = await startApp({ port: 0, data: join(folder, 'data'), logLevel: 'silent' });
  await app.ready;
  const body = events.map((event) => JSON.stringify(event)).join('\n');
  const sent = await fetch(`${app.url}/api/v1/events`, {
    ...{ method: 'POST', body },
    headers: { 'content-type': 'application/x-ndjson' },
  });
  expect(await sent.json()).toMatchObject({ refusedItems: 0 });
  const listed = z.array(z.looseObject({ id: z.string(), candidates: z.array(z.unknown()) }));
  id = await vi.waitFor(
    async () => {
      const [first] = listed.parse(JSON.parse((await ask('incidents', '--json')).out));
      if (first === undefined || first.candidates.length === 0)
        return expect.unreachable('no candidates yet');
      return first.id;
    },
    { timeout: 20_000, interval: 200 },
  );
});
afterAll(async () => {
  await app?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A piece of a document that says something: a paragraph, an item of a list or a row of a table. */
interface Block {
  readonly text: string;
  readonly links: readonly string[];
  readonly isForPeople: boolean;
  readonly isHeading: boolean;
}

/** Takes a document apart into its blocks, as a reader of Markdown does. */
function blocksOf(markdown: string): readonly Block[] {
  const blocks: { text: string; links: string[]; isForPeople: boolean; isHeading: boolean }[] = [];
  let quotes = 0;
  let isRow = false;
  let isHeading = false;
  for (const { type, children, content } of new MarkdownIt({ html: true }).parse(markdown, {})) {
    if (type === 'blockquote_open') quotes += 1;
    if (type === 'blockquote_close') quotes -= 1;
    if (type === 'heading_open' || type === 'thead_open') isHeading = true;
    if (type === 'heading_close' || type === 'thead_close') isHeading = false;
    if (type === 'tr_open') blocks.push({ text: '', links: [], isForPeople: quotes > 0, isHeading });
    if (type === 'tr_open' || type === 'tr_close') isRow = type === 'tr_open';
    if (type === 'html_block')
      blocks.push({ text: content, links: [], isForPeople: false, isHeading: false });
    if (type !== 'inline') continue;
    if (!isRow) blocks.push({ text: '', links: [], isForPeople: quotes > 0, isHeading });
    const block = blocks.at(-1);
    for (const child of children ?? []) {
      if (child.type === 'html_inline') block?.links.push(`html:${child.content}`);
      if (child.type === 'link_open') block?.links.push(String(child.attrGet('href')));
    }
    if (block !== undefined) block.text += content;
  }
  return blocks;
}

/** Blocks that say something of the incident: not headings, nor what is for people, nor the few rows they fill in. */
function claimsOf(markdown: string): readonly Block[] {
  return blocksOf(markdown).filter(
    ({ text, isForPeople, isHeading }) =>
      !isForPeople && !isHeading && !/^(Status|Severity|Date|Authors|Owner)/.test(text),
  );
}

describe('genchi postmortem', () => {
  it('links each sentence to receipts, and each of their addresses leads somewhere', async () => {
    const { code, out } = await ask('postmortem', id);
    expect(code).toBe(0);
    const claims = claimsOf(out);
    expect(claims.length).toBeGreaterThan(30);
    for (const { text, links } of claims) expect(links.length, text).toBeGreaterThan(0);
    const links = [...new Set(claims.flatMap((block) => block.links))];
    expect(links.filter((link) => !link.startsWith(`${app.url}/id/`))).toEqual([]);
    const statuses = await Promise.all(
      links.map(async (link) => ({
        link,
        ok: (await fetch(link, { headers: { accept: 'text/turtle' } })).ok,
      })),
    );
    expect(statuses.filter(({ ok }) => !ok)).toEqual([]);
  }, 60_000);

  it('claims no cause in what has no receipts, and keeps every heading its own', async () => {
    const { out } = await ask('postmortem', id);
    // The title is the name of an alert, whatever that says.
    const rest = blocksOf(out).filter(
      ({ text, links }) => !text.startsWith('Post-mortem: ') && !links.some((link) => link.includes('/id/')),
    );
    expect(rest.length).toBeGreaterThan(10);
    for (const { text, isHeading } of rest) {
      expect(text).not.toMatch(/\bcaus|because|due to|points to|led to|blame[sd] (?!nobody)/i);
      if (isHeading) expect(text).not.toContain('nobody');
    }
    expect(out).toMatch(/^## Contributing factors\n\n### Factor 1\n\n(The evidence|Not ruled out)/m);
    expect(out).toContain('deployment 2.0.0 of checkout');
    expect(out).toMatch(/The objective .* was missed in \d+ of the \d+ minutes/);
    expect(out).toMatch(/genchi rca --service checkout --metric latency_ms --at \S+Z --window 30m/);
  });

  it('shows hostile texts as texts, in Markdown and in HTML', async () => {
    const { out } = await ask('postmortem', id);
    const links = blocksOf(out).flatMap((block) => block.links);
    expect(links.filter((link) => !link.startsWith(`${app.url}/`))).toEqual([]);
    const { out: page } = await ask('postmortem', id, '--format', 'html');
    expect(page).toContain('onerror=alert(1)');
    expect(page).not.toMatch(/<img|<script|href="(?!http:\/\/127\.0\.0\.1)/);
    const served = await fetch(`${app.url}/postmortems/${id}`, { headers: { accept: 'text/html' } });
    expect(served.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect((await served.text()).replace(/<script>[^<]*<\/script>/, '')).not.toMatch(
      /<img|<script|evil\.example"/,
    );
  });

  it('writes JSON with the IRIs of the receipts, and serves the same document at its address', async () => {
    const { out } = await ask('postmortem', id, '--format', 'json');
    const claim = z.object({ sentence: z.string().min(1), cites: z.array(z.url()).min(1) });
    const shape = z.looseObject({
      incident: z.literal(id),
      summary: z.array(claim).min(2),
      impact: z.array(claim),
    });
    expect(shape.safeParse(JSON.parse(out)).error).toBeUndefined();
    expect(await (await fetch(`${app.url}/postmortems/${id}?format=json`)).text()).toBe(out);
    const markdown = await fetch(`${app.url}/postmortems/${id}`);
    expect(markdown.headers.get('content-type')).toContain('text/markdown');
    expect((await fetch(`${app.url}/postmortems/none`)).status).toBe(404);
    expect((await fetch(`${app.url}/postmortems/${id}?format=pdf`)).status).toBe(400);
  });

  it('fills a template of the user, into a file, and says what is wrong with one that is none', async () => {
    const template = join(folder, 'ours.mustache');
    const output = join(folder, 'ours.md');
    await writeFile(template, '# Ours: {{incident}}\n{{#actions}}\n* {{kind}}\n{{/actions}}\n');
    expect(await ask('postmortem', id, '--template', template, '--output', output)).toMatchObject({
      code: 0,
      out: '',
    });
    expect(await readFile(output, 'utf8')).toMatch(
      new RegExp(`^# Ours: ${id}\n(\\* (Prevent|Mitigate|Detect|Learn)\n)+$`),
    );
    await writeFile(template, '# Ours\n{{nothing}}\n');
    const { code, err } = await ask('postmortem', id, '--template', template);
    expect(code).toBe(2);
    expect(err).toContain(`${template}:2: there is no place nothing here; expected one of actions,`);
    const checked = await run(['config', 'check', '--postmortem-template', template]);
    expect(checked.code).toBe(2);
    expect(checked.err).toContain(`${template}:2: there is no place nothing here`);
  });

  it('publishes a receipt that keeps the text and all that it cites, with an address of its own', async () => {
    const { code, err } = await ask('postmortem', id, '--publish', '--by', 'first-on-call');
    expect(code).toBe(0);
    const iri = /published as (\S+)/.exec(err)?.[1] ?? '';
    expect(iri).toMatch(new RegExp(`^${app.url}/id/postmortem/`));
    const turtle = await (await fetch(iri, { headers: { accept: 'text/turtle' } })).text();
    expect(turtle).toContain('tps:Postmortem');
    expect(turtle).toContain('first-on-call');
    expect(turtle.match(/\/id\/sample\//g)?.length).toBeGreaterThan(2);
    expect((await fetch(iri, { headers: { accept: 'text/html' } })).status).toBe(200);
    const page = await (await fetch(`${app.url}/postmortems/${id}?format=html`)).text();
    expect(page).toContain('by first-on-call</a>');
  });

  it('says when there is no such incident, or what is asked for makes no sense', async () => {
    expect(await ask('postmortem', 'none')).toMatchObject({
      code: 1,
      err: 'genchi: there is no incident none\n',
    });
    expect((await ask('postmortem', 'none', '--publish')).code).toBe(1);
    expect((await ask('postmortem', id, '--publish', '--format', 'html')).code).toBe(2);
    expect((await ask('postmortem', id, '--format', 'pdf')).code).toBe(2);
  });
});
