/** The clock of the machine steps back an hour, forward two, and back to where it was, while a server runs. */
import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../../integration/programs.mjs';
import { proveSigned, signedBy } from '../checkpoints.mjs';
import { expect, expectAll, expectSound, send, startOn } from './server.mjs';

/** @typedef {import('./server.mjs').Fault} Fault */

const HOUR_MS = 3_600_000;
const STEPS_MS = [0, -HOUR_MS, HOUR_MS, 0];

/** Debian's libfaketime: it changes what programs read of the clock, of their timers nothing. */
function libraryOf() {
  const found = ['x86_64', 'aarch64']
    .map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`)
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error('libfaketime is not installed: apt-get install libfaketime');
  return found;
}

/** @param {string} url */
async function metricsOf(url) {
  return await (await fetch(`${url}/metrics`)).text();
}

/** @param {string} text */
function evaluationsIn(text) {
  return Number(/^genchi_evaluation_duration_seconds_count(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1]);
}

/** @param {string} text */
function negativesIn(text) {
  return text.split('\n').filter((line) => /^[^#]*(?:seconds|minutes|age|duration|lag)[^ ]* -\d/.test(line));
}

/**
 * The incidents, with what must never be negative.
 * @param {string} url
 */
async function incidentsOf(url) {
  const query = '{ incidents(first: 100) { nodes { id startsAt endsAt alertCount } } }';
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query }),
  });
  const { data, errors } = JSON.parse(await response.text());
  expect(errors === undefined, () => JSON.stringify(errors));
  return data.incidents.nodes;
}

/** @type {Fault} */
export async function clockSteps(folder) {
  const [data, stamp] = [join(folder, 'data'), join(folder, 'step')];
  const step = async (/** @type {number} */ ms) => {
    await writeFile(`${stamp}.new`, `${ms < 0 ? '-' : '+'}${Math.abs(ms) / 1_000}`);
    await rename(`${stamp}.new`, stamp);
  };
  await step(0);
  const env = {
    LD_PRELOAD: libraryOf(),
    FAKETIME_TIMESTAMP_FILE: stamp,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
  const settings = ['--evaluation-every-ms', '200', '--backup-every-ms', '1000', '--backup-keep', '2'];
  const genchi = await startOn(
    data,
    [...settings, '--compaction-every-ms', '100', '--retention-every-ms', '100'],
    env,
  );
  const [batches, signed] = [[], []];
  const body = (/** @type {string} */ name) =>
    JSON.stringify({ kind: 'alert_fired', service: name, name, severity: 'critical', summary: name });
  for (const [place, ms] of STEPS_MS.entries()) {
    await step(ms);
    const before = evaluationsIn(await metricsOf(genchi.url));
    const batch = await send(genchi.url, Date.now() + ms);
    expect(batch.status === 200, `events were answered ${batch.status} at ${ms} ms: ${batch.text}`);
    batches.push(batch);
    const headers = { 'content-type': 'application/json' };
    // Without a time of its own: the server's clock says when it was.
    const alerted = await fetch(`${genchi.url}/api/v1/events`, {
      method: 'POST',
      headers,
      body: body(`clock-${place}`),
    });
    expect(
      alerted.status === 200,
      `an alert was answered ${alerted.status} at ${ms} ms: ${await alerted.text()}`,
    );
    await until(
      'an incident of the alert',
      20_000,
      async () => (await incidentsOf(genchi.url)).length > place,
    );
    const text = await until('two evaluations more', 20_000, async () => {
      const now = await metricsOf(genchi.url);
      return evaluationsIn(now) >= before + 2 ? now : undefined;
    });
    expect(negativesIn(text).length === 0, () => `negative at ${ms} ms: ${negativesIn(text).join('; ')}`);
    signed.push(await signedBy(genchi.url));
  }
  const sizes = signed.map(({ size }) => size);
  expect(
    sizes.every((size, place) => place === 0 || size > (sizes[place - 1] ?? 0)),
    `checkpoints of ${sizes.join(', ')} batches`,
  );
  const proven = await proveSigned(genchi.url, signed);
  const found = await expectAll(genchi.url, batches);
  const incidents = await incidentsOf(genchi.url);
  const reversed = incidents.filter(({ startsAt, endsAt }) => endsAt !== null && endsAt < startsAt);
  const code = await genchi.stop('SIGTERM');
  const errors = genchi.output.split('\n').filter((line) => line.includes('"level":50'));
  expect(
    proven.faults.length + reversed.length + errors.length === 0 && code === 0,
    () =>
      `stopped with ${code}; ${[...proven.faults, ...errors].join('; ')}; ${reversed.length} incidents end before they start`,
  );
  await expectSound(data);
  return `back 1 h, forward 2 h, back: ${found} receipts found, ${incidents.length} incidents, evaluations go on, the log grows by ${sizes.join(', ')}`;
}
