import { expect, it } from 'vitest';
import { ask, type Site } from './site.js';
import { visit } from './visit.js';

/** Objectives: registered, refused, imported, edited. */
export function objectivesSuite(site: () => Site): void {
  it('registers an objective, and says beside each field what it expects', async () => {
    const { page, goTo, check, leave } = await visit(site());
    await goTo('/slos');
    await page.getByRole('button', { name: 'Register an objective' }).click();
    await page.getByRole('button', { name: 'Register', exact: true }).click();
    await page.getByText('4 fields need another value.').waitFor();
    await page.getByLabel('Name').fill('frontend-success');
    await page.getByRole('combobox', { name: 'Service' }).fill('frontend');
    await page.getByLabel('Metric').fill('jidoka_success_rate');
    await page.getByLabel('Is good').selectOption('AT_LEAST');
    await page.getByLabel('Target').fill('99');
    await page.getByLabel('Window').fill('1h');
    await page.getByRole('button', { name: 'Register', exact: true }).click();
    await page.getByText('Registered:').waitFor();
    await check('slos');
    await page
      .getByRole('row', { name: /frontend-success/ })
      .getByRole('link', { name: 'frontend-success' })
      .click();
    await page.getByRole('heading', { level: 1, name: 'frontend-success' }).waitFor();
    await page.getByRole('heading', { name: 'Burn rates' }).waitFor();
    await check('slo');
    await leave();
  });

  it('shows what a pasted text would become before it registers anything', async () => {
    const { page, goTo, faults, leave } = await visit(site());
    await goTo('/slos');
    await page.getByRole('button', { name: 'Import OpenSLO' }).click();
    const yaml =
      '- slo: pasted\n  service: cart\n  metric: x_ms\n  direction: at_most\n  target: 5\n  window: 1d\n- slo: bad\n  window: soon\n';
    await page.getByLabel(/^YAML/).fill(yaml);
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('What could not be taken').waitFor();
    const names = '{ slos { nodes { name } } }';
    expect(JSON.stringify(await ask(site().url, names))).not.toContain('pasted');
    await page.getByRole('button', { name: 'Register 1' }).click();
    await page.getByText('Registered.', { exact: false }).waitFor();
    expect(JSON.stringify(await ask(site().url, names))).toContain('pasted');
    expect(faults).toEqual([]);
    await leave();
  });
}

/** The Kaizen log, runbooks, and reviews. */
export function kaizenSuite(site: () => Site): void {
  it('logs an improvement and moves it on', async () => {
    const { page, goTo, check, leave } = await visit(site());
    await goTo('/kaizen');
    await page.getByRole('button', { name: 'Log an improvement' }).click();
    await page.getByRole('button', { name: 'Log it' }).click();
    await page.getByRole('button', { name: 'What it is' }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
      'What is wrong',
    );
    await page.getByLabel('What it is').fill('A pool of 40 connections');
    await page.getByLabel('Name').fill('pool-40');
    await page.getByRole('button', { name: 'Log it' }).click();
    const card = page.getByRole('listitem').filter({ hasText: 'A pool of 40 connections' });
    await card.getByText('Move it on').click();
    await card.getByRole('button', { name: 'started' }).click();
    await card.locator('.badge', { hasText: 'started' }).waitFor();
    await check('kaizen');
    await leave();
  });

  it('finds runbooks by words, shows one, and the incidents that it was for', async () => {
    const { page, goTo, check, leave } = await visit(site());
    await goTo('/runbooks');
    await page
      .getByRole('link', { name: /FrontendSlow/ })
      .first()
      .waitFor();
    await check('runbooks');
    await page.getByRole('searchbox', { name: 'Search' }).fill('deployment');
    await page
      .getByRole('row', { name: /bad-deployment/ })
      .getByRole('link')
      .first()
      .click();
    await page.getByRole('heading', { name: 'What to do' }).waitFor();
    await check('runbook');
    await leave();
  });

  it('shows the review of a week, and of others', async () => {
    const { page, goTo, check, leave } = await visit(site(), { viewport: { width: 360, height: 800 } });
    await goTo('/reviews');
    await page.getByRole('link', { name: 'As a document' }).waitFor();
    await check('review-narrow');
    const before = page.locator('.week-head button').first();
    const week = ((await before.textContent()) ?? '').replace(/[^\dW-]/g, '');
    await before.click();
    await page.waitForURL((url) => url.searchParams.get('week') === week);
    await leave();
  });
}
