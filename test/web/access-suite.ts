import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { genchi, type Run } from '../server-process.js';
import type { Site } from './site.js';
import { visit } from './visit.js';

/** A server of its own that asks everyone who they are. */
interface Closed {
  readonly run: Run;
  readonly folder: string;
  readonly url: string;
  readonly tokens: Readonly<Record<'ingest' | 'read' | 'operate', string>>;
}

async function tokenFor(scope: string, folder: string): Promise<string> {
  const run = genchi(['token', 'create', `the-${scope}`, '--scope', scope, '--data', folder]);
  expect(await run.exited, run.err()).toBe(0);
  return run.out().trim();
}

async function openClosed(): Promise<Closed> {
  const folder = await mkdtemp(join(tmpdir(), 'genchi-access-'));
  // One after the other: they write one file.
  const ingest = await tokenFor('ingest', folder);
  const read = await tokenFor('read', folder);
  const operate = await tokenFor('operate', folder);
  const run = genchi(['serve', '--port', '0', '--data', folder]);
  await run.says(/"msg":"ready"/);
  const url = /"url":"(http:[^"]+)"/.exec(run.err())?.[1] ?? '';
  return { run, folder, url, tokens: { ingest, read, operate } };
}

/** Asks over GraphQL in a page, with the session that it has. */
const askIn = (page: Page, query: string): Promise<{ status: number; body: string }> =>
  page.evaluate(async (text) => {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: text }),
    });
    return { status: response.status, body: await response.text() };
  }, query);

const ALERT = {
  ...{ version: '4', groupKey: '{}', status: 'firing', receiver: 'genchi', truncatedAlerts: 0 },
  ...{ groupLabels: {}, commonLabels: {}, commonAnnotations: {}, externalURL: 'http://127.0.0.1:9093' },
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'CartSlow', service: 'cart', severity: 'critical' },
      annotations: { summary: 'cart is slow' },
      ...{ startsAt: '', endsAt: '0001-01-01T00:00:00Z', generatorURL: '', fingerprint: 'c0ffee' },
    },
  ],
};

async function raise({ url, tokens }: Closed): Promise<void> {
  const startsAt = new Date().toISOString();
  const response = await fetch(`${url}/api/v1/alertmanager`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokens.ingest}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...ALERT, alerts: ALERT.alerts.map((alert) => ({ ...alert, startsAt })) }),
  });
  expect(response.status, await response.text()).toBe(200);
}

/** Who may read, and who may do what, on a server with tokens. */
export function accessSuite(site: () => Site): void {
  let closed: Closed;
  beforeAll(async () => {
    closed = await openClosed();
  }, 60_000);
  afterAll(async () => {
    closed.run.child.kill('SIGTERM');
    expect(await closed.run.exited, closed.run.err()).toBe(0);
    await rm(closed.folder, { recursive: true });
  });

  it('sends who has not said who they are to the login and back, where a wrong token is refused', async () => {
    const { page, leave } = await visit({ ...site(), url: closed.url });
    await page.goto(`${closed.url}/incidents?state=open`);
    await page.getByRole('heading', { level: 1, name: 'Log in' }).waitFor();
    expect(new URL(page.url()).searchParams.get('next')).toBe('/incidents?state=open');
    await page.getByLabel('Token').fill('no-such-token');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Token').fill(closed.tokens.read);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Incidents' }).waitFor();
    expect(new URL(page.url()).search).toBe('?state=open');
    await page.getByText('the-read', { exact: true }).waitFor();
    await leave();
  });

  it('lets who may only read do nothing else: the pages say so, and the server refuses it', async () => {
    await raise(closed);
    const { page, goTo, check, leave } = await visit({ ...site(), url: closed.url });
    await page.goto(`${closed.url}/login?next=/incidents`);
    await page.getByLabel('Token').fill(closed.tokens.read);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('link', { name: /CartSlow|cart is slow/ }).click();
    for (const name of ['Acknowledge', 'Resolve']) {
      await page.getByRole('button', { name }).waitFor();
      expect(await page.getByRole('button', { name }).isDisabled()).toBe(true);
    }
    const { pathname } = new URL(page.url());
    await goTo('/slos?open=register');
    expect(await page.getByRole('button', { name: 'Register an objective' }).isDisabled()).toBe(true);
    expect(await page.getByRole('form', { name: 'Objective' }).count()).toBe(0);
    await goTo('/connect');
    await page.getByText('genchi token create prometheus --scope ingest').waitFor();
    await page.getByText('credentials_file: /etc/prometheus/genchi.token').first().waitFor();
    await check('connect-tokens');
    // The browser tells of what the server refuses, so nothing is looked at after it.
    const id = decodeURIComponent(pathname.split('/').at(-1) ?? '');
    const refused = await askIn(
      page,
      `mutation { acknowledgeIncident(input: { incident: "${id}", author: "me" }) { id } }`,
    );
    expect(refused.status).toBe(403);
    const seen = await askIn(page, '{ incidents { nodes { acknowledgements { author } } } }');
    expect(JSON.parse(seen.body)).toEqual({ data: { incidents: { nodes: [{ acknowledgements: [] }] } } });
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('heading', { level: 1, name: 'Log in' }).waitFor();
    await leave();
  });
}
