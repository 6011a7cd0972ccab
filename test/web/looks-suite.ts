import { expect, it } from 'vitest';
import type { Site } from './site.js';
import { visit } from './visit.js';

const LOOKS = [
  ['dark', { colorScheme: 'dark' }],
  ['narrow', { viewport: { width: 360, height: 740 } }],
  ['wide', { viewport: { width: 2_560, height: 1_300 } }],
] as const;

/** Every page in the dark, on a telephone and on a wall. */
export function looksSuite(site: () => Site): void {
  it.each(LOOKS)('is without barriers and scrolls one way only: %s', async (look, options) => {
    const { page, goTo, keep, check, leave } = await visit(site(), options);
    const pages = {
      overview: '/',
      incidents: '/incidents',
      service: '/services/frontend',
      incident: `/incidents/${site().incident}`,
    };
    for (const [name, path] of Object.entries(pages)) {
      await goTo(path);
      // What is without barriers at one width in these colours is so at a greater one.
      await (look === 'wide' ? keep : check)(`${name}-${look}`);
      const [whole, seen] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        window.innerWidth,
      ]);
      expect(whole, path).toBeLessThanOrEqual(seen ?? 0);
    }
    await leave();
  });

  it('is light or dark as the reader chose, from the first moment on', async () => {
    const { page, goTo, leave } = await visit(site());
    await goTo('/');
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await ground();
    await page.getByLabel('Theme').selectOption('dark');
    const dark = await ground();
    expect(dark).not.toBe(light);
    await page.reload();
    expect(await ground()).toBe(dark);
    // Documents have no script that could tell them.
    for (const path of ['/documents', '/ontology']) {
      await page.goto(site().url + path);
      expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), path).toBe(dark);
    }
    await leave();
  });
}
