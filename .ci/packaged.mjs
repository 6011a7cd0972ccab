// Does what packaging/Dockerfile says without a container runtime, and serves from the outcome as it would run there: the
// steps of the last stage in a fresh folder, then a process without rights, as its user, in a mount namespace in which
// everything but the data folder is read-only. Needs root, for the namespace; `dist` has to be built.
import { spawn, spawnSync } from 'node:child_process';
import { chownSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PORT = '4699';
const URL_BASE = `http://127.0.0.1:${PORT}`;
const READY_MS = 30_000;
const STOP_MS = 15_000;

function fail(why) {
  throw new Error(why);
}

/** The instructions of the last stage of the Dockerfile, as [name, rest]. */
function lastStage() {
  const lines = readFileSync(join(ROOT, 'packaging/Dockerfile'), 'utf8')
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => /^([A-Z]+) (.*)$/.exec(line.trim()))
    .filter((match) => match !== null)
    .map(([, name, rest]) => [name, rest]);
  return lines.slice(lines.findLastIndex(([name]) => name === 'FROM') + 1);
}

const stage = lastStage();
const all = (name) => stage.flatMap(([each, rest]) => (each === name ? [rest] : []));
const environment = Object.fromEntries(
  all('ENV').flatMap((rest) => rest.split(/\s+/).map((pair) => pair.split(/=(.*)/s).slice(0, 2))),
);
const [uid] = all('USER').at(-1)?.split(':').map(Number) ?? fail('the Dockerfile names no user');

/** Copies and installs into `app` as the last stage does. */
function assemble(app) {
  for (const rest of all('COPY')) {
    const [target, ...sources] = rest
      .replace(/^--from=build /, '')
      .split(/\s+/)
      .reverse();
    for (const source of sources) {
      const name = source.replace(/^\/src\//, '');
      const into = target === './' || sources.length > 1 ? join(app, name) : join(app, target);
      cpSync(join(ROOT, name), into, { recursive: true });
    }
  }
  const install =
    /npm ci [^&]*/.exec(all('RUN').join(' '))?.[0].trim() ?? fail('the Dockerfile installs nothing');
  console.log(`  ${install}`);
  const { status } = spawnSync('sh', ['-c', `${install} --prefer-offline`], { cwd: app, stdio: 'inherit' });
  if (status !== 0) fail(`${install} ended with ${status}`);
}

/** A command as the container would run it: everything read-only but the data folder, no rights, no way to get any. */
function confined(app, data, argv) {
  const script = `mount --bind "$1" "$1" && mount -o remount,bind,ro / && shift
    if touch "$0/written" 2>/dev/null; then echo "the tree can be written" >&2; exit 97; fi
    cd "$0" && exec setpriv --reuid=${uid} --regid=${uid} --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all "$@"`;
  const command = [
    '--mount',
    '--propagation',
    'private',
    'sh',
    '-c',
    script,
    app,
    data,
    process.execPath,
    ...argv,
  ];
  const env = {
    PATH: process.env.PATH,
    ...environment,
    GENCHI_HOST: '127.0.0.1',
    GENCHI_PORT: PORT,
    GENCHI_DATA: data,
    GENCHI_LOG_LEVEL: 'warn',
  };
  return { command: 'unshare', argv: command, options: { env } };
}

/** Runs such a command to its end. */
function run(app, data, argv, env = {}) {
  const { command, argv: all, options } = confined(app, data, argv);
  return spawnSync(command, all, { env: { ...options.env, ...env }, encoding: 'utf8' });
}

async function untilReady(server) {
  const giveUpAt = performance.now() + READY_MS;
  while (performance.now() < giveUpAt) {
    if (server.exitCode !== null) fail(`the server ended with ${server.exitCode}`);
    if ((await fetch(`${URL_BASE}/-/ready`).catch(() => undefined))?.ok) return;
    await pause(100);
  }
  fail(`the server was not ready after ${READY_MS} ms`);
}

/** What the container's health check says, with these settings. */
function health(app, data, env = {}) {
  const [, probe] =
    /CMD (\[.*\])$/.exec(all('HEALTHCHECK').join()) ?? fail('the Dockerfile has no health check');
  return run(app, data, JSON.parse(probe).slice(1), env).status;
}

async function send(token) {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const body = JSON.stringify({ kind: 'failure', service: 'packaged', component: 'db', reason: 'test' });
  return (await fetch(`${URL_BASE}/api/v1/events`, { method: 'POST', headers, body })).status;
}

async function check(app, data) {
  const made = run(app, data, ['dist/main.js', 'token', 'create', 'ci', '--scope', 'ingest']);
  if (made.status !== 0) fail(`no token could be made: ${made.stderr}`);
  const [program, ...rest] = JSON.parse(all('ENTRYPOINT').join()).concat(JSON.parse(all('CMD').at(-1)));
  if (program !== 'node') fail(`it starts ${program}`);
  const { command, argv, options } = confined(app, data, rest);
  const server = spawn(command, argv, { ...options, stdio: 'inherit' });
  try {
    await untilReady(server);
    const user = /^Uid:\s+(\d+)\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'));
    const rights = /^CapEff:\s+(\S+)/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1];
    if (Number(user?.[1]) !== uid || Number(rights) !== 0) fail(`it runs as ${user?.[1]} with ${rights}`);
    console.log(`  serves as user ${uid}, without rights, from a tree that is read-only`);
    if (health(app, data) !== 0) fail('the health check fails');
    if (health(app, data, { GENCHI_PORT: '1' }) === 0) fail('the health check cannot fail');
    if ((await send(undefined)) !== 401) fail('somebody who is nobody may send');
    if ((await send(made.stdout.trim())) !== 200) fail('what was sent with a token was not taken');
    console.log('  is healthy, takes evidence with a token and none without');
  } finally {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    const code = await Promise.race([ended, pause(STOP_MS, 'no end')]);
    if (code !== 0) {
      server.kill('SIGKILL');
      process.exitCode = 1;
      console.error(`it ended with ${code} on SIGTERM`);
    } else console.log('  ends with 0 on SIGTERM');
  }
}

if (process.getuid() !== 0) fail('root is needed for a mount namespace');
const folder = mkdtempSync(join(tmpdir(), 'genchi-packaged-'));
spawnSync('chmod', ['755', folder]);
const [app, data] = [join(folder, 'app'), join(folder, 'data')];
try {
  for (const each of [app, data]) mkdirSync(each);
  chownSync(data, uid, uid);
  console.log('The last stage of packaging/Dockerfile, without a container:');
  assemble(app);
  await check(app, data);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
