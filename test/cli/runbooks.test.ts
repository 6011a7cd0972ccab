import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { startApp } from '../../src/app.js';
import type { RunningApp } from '../../src/cli/index.js';
import { instantOf } from '../../src/model/index.js';
import { outageEvents } from './outage.js';
import { run } from './outside.js';

let folder: string;
let app: RunningApp;
const ask = (...argv: readonly string[]) => run([...argv, '--url', app.url]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'genchi-cli-runbooks-'));
  await writeFile(join(folder, 'broken.md'), '---\ntitle: [\n');
  const { out } = await run(['runbooks', 'check']);
  expect(out).toMatch(/^\d+ runbooks are well\.\n$/);
  app = await startApp({ port: 0, data: join(folder, 'data'), logLevel: 'silent', runbooks: folder });
  await app.ready;
  const body = outageEvents(instantOf(Date.now() - 60_000))
    .map((event) => JSON.stringify(event))
    .join('\n');
  const sent = await fetch(`${app.url}/api/v1/events`, {
    ...{ method: 'POST', body },
    headers: { 'content-type': 'application/x-ndjson' },
  });
  expect(sent.ok).toBe(true);
});
afterAll(async () => {
  await app?.close();
  await rm(folder, { recursive: true, force: true });
});

/** The id of the incident, once it has candidates. */
async function incidentId(): Promise<string> {
  const listed = z.array(z.looseObject({ id: z.string(), candidates: z.array(z.unknown()) }));
  return await vi.waitFor(
    async () => {
      const [one] = listed.parse(JSON.parse((await ask('incidents', '--json')).out));
      expect(one?.candidates).not.toEqual([]);
      return one?.id ?? '';
    },
    { timeout: 20_000 },
  );
}

describe('genchi runbooks', () => {
  it('lists those in force, and tells of the files that are none', async () => {
    const { code, out, err } = await ask('runbooks');
    expect(code).toBe(0);
    expect(out).toMatch(/^name +origin +services +severity +owner +title\n/);
    expect(out).toMatch(/^memory-leak +shipped +any +any /m);
    expect(err).toMatch(/broken\.md:\d+: .+\n$/);
  });

  it('shows one, and ends with 1 for one that is not there', async () => {
    const { out } = await ask('runbooks', 'show', 'memory-leak');
    expect(out).toMatch(/^# Memory runs out/);
    expect(out).toContain('## Mitigation');
    expect(await ask('runbooks', 'show', 'none')).toMatchObject({
      code: 1,
      err: 'genchi: there is no runbook none\n',
    });
  });

  it('matches them to an incident with the reason, and drafts one that is well', async () => {
    const id = await incidentId();
    const { code, out } = await ask('runbooks', 'match', '--incident', id);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^ 1\. bad-deployment: .+\n {4}Candidate 1 \(.*2\.0\.0.*it blames a deployment\.\n {4}http/,
    );
    const json = JSON.parse((await ask('runbooks', 'match', '--incident', id, '--json')).out);
    expect(json.runbooks[0]).toMatchObject({ runbook: { name: 'bad-deployment' }, candidate: { rank: 1 } });
    const filled = await ask('runbooks', 'show', 'bad-deployment', '--incident', id);
    expect(filled.out).toContain(`/queries/correlation/before-incident?incident=${id}&`);
    expect(await ask('runbooks', 'show', 'certificate-expiry', '--incident', id)).toMatchObject({
      code: 1,
      err: `genchi: there is no runbook certificate-expiry among those that match ${id}\n`,
    });
    const drafts = await mkdtemp(join(tmpdir(), 'genchi-drafts-'));
    await writeFile(join(drafts, 'draft.md'), (await ask('runbooks', 'propose', id)).out);
    expect(await run(['runbooks', 'check', drafts])).toMatchObject({
      code: 0,
      out: '1 runbooks are well.\n',
    });
    await rm(drafts, { recursive: true, force: true });
    expect(await ask('runbooks', 'match', '--incident', 'none')).toMatchObject({
      code: 1,
      err: 'genchi: there is no incident none\n',
    });
  });

  it('checks a folder without a server: each fault with its line, and exit code 1', async () => {
    const { code, out, err } = await run(['runbooks', 'check', folder]);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/broken\.md:\d+: .+\ngenchi: 1 of 1 files are no runbooks\n$/);
  });
});
