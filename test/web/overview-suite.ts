import { expect, it } from 'vitest';
import type { Site } from './site.js';
import { visit } from './visit.js';

/** The overview, the pages of services, and the list of incidents. */
export function overviewSuite(site: () => Site): void {
  it('shows what is wrong, what it points to and how sure that is, in one look', async () => {
    const { page, goTo, check, leave } = await visit(site());
    await goTo('/');
    const entry = page.locator('.incident-entry').first();
    await entry.getByText('FrontendSlow on frontend').waitFor();
    expect(await entry.textContent()).toMatch(/change of db\.pool\.maxConnections from 20 to 2 of payments/);
    expect(await entry.textContent()).toMatch(/likely · \d+ %/);
    expect(await page.locator('table.pillars tbody tr').count()).toBe(4);
    expect(await page.locator('.lane').first().textContent()).toMatch(/Deployments 1\d/);
    await check('overview');
    await leave();
  });

  it('sorts and filters services, and its address says how', async () => {
    const { page, goTo, leave } = await visit(site());
    await goTo('/');
    const names = page.locator('table.services tbody th[scope=row]');
    await page.getByRole('button', { name: /^Service/ }).click();
    await page.getByRole('button', { name: /^Service/ }).click();
    await expect.poll(() => names.first().textContent()).toBe('users');
    await page.getByLabel('Name contains').fill('pay');
    await expect.poll(() => names.allTextContents()).toEqual(['payments']);
    expect(new URL(page.url()).search).toBe('?sort=name.down&service=pay');
    await page.reload();
    await expect.poll(() => names.allTextContents()).toEqual(['payments']);
    await page.getByRole('link', { name: 'payments', exact: true }).last().click();
    await page.getByRole('heading', { level: 1, name: 'payments' }).waitFor();
    await page.goBack();
    await expect.poll(() => page.getByLabel('Name contains').inputValue()).toBe('pay');
    await leave();
  });

  it('shows the times of a link to whoever opens it', async () => {
    const { page, goTo, leave } = await visit(site());
    await goTo('/?from=2026-01-01T00:00:00Z&to=2026-01-01T06:00:00Z');
    await page.getByText('Nothing changed').waitFor();
    await page.getByLabel('Time range').selectOption('24h');
    await expect.poll(() => new URL(page.url()).search).toBe('?last=24h');
    await page.locator('.happening').first().waitFor({ state: 'attached' });
    await leave();
  });

  it('shows of a service its pillars, charts, neighbours and changes', async () => {
    const { page, goTo, check, leave } = await visit(site());
    await goTo('/services/payments');
    await page.locator('.metric canvas').first().waitFor();
    const chart = page.getByRole('img', {
      name: /^db_pool_connections_max of payments: 2 series, from 2 to 20/,
    });
    await chart.waitFor({ state: 'attached' });
    await page.locator('.neighbours').getByRole('link', { name: 'checkout' }).waitFor();
    expect(await page.locator('.lane', { hasText: 'Configuration' }).textContent()).toContain('1');
    await check('service');
    await leave();
  });

  it('says so when nothing is known of a service', async () => {
    const { page, goTo, check, leave } = await visit(site());
    await goTo('/services/no%2Fsuch');
    await page.getByText('No evidence speaks of such a service').waitFor();
    await check('service-unknown');
    await leave();
  });

  it('lists incidents by state, severity and service', async () => {
    const { page, goTo, check, leave } = await visit(site());
    await goTo('/incidents');
    await page.getByRole('link', { name: /FrontendSlow/ }).waitFor();
    await check('incidents');
    await page.getByLabel('State').selectOption('resolved');
    await page.getByText('None is like that').waitFor();
    expect(new URL(page.url()).search).toBe('?state=resolved');
    await page.getByLabel('State').selectOption('open');
    await page.getByLabel('Severity').selectOption('critical');
    await page.getByRole('link', { name: /FrontendSlow/ }).waitFor();
    await page.getByLabel('Service (in full)').fill('payments');
    await page.keyboard.press('Enter');
    await page.getByText('None is like that').waitFor();
    await leave();
  });
}
