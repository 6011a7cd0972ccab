import { expect, it } from 'vitest';
import type { Site } from './site.js';
import { type Visit, visit } from './visit.js';

const CHANGES =
  'SELECT ?time ?change { ?change a tps:Deployment ; tps:timestamp ?time } ORDER BY ?time LIMIT 5';

/** Types a query in the place of the one that is there. */
async function write({ page }: Visit, query: string): Promise<void> {
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(query);
}

/** What is said of a query that is wrong is an error of the console too, as browsers see it. */
const withoutRefusals = (faults: readonly string[]): readonly string[] =>
  faults.filter((fault) => !/status of 400/.test(fault));

/** Scrolls to the end of the page in sixty frames; the longest of them, in milliseconds. */
async function scrollThrough(): Promise<number> {
  const step = document.documentElement.scrollHeight / 60;
  let slowest = 0;
  let before = performance.now();
  for (let frame = 1; frame <= 60; frame++) {
    window.scrollTo(0, frame * step);
    const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
    slowest = Math.max(slowest, now - before);
    before = now;
  }
  return slowest;
}

/** The SPARQL editor. */
export function exploreSuite(site: () => Site): void {
  it('completes what is typed, runs it by Ctrl+Enter, and shows rows with links to their receipts', async () => {
    const here = await visit(site());
    const { page, goTo, check, leave } = here;
    const terms = page.waitForResponse(/ontology/);
    await goTo('/explore');
    await (await terms).finished();
    await page.getByRole('button', { name: 'Alerts that tire people' }).waitFor();
    await write(here, 'SELECT * { ?change ');
    await page.keyboard.type('a tps:Deplo', { delay: 20 });
    await page
      .getByRole('option', { name: /tps:Deployment/ })
      .first()
      .waitFor();
    await write(here, CHANGES);
    await page.keyboard.press('Control+Enter');
    await page.getByText('5 rows, 2 columns').waitFor();
    const link = page.getByRole('region', { name: 'Rows of the answer' }).getByRole('link').first();
    expect(await link.getAttribute('href')).toMatch(/^\/id\/deployment\//);
    await check('explore');
    await leave();
  });

  it('has its query in the address, so that a link shows the same to the next reader', async () => {
    const here = await visit(site());
    await here.goTo('/explore');
    await write(here, `${CHANGES} # ${'a long remark '.repeat(100)}`);
    await here.page.getByRole('button', { name: /^Run Ctrl/ }).click();
    await here.page.getByText('5 rows, 2 columns').waitFor();
    const address = here.page.url();
    expect(address).toContain('packed=');
    await here.leave();
    const next = await visit(site());
    await next.page.goto(address);
    await next.page.getByText('5 rows, 2 columns').waitFor();
    expect(await next.page.locator('.cm-content').textContent()).toContain('a long remark');
    expect(next.faults).toEqual([]);
    await next.leave();
  });

  it('marks what cannot be read at its place, and says why in words', async () => {
    const here = await visit(site());
    await here.goTo('/explore');
    await write(here, 'SELECT * {\n  ?s a foo\n}');
    await here.page.keyboard.press('Control+Enter');
    await here.page.getByRole('alert').getByText('Line 2 cannot be read').waitFor();
    expect(await here.page.locator('.cm-lintRange-error').textContent()).toBe('foo');
    expect(withoutRefusals(here.faults)).toEqual([]);
    await here.leave();
  });

  it('asks a question by its form, refuses what is no value, and explains how it was answered', async () => {
    const here = await visit(site());
    const { page } = here;
    await here.goTo('/explore');
    await page.getByRole('button', { name: 'Alerts that tire people' }).click();
    await page.getByLabel('fewest').fill('many');
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByText('Expected a whole number.').waitFor();
    await page.getByLabel('fewest').fill('1');
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByText(/rows?, 6 columns/).waitFor();
    await page.getByRole('button', { name: 'Explain' }).click();
    await page.getByRole('heading', { name: 'How it was answered' }).waitFor();
    await here.check('explore-explained');
    await here.leave();
  });

  it('draws rows over time as a chart, and thousands of them as a table of which few are drawn', async () => {
    const here = await visit(site(), { colorScheme: 'dark' });
    const { page } = here;
    const query =
      'SELECT ?time ?value { ?s a tps:MetricSample ; tps:metric "http_requests_in_flight" ; tps:timestamp ?time ; tps:metricValue ?value } LIMIT 10000';
    await here.goTo(`/explore?query=${encodeURIComponent(query)}`);
    await page.getByText('10,000 rows, 2 columns').waitFor();
    expect(await page.locator('.answer-table tbody tr').count()).toBeLessThan(120);
    const slowest = await page.evaluate(scrollThrough);
    expect(slowest).toBeLessThan(500);
    expect(await page.locator('.answer-table tbody tr').count()).toBeLessThan(120);
    expect(await page.locator('.answer-table tbody tr:not(.spacer)').last().isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Chart' }).click();
    await page.getByRole('img', { name: /over time/ }).waitFor();
    expect(page.url()).toContain('view=chart');
    await here.check('explore-chart-dark');
    await here.leave();
  });

  it('cancels a query that takes long', async () => {
    const here = await visit(site());
    await here.page.route('**/sparql', async (route) => {
      if ((route.request().postData() ?? '').includes('for long')) return;
      await route.continue();
    });
    await here.goTo('/explore');
    await write(here, 'ASK { ?s ?p ?o } # for long');
    await here.page.keyboard.press('Control+Enter');
    await here.page.getByRole('button', { name: 'Cancel' }).click();
    await here.page.getByText('Cancelled').waitFor();
    await here.leave();
  });
}
