import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type ServerProcess, serveProcess } from '../server-process.js';
import type { Site } from './site.js';
import { visit } from './visit.js';

const LONG = `a-service-with-a-name-of-a-hundred-characters-${'x'.repeat(54)}`;

/** Records a failure of each of so many services. */
async function addServices(url: string, count: number): Promise<void> {
  const names = [
    LONG,
    ...Array.from({ length: count - 1 }, (_, place) => `svc-${String(place).padStart(3, '0')}`),
  ];
  const events = names.map((service) => ({ kind: 'failure', service, component: 'api', reason: 'timeout' }));
  const response = await fetch(`${url}/api/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(events),
  });
  expect(response.status).toBeLessThan(300);
}

/** A busy machine takes its time to start a server. */
const PATIENT = { timeout: 15_000 };

async function end({ child, exited }: ServerProcess): Promise<void> {
  child.kill('SIGTERM');
  await exited;
}

/** 500 services, names of a hundred characters, and a server that nobody has told anything. */
export function scaleSuite(site: () => Site): void {
  it('draws of 500 services only the rows that are seen, and cuts long names', async () => {
    await addServices(site().url, 500);
    const { page, goTo, check, leave } = await visit(site());
    await goTo('/?sort=name.up');
    // Those 500, the shop's, and what other tests told of.
    await page.getByText(/^5\d\d services$/).waitFor();
    const rows = page.locator('table.services tbody th[scope=row]');
    expect(await rows.count()).toBeLessThan(80);
    await check('overview-500');
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await page.getByRole('link', { name: 'users', exact: true }).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    await goTo(`/services/${LONG}`);
    await check('service-long-name');
    await leave();
  });

  it('says of a server that was told nothing what is missing, and not that all is well', async () => {
    const data = await mkdtemp(join(tmpdir(), 'genchi-web-'));
    const server = await serveProcess(data);
    const { page, goTo, check, leave } = await visit({ ...site(), url: server.url });
    await goTo('/');
    await page.getByText('No service is known yet').waitFor();
    await page
      .getByText(/Nothing was measured yet|no data/)
      .first()
      .waitFor();
    await page.getByText('No metric has spoken for a day').waitFor();
    await check('overview-empty');
    await leave();
    await end(server);
    await rm(data, { recursive: true, force: true });
  });

  it('says since when it is stale once the server is gone, and is live again by itself', async () => {
    const data = await mkdtemp(join(tmpdir(), 'genchi-web-'));
    const first = await serveProcess(data);
    const { page, goTo, leave } = await visit({ ...site(), url: first.url });
    await goTo('/');
    const state = page.locator('.connection');
    await expect.poll(() => state.textContent(), PATIENT).toBe('live');
    await end(first);
    await expect.poll(() => state.textContent(), PATIENT).toMatch(/^stale since \d\d:\d\d:\d\d$/);
    await page.getByText('what is shown may have changed').waitFor();
    const second = await serveProcess(data, ['--port', new URL(first.url).port]);
    await expect.poll(() => state.textContent(), PATIENT).toBe('live');
    await page.getByText('what is shown may have changed').waitFor({ state: 'detached' });
    await leave();
    await end(second);
    await rm(data, { recursive: true, force: true });
  });
}
