import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { startApp } from '../../src/app.js';
import { Client } from '../../src/cli/client.js';
import type { RunningApp } from '../../src/cli/index.js';
import { formatInstant, instantOf } from '../../src/model/index.js';
import { outageEvents } from './outage.js';
import { run } from './outside.js';

const alertedAt = instantOf(Date.now() - 60_000);
let folder: string;
let app: RunningApp;

function ask(...argv: readonly string[]) {
  return run([...argv, '--url', app.url]);
}

const listed = z.array(
  z
    .object({ id: z.string(), state: z.string(), service: z.string(), candidates: z.array(z.unknown()) })
    .loose(),
);

async function incidents(...flags: readonly string[]) {
  const { code, out } = await ask('incidents', '--json', ...flags);
  expect(code).toBe(0);
  return listed.parse(JSON.parse(out));
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'genchi-incidents-'));
  app = await startApp({ port: 0, data: join(folder, 'data') }, { logger: pino({ level: 'silent' }) });
  await app.ready;
  const lines = outageEvents(alertedAt).map((event) => `${JSON.stringify(event)}\n`);
  const sent = await run(['record', '-', '--url', app.url], { input: Readable.from(lines) });
  expect(sent).toMatchObject({ code: 0, out: '282 recorded, 0 recorded before, 0 refused\n' });
  await vi.waitFor(async () => expect((await incidents())[0]?.candidates).not.toEqual([]), {
    timeout: 20_000,
  });
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('genchi incidents', () => {
  it('lists what an alert opened, with the most likely cause', async () => {
    const { code, out } = await ask('incidents');
    expect(code).toBe(0);
    expect(out).toMatch(/^id +state +severity +starts at +service +title +most likely cause\n/);
    expect(out).toMatch(new RegExp(`open +critical +${formatInstant(alertedAt)} +checkout +.*2\\.0\\.0`));
  });

  it('lists by state and service, and says when there are none', async () => {
    expect(await incidents('--state', 'open', '--service', 'checkout')).toHaveLength(1);
    expect(await incidents('--state', 'resolved')).toEqual([]);
    expect(await ask('incidents', '--service', 'nobody')).toMatchObject({ code: 0, out: 'No incidents.\n' });
  });

  it('shows one with what speaks for and against each candidate, and the receipts behind it', async () => {
    const [{ id = '' } = {}] = await incidents();
    const { code, out } = await ask('incidents', 'show', id);
    expect(code).toBe(0);
    expect(out).toMatch(/^ *1\. 0\.\d\d {2}.*2\.0\.0.* {2}\[deployment, checkout\]$/m);
    expect(out).toMatch(/^ {5}\+ .+\n {9}http.*\/id\//m);
    const json = JSON.parse((await ask('incidents', 'show', id, '--json')).out);
    expect(json).toMatchObject({ id, alerts: [{ iri: expect.stringContaining('/id/alert_fired/') }] });
  });

  it('ends with 1 for one that is not there', async () => {
    expect(await ask('incidents', 'show', 'none')).toEqual({
      code: 1,
      out: '',
      err: 'genchi: there is no incident none\n',
    });
  });
});

describe('genchi rca', () => {
  it('ranks the deployment first, for people and as JSON', async () => {
    const argv = ['rca', '--service', 'checkout', '--metric', 'latency_ms', '--at', formatInstant(alertedAt)];
    const people = await ask(...argv, '--window', '30m');
    expect(people.code).toBe(0);
    expect(people.out).toMatch(/^latency_ms of checkout: changed at 20[^ ]+Z; within reach: checkout\n/);
    expect(people.out).toMatch(/^ *1\. .*2\.0\.0/m);
    const json = JSON.parse((await ask(...argv, '--json')).out);
    expect(json.candidates[0]).toMatchObject({ rank: 1, causeKind: 'deployment', service: 'checkout' });
  });

  it('ends with 1 and says why when the question is refused', async () => {
    const { code, err } = await ask('rca', '--service', 'checkout', '--window', '2d');
    expect(code).toBe(1);
    expect(err).toMatch(/^genchi: .*windowMinutes.*\n$/);
  });
});

describe('genchi query', () => {
  const alerts = 'SELECT ?name WHERE { ?alert a tps:Alert ; tps:name ?name }';

  it('answers as table, csv and json', async () => {
    expect(await ask('query', alerts)).toEqual({
      code: 0,
      out: 'name\n------------\nCheckoutSlow\n',
      err: '',
    });
    expect((await ask('query', alerts, '--format', 'csv')).out).toBe('name\r\nCheckoutSlow\r\n');
    const json = JSON.parse((await ask('query', alerts, '--format', 'json')).out);
    expect(json.results.bindings[0].name.value).toBe('CheckoutSlow');
  });

  it('reads the query from standard input', async () => {
    const { out } = await run(['query', '--file', '-', '--url', app.url], {
      input: Readable.from(['ASK { ?s a tps:Alert }']),
    });
    expect(out).toBe('true\n');
  });

  it('ends with 1 and says what is wrong with a query', async () => {
    const { code, err } = await ask('query', 'SELEC');
    expect(code).toBe(1);
    expect(err).toMatch(/^genchi: /);
  });

  it('lists the packs and asks one by name', async () => {
    const list = await ask('query', '--packs');
    expect(list.code).toBe(0);
    expect(list.out).toMatch(/^pack +parameters +summary\n/);
    expect(list.out).toMatch(/^guide\/correlation /m);
    const window = [new Date(alertedAt - 600_000), new Date(alertedAt + 600_000)].map((time) =>
      time.toISOString(),
    );
    const around = ['--param', `since=${window[0]}`, '--param', `until=${window[1]}`];
    const { code, out } = await ask('query', 'correlation/around-time', ...around);
    expect(code).toBe(0);
    expect(out).toContain('CheckoutSlow');
    expect(await ask('query', '--pack', 'correlation/around-time')).toMatchObject({
      code: 1,
      err: expect.stringContaining('needs the parameter since'),
    });
    const twice = await fetch(`${app.url}/queries/correlation/around-time?since=1&since=2`);
    expect(await twice.json()).toMatchObject({ status: 400, code: 'bad-request' });
    const unknown = await ask('query', 'no/such');
    expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining('no query pack of this name') });
  });
});

describe('genchi incidents ack, verdict, resolve and stats', () => {
  it('takes one on, judges it and closes it, and shows all of it', async () => {
    const [{ id = '' } = {}] = await incidents();
    expect(
      await ask('incidents', 'ack', id, '--by', 'first-on-call', '--message', 'rolling back'),
    ).toMatchObject({
      code: 0,
      out: `${id} is taken on by first-on-call.\n`,
    });
    const confirmed = await ask('incidents', 'verdict', id, '--by', 'first-on-call', '--confirm', '1');
    expect(confirmed).toMatchObject({ code: 0, out: expect.stringMatching(/^Recorded\. .*2\.0\.0.*\n$/) });
    expect(await ask('incidents', 'verdict', id, '--by', 'first-on-call', '--confirm', '99')).toMatchObject({
      code: 2,
      err: expect.stringContaining('has no candidate of rank 99'),
    });
    expect(await ask('incidents', 'verdict', id, '--by', 'first-on-call')).toMatchObject({ code: 2 });
    const other = ['incidents', 'verdict', id, '--by', 'first-on-call', '--other', 'a cable was cut'];
    expect(await ask(...other, '--kind', 'cable')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/--kind.*'cable'.*deployment, config_change/s),
    });
    expect(await ask('incidents', 'resolve', id, '--by', 'second-on-call')).toMatchObject({ code: 0 });
    const { out } = await ask('incidents', 'show', id);
    expect(out).toMatch(/^cause {6}.*2\.0\.0.* \(confirmed\)$/m);
    expect(out).toMatch(/^taken on {3}20.* by first-on-call: rolling back$/m);
    expect(out).toMatch(/^closed {5}by second-on-call$/m);
    const stats = await ask('incidents', 'stats', '--last', '1d');
    expect(stats.out).toMatch(/^1 incident, 0 of them open\.\n/);
    expect(stats.out).toMatch(/^to resolve +\d+ (s|min) +1$/m);
  });

  it('lists the cause that people named in the place of the most likely one', async () => {
    const [{ id = '' } = {}] = await incidents();
    await ask(
      'incidents',
      'verdict',
      id,
      '--by',
      'second-on-call',
      '--other',
      'a cable was cut',
      '--kind',
      'outside',
    );
    expect((await ask('incidents')).out).toMatch(/ a cable was cut \(confirmed\) *\n/);
  });

  it('says what GraphQL found wrong with a question, not only that it refused it', async () => {
    const asked = new Client(app.url, { fetch }).graphql('{ incidents { colour } }', {}, z.unknown());
    await expect(asked).rejects.toThrow('Cannot query field "colour"');
  });
});

describe('genchi webhooks', () => {
  it('says that there are none, and which one is not there', async () => {
    expect(await ask('webhooks')).toMatchObject({ code: 0, out: 'No webhooks.\n' });
    expect(await ask('webhooks', 'test', 'pager')).toMatchObject({
      code: 1,
      err: 'genchi: there is no webhook pager\n',
    });
  });
});
