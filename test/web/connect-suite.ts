import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { genchi } from '../server-process.js';
import type { Site } from './site.js';
import { visit } from './visit.js';

/** A server on an empty folder that takes known operations alone, for as long as `work` takes. */
async function onEmptyServer(site: Site, work: (empty: Site) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'genchi-connect-'));
  // No client's own: the pages have to work by what their build told the server.
  const operations = join(folder, 'operations.json');
  await writeFile(operations, '{}');
  const known = ['--graphql-persisted-only', '--graphql-persisted-operations', operations];
  const run = genchi(['serve', '--port', '0', '--data', join(folder, 'data'), ...known]);
  await run.says(/"msg":"ready"/);
  const url = /"url":"(http:[^"]+)"/.exec(run.err())?.[1] ?? '';
  try {
    await work({ ...site, url });
  } finally {
    run.child.kill('SIGTERM');
    await run.exited;
    await rm(folder, { recursive: true });
  }
}

/** How senders are connected. */
export function connectSuite(site: () => Site): void {
  it('leads from an empty overview to the lines to paste, and turns green as the first data arrive', async () => {
    await onEmptyServer(site(), async (empty) => {
      const { page, check, leave } = await visit(empty);
      await page.goto(`${empty.url}/`);
      await page
        .getByRole('link', { name: /[Cc]onnect/ })
        .first()
        .waitFor();
      await page.getByText('Nothing has come in yet').waitFor();
      await page.getByRole('link', { name: 'Connect the first sender' }).click();
      const changes = page.getByRole('region', { name: 'Deployments and other changes' });
      await changes.getByText('waiting').waitFor();
      expect(await page.getByText(`${empty.url}/api/v1/write`).count()).toBeGreaterThan(0);
      await check('connect-first-run');
      await fetch(`${empty.url}/api/v1/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ kind: 'deployment', service: 'cart', version: '1' }),
      });
      await changes.getByText('connected').waitFor();
      await changes.getByText('one event').waitFor();
      expect(await page.getByRole('region', { name: 'Alertmanager' }).getByText('waiting').count()).toBe(1);
      await check('connect-green');
      await leave();
    });
  });
}
