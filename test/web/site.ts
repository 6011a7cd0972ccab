/** What the tests of the pages run against: one server that the demo fed, and one browser. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { type Browser, chromium } from 'playwright-core';
import { genchi, type Run } from '../server-process.js';

/** Where screenshots of the pages are put. */
export const SHOTS = 'test-results/web';

/** The browser; Debian's unless another one is named. */
const CHROMIUM = process.env.GENCHI_CHROMIUM ?? '/usr/bin/chromium';

/**
 * Whether there is a browser to test with. `GENCHI_REQUIRE_CHROMIUM=1` says that there has to be one: then tests fail
 * where they would otherwise say that they are skipped.
 */
export const hasBrowser = existsSync(CHROMIUM) || process.env.GENCHI_REQUIRE_CHROMIUM === '1';

/** A server with an open incident, and a browser. */
export interface Site {
  readonly url: string;
  readonly browser: Browser;
  /** The id of the incident. */
  readonly incident: string;
  close(): Promise<void>;
}

/** Waits until what a process printed matches. */
async function printed(run: Run, pattern: RegExp): Promise<string> {
  for (;;) {
    const match = pattern.exec(run.out());
    if (match?.[1] !== undefined) return match[1];
    const code = await Promise.race([
      run.exited,
      new Promise<undefined>((resolve) => run.child.stdout?.once('data', () => resolve(undefined))),
    ]);
    if (typeof code === 'number') throw new TypeError(`ended with ${code}: ${run.err()}${run.out()}`);
  }
}

/** Asks a server over GraphQL. */
export async function ask(url: string, query: string, variables: object = {}): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data?: unknown; errors?: unknown };
  if (errors !== undefined) throw new TypeError(JSON.stringify(errors));
  return data;
}

/** Starts the demo and the browser, side by side. */
export async function openSite(): Promise<Site> {
  await mkdir(SHOTS, { recursive: true });
  const run = genchi(['demo', '--port', '0']);
  const browsing = chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  const [url, browser] = await Promise.all([printed(run, /Serving (http:\S+) from/), browsing]);
  const data = await ask(url, '{ incidents(first: 1) { nodes { id } } }');
  const { incidents } = data as { incidents: { nodes: { id: string }[] } };
  const close = async (): Promise<void> => {
    await browser.close();
    run.child.kill('SIGTERM');
    await run.exited;
  };
  return { url, browser, incident: incidents.nodes[0]?.id ?? '', close };
}
