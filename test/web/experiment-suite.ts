import { expect, it } from 'vitest';
import { remoteWrite, remoteWriteHeaders, writeRequest } from '../ingest/fixture.js';
import type { Site } from './site.js';
import { visit } from './visit.js';

const MINUTE_MS = 60_000;
const SERVICE = 'pricing';
const BEGAN_MINUTES_AGO = 45;
const EVERY_MS = 15_000;
const FAR_MS = 110 * MINUTE_MS;

/** What two versions of a service measured over the last hours: the second is a third faster since the experiment began. */
async function sendArms(url: string, nowMs: number): Promise<void> {
  const beganMs = nowMs - BEGAN_MINUTES_AGO * MINUTE_MS;
  const times = Array.from({ length: FAR_MS / EVERY_MS }, (_, place) => nowMs - FAR_MS + place * EVERY_MS);
  const series = ['1', '2'].map((version) => ({
    labels: [
      ['__name__', 'kanban_latency_p99_ms'],
      ['service', SERVICE],
      ['version', version],
    ] as const,
    samples: times.map((at, place) => {
      const noise = ((place * 7_919 + Number(version) * 31) % 41) - 20;
      return { at, value: (version === '2' && at >= beganMs ? 130 : 200) + noise };
    }),
  }));
  const { body } = remoteWrite(writeRequest(series));
  const response = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: remoteWriteHeaders,
    body: Buffer.from(body),
  });
  expect(response.status).toBe(204);
}

/** Experiments, from the form to the verdict. */
export function experimentSuite(site: () => Site): void {
  it('runs from the form to the verdict, and draws how its interval narrowed', async () => {
    await sendArms(site().url, Date.now());
    const { page, goTo, check, leave } = await visit(site());
    await goTo('/experiments');
    await page.getByRole('button', { name: 'Start an experiment' }).click();
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByRole('button', { name: 'changes by, %' }).waitFor();
    const focused = page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    expect(await focused).toBe('What is wrong');
    for (const [label, value] of [
      ['If we do this', 'keep prices in memory'],
      ['this metric', 'kanban_latency_p99_ms'],
      ['changes by, %', '-20'],
      ['since', 'most of the time goes into reading them'],
      ['Name', 'prices-in-memory'],
      ['Canary', 'version=2'],
      ['Control', 'version=1'],
      ['Began, minutes ago', String(BEGAN_MINUTES_AGO)],
    ] as const) {
      await page.getByLabel(label).fill(value);
    }
    await page.getByRole('combobox', { name: 'Service' }).fill(SERVICE);
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByText('Started:').waitFor();
    await check('experiments');
    await page.getByText('Started:').getByRole('link').click();
    await page.getByRole('heading', { level: 1, name: 'keep prices in memory' }).waitFor();
    await page.locator('.badge', { hasText: 'success' }).waitFor();
    await page.getByRole('img', { name: /^Change in percent, now −?-?\d/ }).waitFor();
    await check('experiment');
    await page.getByRole('button', { name: /^End it/ }).click();
    await page.getByText('as recorded at its end').waitFor();
    await goTo('/experiments?state=ENDED');
    await page
      .getByRole('row', { name: /prices-in-memory/ })
      .locator('.badge', { hasText: 'success' })
      .waitFor();
    await leave();
  });
}
