/** A visit to a page, which hears of everything that must not happen on any of them. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { SHOTS, type Site } from './site.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** A window of a browser of its own, with what went wrong in it. */
export interface Visit {
  readonly page: Page;
  /** Errors of scripts and of the console, requests to other hosts, breaches of the policy. */
  readonly faults: readonly string[];
  /** Goes to a path, and waits until its heading is there. */
  goTo(path: string): Promise<void>;
  /** Keeps a picture of the page. */
  keep(name: string): Promise<void>;
  /** Fails when anything went wrong, or when axe finds a barrier; keeps a picture of the page. */
  check(name: string): Promise<void>;
  leave(): Promise<void>;
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

async function barriersOn(page: Page): Promise<readonly string[]> {
  // What lies below the header when a page is scrolled counts as too small to be hit.
  await page.evaluate('scrollTo(0, 0)');
  // A protocol of the browser puts it in, not the page: its policy stays as it is.
  await page.evaluate(AXE);
  // What it found in order is many times as much, and would only be sent here to be thrown away.
  const { violations } = (await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(WCAG)}, resultTypes: ['violations'] })
      .then(({ violations }) => ({ violations }))`,
  )) as AxeResult;
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`,
  );
}

function listen(page: Page, url: string, faults: string[]): void {
  page.on('pageerror', ({ message }) => faults.push(`script: ${message}`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:'))
      faults.push(`elsewhere: ${request.url()}`);
  });
}

/** Opens a window. */
export async function visit({ browser, url }: Site, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1_440, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const faults: string[] = [];
  listen(page, url, faults);
  const keep = async (name: string): Promise<void> => {
    await page.locator('.waiting').first().waitFor({ state: 'detached' });
    await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
  };
  return {
    page,
    faults,
    goTo: async (path) => {
      await page.goto(url + path);
      await page.locator('main h1').waitFor({ state: 'attached' });
      await page.locator('.waiting').first().waitFor({ state: 'detached' });
    },
    keep,
    check: async (name) => {
      await keep(name);
      expect(await barriersOn(page)).toEqual([]);
      expect(faults).toEqual([]);
    },
    leave: () => context.close(),
  };
}
