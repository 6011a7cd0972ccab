/** Kills after an incident is committed and before the webhooks that are to be told of it are noted. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { until } from '../../integration/programs.mjs';
import { expect, expectSound, startOn } from './server.mjs';

/** @typedef {import('./server.mjs').Fault} Fault */

/** A receiver that takes nothing until it is told to; it keeps what it took. */
async function startReceiver() {
  const told = new Map();
  let isOpen = false;
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const piece of request) text += piece;
    if (isOpen) {
      const { id, incident } = JSON.parse(text);
      told.set(id, incident.title);
    }
    response.writeHead(isOpen ? 204 : 503).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    told,
    open: (/** @type {boolean} */ now) => {
      isOpen = now;
    },
    close: () => server.close(),
  };
}

/**
 * Records an alert.
 * @param {string} url
 * @param {string} name
 */
async function alert(url, name) {
  const body = JSON.stringify({
    kind: 'alert_fired',
    service: name,
    name,
    severity: 'critical',
    summary: name,
  });
  const headers = { 'content-type': 'application/json' };
  // The kill may come before the answer.
  await fetch(`${url}/api/v1/events`, { method: 'POST', headers, body }).catch(() => undefined);
}

/**
 * Has the kernel kill a process as it enters a call on a file.
 * @param {number} pid
 * @param {string} path
 * @param {string} calls
 */
async function killAt(pid, path, calls) {
  const inject = ['-e', `trace=${calls}`, '-e', `inject=${calls}:signal=SIGKILL`];
  const strace = spawn('strace', ['-f', '-o', '/dev/null', '-P', path, ...inject, '-p', String(pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  strace.stderr.setEncoding('utf8');
  for await (const text of strace.stderr) if (String(text).includes('attached')) break;
  return strace;
}

/** @type {Fault} */
export async function killedOutbox(folder) {
  const data = join(folder, 'data');
  const receiver = await startReceiver();
  const hooks = JSON.stringify([{ name: 'pager', url: receiver.url, events: ['opened'] }]);
  const settings = ['--webhooks', hooks];
  const alerts = [];
  try {
    for (const [place, calls] of ['openat', '/^rename', '/^fsync|fdatasync'].entries()) {
      receiver.open(false);
      const genchi = await startOn(data, settings);
      const strace = await killAt(genchi.pid, join(data, 'webhooks.json.new'), calls);
      const name = `crash-outbox-${place}`;
      alerts.push(name);
      await alert(genchi.url, name);
      await until(`a kill at ${calls} of the outbox`, 30_000, () => !genchi.running);
      strace.kill('SIGINT');
      expect((await genchi.stop('SIGKILL')) === null, 'it ended by itself');
      receiver.open(true);
      const next = await startOn(data, settings);
      await until(`the webhook to be told of ${name}`, 30_000, () =>
        [...receiver.told.values()].some((title) => String(title).includes(name)),
      );
      const code = await next.stop('SIGTERM');
      expect(code === 0, `the next server stopped with ${code}`);
    }
    await expectSound(data);
    return `killed at the opening, the renaming and the flushing of the outbox: the next start told of all ${alerts.length} incidents`;
  } finally {
    receiver.close();
  }
}
