import { expect, it } from 'vitest';
import type { Site } from './site.js';
import { visit } from './visit.js';

/** The page of an incident, and what people do on it. */
export function incidentSuite(site: () => Site): void {
  const path = () => `/incidents/${site().incident}`;

  it('tells what caused it, how that is known, and what was ruled out', async () => {
    const { page, goTo, check, leave } = await visit(site());
    await goTo(path());
    const answer = page.getByRole('region', { name: 'Answer' });
    expect(await answer.textContent()).toMatch(/change of db\.pool\.maxConnections from 20 to 2 of payments/);
    expect(await answer.textContent()).toMatch(/likely · \d+ %.*of 100 first answers/);
    const first = page.locator('.candidate').first();
    expect(await first.locator('.arguments li').count()).toBeGreaterThan(3);
    await first.getByText('How the score is made').click();
    await first.getByRole('rowheader', { name: 'origin' }).waitFor();
    expect(await page.locator('.ruled-out > li').count()).toBeGreaterThan(0);
    await page
      .locator('.ruled-out')
      .getByText(/after the symptom began|No lasting change/)
      .first()
      .waitFor();
    await page.getByText('Here evidence stops.').first().waitFor();
    await page.getByText('A configuration change broke the service').waitFor();
    await page.locator('.metric canvas').nth(1).waitFor();
    await check('incident');
    await leave();
  });

  it('opens the receipts of what it says', async () => {
    const { page, goTo, leave } = await visit(site());
    await goTo(path());
    await page.locator('.candidate').first().locator('.cites a').first().click();
    await page.waitForURL(/\/id\/config_change\//);
    expect(await page.locator('main').textContent()).toContain('db.pool.maxConnections');
    await page.goBack();
    await page.getByRole('region', { name: 'Answer' }).waitFor();
    await leave();
  });

  it('draws whose degradation is its own, and tells the same in a table', async () => {
    const { page, goTo, leave } = await visit(site());
    await goTo(path());
    await page.locator('.graph svg .node').first().waitFor();
    expect(await page.locator('.node.tone-bad').allTextContents()).toContainEqual(
      expect.stringContaining('payments'),
    );
    const part = page.getByRole('region', { name: 'Dependencies' });
    await part.getByText(/as a list/).click();
    const row = part.getByRole('row', { name: /^payments/ });
    expect(await row.textContent()).toMatch(/own \d+ %/);
    await leave();
  });

  it('points at one time in the lanes and in every chart', async () => {
    const { page, goTo, leave } = await visit(site());
    await goTo(path());
    await page.locator('.metric canvas').first().waitFor();
    await page
      .locator('.lane-track')
      .first()
      .hover({ position: { x: 400, y: 10 } });
    await expect.poll(() => page.locator('.lane-ground .cursor').count()).toBe(1);
    const legend = page.locator('ul.legend b').first();
    await legend.waitFor();
    await leave();
  });

  it('takes an acknowledgement and a verdict, and others see both without reloading', async () => {
    const one = await visit(site());
    const other = await visit(site());
    await Promise.all([one.goTo(path()), other.goTo(path())]);
    await expect.poll(() => other.page.locator('.connection').textContent()).toBe('live');
    await one.page.getByRole('button', { name: 'Acknowledge' }).click();
    const dialog = one.page.getByRole('dialog', { name: 'Acknowledge' });
    await dialog.getByLabel('Your name').fill('Ada');
    await dialog.getByRole('button', { name: 'Acknowledge' }).click();
    await other.page.getByText('taken on by Ada').waitFor();
    const answer = one.page.getByRole('region', { name: 'Answer' });
    await answer.getByRole('button', { name: 'Confirm' }).click();
    const judging = one.page.getByRole('dialog', { name: 'Confirm' });
    expect(await judging.getByLabel('Your name').inputValue()).toBe('Ada');
    await judging.getByLabel(/What to say/).fill('The pool was shrunk by mistake.');
    await judging.getByRole('button', { name: 'Confirm' }).click();
    await answer.locator('h2').getByText('confirmed by Ada').waitFor();
    await other.page.locator('.answer h2').getByText('confirmed by Ada').waitFor();
    await other.page.reload();
    await other.page.getByText('The pool was shrunk by mistake.').first().waitFor();
    await one.check('incident-judged');
    await Promise.all([one.leave(), other.leave()]);
  });

  it('is over on every page as soon as somebody resolves it', async () => {
    const one = await visit(site());
    const other = await visit(site());
    await Promise.all([one.goTo(path()), other.goTo('/')]);
    await other.page.locator('.incident-entry').first().waitFor();
    await expect.poll(() => other.page.locator('.connection').textContent()).toBe('live');
    await one.page.getByRole('button', { name: 'Resolve' }).click();
    const dialog = one.page.getByRole('dialog', { name: 'Resolve' });
    await dialog.getByLabel('Your name').fill('Ada');
    await dialog.getByRole('button', { name: 'Resolve' }).click();
    await one.page.locator('.incident-head').getByText('resolved').waitFor();
    await other.page.getByText('No incident is open').waitFor();
    await other.check('overview-calm');
    await Promise.all([one.leave(), other.leave()]);
  });

  it('says so when there is no such incident', async () => {
    const { goTo, page, check, leave } = await visit(site());
    await goTo('/incidents/no-such');
    await page.getByText('Nothing is recorded of an incident no-such').waitFor();
    await check('incident-unknown');
    await leave();
  });
}
