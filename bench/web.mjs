#!/usr/bin/env node
/**
 * How fast the pages are: the first view in a browser that has nothing of them, the script that the overview needs, an
 * incident with 200 series drawn, and frames while 50 services change. Run with `npm run bench:web`; ends with 1 where
 * a limit is not held.
 */
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { median, table } from './table.mjs';
import { sendFailures, sendWideIncident } from './web/feed.mjs';

const { values: given } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    services: { type: 'string', default: '50' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'string' },
  },
});
const [seconds, services, rounds] = [Number(given.seconds), Number(given.services), Number(given.rounds)];

/** Starts the demo and waits until it serves. */
function startDemo() {
  const child = spawn(process.execPath, ['dist/main.js', 'demo', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
      const url = /Serving (http:\S+) from/.exec(out)?.[1];
      if (url !== undefined) resolve({ child, url });
    });
    child.once('exit', (code) => reject(new Error(`the demo ended with ${code}: ${out}`)));
  });
}

const launch = () =>
  chromium.launch({
    executablePath: process.env.GENCHI_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });

/** From the begin of the navigation to the first paint after the incident, the pillars and the services are there. */
async function firstView(url) {
  const browser = await launch();
  const page = await browser.newPage();
  await page.addInitScript(() => {
    const isShown = () =>
      ['.incident-entry', 'table.pillars', 'table.services tbody th'].every((part) =>
        document.querySelector(part),
      );
    const observer = new MutationObserver(() => {
      if (!isShown()) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => Object.assign(window, { shownAt: performance.now() })));
    });
    observer.observe(document, { childList: true, subtree: true });
  });
  await page.goto(url);
  await page.waitForFunction(() => 'shownAt' in window);
  const measured = await page.evaluate(() => ({
    ms: window.shownAt,
    bytes: performance
      .getEntriesByType('resource')
      .filter(({ initiatorType, name }) => initiatorType !== 'fetch' && name.endsWith('.js'))
      .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
  }));
  await browser.close();
  return measured;
}

/** From the click on its link to the last of the charts drawn, with all their series. */
async function wideIncident(url, browser) {
  const page = await browser.newPage({ viewport: { width: 1_440, height: 2_000 } });
  await page.goto(`${url}/incidents`);
  const link = page.getByRole('link', { name: /WideSlow/ });
  await link.waitFor();
  // As long as somebody looks at the list before going on.
  await page.waitForTimeout(3_000);
  await page.evaluate(() => {
    const drawn = () =>
      [...document.querySelectorAll('.metric [role=img]')]
        .filter((chart) => chart.querySelector('canvas') !== null)
        .reduce((sum, chart) => sum + Number(/: (\d+) series/.exec(chart.ariaLabel)?.[1] ?? 0), 0);
    document.addEventListener('click', () => Object.assign(window, { clickedAt: performance.now() }), {
      capture: true,
    });
    new MutationObserver(() => {
      const series = drawn();
      if (series > (window.series ?? 0)) {
        window.series = series;
        requestAnimationFrame(() => setTimeout(() => Object.assign(window, { drawnAt: performance.now() })));
      }
    }).observe(document, { childList: true, subtree: true });
  });
  await link.click();
  await page
    .waitForFunction(() => window.series >= 200, undefined, { timeout: 20_000 })
    .catch(() => undefined);
  await page.waitForTimeout(300);
  const measured = await page.evaluate(() => ({
    series: window.series ?? 0,
    ms: window.drawnAt - window.clickedAt,
  }));
  await page.close();
  return measured;
}

/** The longest pause between two frames, and how many took over 100 ms, while the health of services changes. */
async function liveFrames(url, browser) {
  const page = await browser.newPage({ viewport: { width: 1_440, height: 900 } });
  await page.goto(url);
  await page.locator('table.services tbody th').first().waitFor();
  await page.evaluate(() => {
    Object.assign(window, { frames: [], changes: 0 });
    let before = performance.now();
    const next = (now) => {
      window.frames.push(now - before);
      before = now;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
    new MutationObserver((all) => {
      window.changes += all.length;
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
  for (let round = 0; round < seconds; round += 5) {
    await sendFailures(url, services, round);
    await page.waitForTimeout(5_000);
  }
  const measured = await page.evaluate(() => ({
    frames: window.frames.length,
    longestMs: Math.max(...window.frames.slice(5)),
    slow: window.frames.slice(5).filter((ms) => ms > 100).length,
    changes: window.changes,
  }));
  await page.close();
  return measured;
}

const { child, url } = await startDemo();
const views = [];
for (let round = 0; round < rounds; round++) views.push(await firstView(url));
await sendWideIncident(url);
const browser = await launch();
const wide = [];
for (let round = 0; round < rounds; round++) wide.push(await wideIncident(url, browser));
const live = await liveFrames(url, browser);
await browser.close();
child.kill('SIGTERM');

const rows = [
  ['first view in a cold browser', 'ms', median(views.map(({ ms }) => ms)), 1_000],
  ['script of the overview, compressed', 'kB', Math.max(...views.map(({ bytes }) => bytes)) / 1_000, 300],
  [
    `incident with ${Math.min(...wide.map(({ series }) => series))} series, from click to drawn`,
    'ms',
    median(wide.map(({ ms }) => ms)),
    500,
  ],
  [
    `longest frame in ${seconds} s with ${services} services, ${live.changes} changes drawn`,
    'ms',
    live.longestMs,
    100,
  ],
];
console.log(table(['figure', 'unit', 'measured', 'limit'], rows));
console.log(
  `${cpus().length} processors, load ${loadavg()[0]?.toFixed(1)}; ${live.slow} of ${live.frames} frames over 100 ms`,
);
if (given.json !== undefined)
  await writeFile(given.json, JSON.stringify({ views, wide, live }, undefined, 2));
const isDrawn = wide.every(({ series }) => series >= 200) && live.changes > 0;
process.exitCode = isDrawn && rows.every(([, , measured, limit]) => Number(measured) < Number(limit)) ? 0 : 1;
