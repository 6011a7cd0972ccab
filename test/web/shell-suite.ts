import { expect, it } from 'vitest';
import type { Site } from './site.js';
import { visit } from './visit.js';

/** What holds on every page. */
export function shellSuite(site: () => Site): void {
  it('is reached by keys: pages by g and a letter, things by their names, the list of keys by ?', async () => {
    const { page, goTo, faults, leave } = await visit(site());
    await goTo('/');
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await page.getByRole('heading', { level: 1, name: 'Incidents' }).waitFor();
    await page.keyboard.press('/');
    await page.getByRole('option', { name: /catalogue/ }).waitFor();
    await page.keyboard.type('paym');
    await page.getByRole('option', { name: 'service payments' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'payments' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/services/payments');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).getByText('Search services').waitFor();
    await page.keyboard.press('Escape');
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Incidents' }).waitFor();
    expect(faults).toEqual([]);
    await leave();
  });

  it('leads past the navigation first, and keeps the focus in sight', async () => {
    const { page, goTo, leave } = await visit(site());
    await goTo('/');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Skip to the page');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    await leave();
  });

  it('tells times in UTC or as the clock here has them, and keeps that choice', async () => {
    const { page, goTo, leave } = await visit(site(), { timezoneId: 'Asia/Tokyo' });
    await goTo('/');
    await page.getByText('Asia/Tokyo time').waitFor();
    await page.getByRole('button', { name: /times$/ }).click();
    await page.getByText(/h, UTC time/).waitFor();
    await page.reload();
    await page.getByText(/h, UTC time/).waitFor();
    await leave();
  });

  it('says what went wrong when the server does not answer, and tries again when asked', async () => {
    const { page, leave } = await visit(site());
    let isBack = false;
    await page.route('**/graphql', async (route) => {
      // What is told live hangs: nothing but the button asks again, which a connection taken up anew would.
      if (route.request().headers().accept?.includes('event-stream') === true) return;
      await (isBack ? route.continue() : route.abort());
    });
    await page.goto(`${site().url}/incidents`);
    await page.getByRole('alert').getByText('The server does not answer').waitFor();
    isBack = true;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('link', { name: /FrontendSlow/ }).waitFor();
    await leave();
  });
}
