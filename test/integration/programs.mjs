/**
 * Starts and stops the programs that tests and benchmarks run beside each other: Genchi as users start it, and
 * Prometheus and Alertmanager where they are installed. Everything listens on loopback, on ports that are free.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** Lines of a program's output that are kept to explain why it did not start. */
const KEPT_BYTES = 16_384;

/**
 * Whether a program is on the PATH.
 * @param {string} program
 * @returns {boolean}
 */
export function isInstalled(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * The first line that a program says about its version.
 * @param {string} program
 * @returns {string}
 */
export function versionOf(program) {
  const { stdout, stderr } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return (stdout || stderr).split('\n')[0]?.replace(/ \(branch.*/, '') ?? '';
}

/**
 * A port of loopback that is free now.
 * @returns {Promise<number>}
 */
export async function freePort() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new TypeError('expected an address with a port');
  return address.port;
}

/**
 * Polls until `check` answers something other than undefined or false; fails after `timeoutMs`.
 * @template T
 * @param {string} what what is waited for, for the error
 * @param {number} timeoutMs
 * @param {() => Promise<T | undefined | false> | T | undefined | false} check
 * @param {number} [everyMs]
 * @returns {Promise<T>}
 */
export async function until(what, timeoutMs, check, everyMs = 50) {
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    const result = await check();
    if (result !== undefined && result !== false) return result;
    if (performance.now() > giveUpAt) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await pause(everyMs);
  }
}

/** Programs that run: none outlives the process that started it, however that one ends. */
/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A program that runs until it is stopped. */
export class Program {
  /** @type {import('node:child_process').ChildProcess} */
  #child;
  #output = '';
  #exit;
  url;
  name;

  /**
   * @param {string} name
   * @param {string} url
   * @param {import('node:child_process').ChildProcess} child
   */
  constructor(name, url, child) {
    this.name = name;
    this.url = url;
    this.#child = child;
    this.#exit = once(child, 'exit');
    running.add(child);
    child.once('exit', () => running.delete(child));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        this.#output = (this.#output + text).slice(-KEPT_BYTES);
      });
    }
  }

  /** The process's number. */
  get pid() {
    return this.#child.pid ?? 0;
  }

  /** What it last wrote. */
  get output() {
    return this.#output;
  }

  /** Whether it still runs. */
  get running() {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /**
   * Sends a signal and waits for the end; answers the exit code, null when the signal ended it.
   * @param {NodeJS.Signals} [signal]
   * @returns {Promise<number | null>}
   */
  async stop(signal = 'SIGTERM') {
    if (this.running) this.#child.kill(signal);
    await this.#exit;
    return this.#child.exitCode;
  }
}

/**
 * Starts a program and waits until `readyPath` of its URL answers 200; `killAfterMs` kills it before that.
 * @param {{ name: string, command: string, args: readonly string[], url: string, readyPath: string, timeoutMs?: number, killAfterMs?: number, env?: Record<string, string> }} options
 * @returns {Promise<Program>}
 */
export async function start({
  name,
  command,
  args,
  url,
  readyPath,
  timeoutMs = 20_000,
  killAfterMs,
  env = {},
}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  const program = new Program(name, url, child);
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  try {
    await until(
      `${name} to be ready`,
      timeoutMs,
      async () => {
        if (!program.running) throw new Error(`${name} ended`);
        const response = await fetch(url + readyPath).catch(() => undefined);
        await response?.body?.cancel();
        return response?.status === 200;
      },
      20,
    );
  } catch (cause) {
    await program.stop('SIGKILL');
    throw new Error(`${name} did not start:\n${program.output}`, { cause });
  } finally {
    clearTimeout(timer);
  }
  return program;
}

/**
 * Starts Genchi as users do, from the built program.
 * @param {{ data: string, port: number, settings?: readonly string[], timeoutMs?: number, killAfterMs?: number, env?: Record<string, string> }} options
 * @returns {Promise<Program>}
 */
export function startGenchi({ data, port, settings = [], timeoutMs, killAfterMs, env }) {
  return start({
    name: 'genchi',
    command: process.execPath,
    args: [MAIN, 'serve', '--port', String(port), '--data', data, '--log-level', 'warn', ...settings],
    url: `http://127.0.0.1:${port}`,
    readyPath: '/-/ready',
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(killAfterMs === undefined ? {} : { killAfterMs }),
    ...(env === undefined ? {} : { env }),
  });
}

/**
 * Starts Prometheus with a config file.
 * @param {{ folder: string, port: number, config: string, flags?: readonly string[] }} options
 * @returns {Promise<Program>}
 */
export function startPrometheus({ folder, port, config, flags = [] }) {
  return start({
    name: 'prometheus',
    command: 'prometheus',
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'prometheus')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
      ...flags,
    ],
    url: `http://127.0.0.1:${port}`,
    readyPath: '/-/ready',
  });
}

/**
 * Starts Alertmanager with a config file, alone (no cluster).
 * @param {{ folder: string, port: number, config: string }} options
 * @returns {Promise<Program>}
 */
export function startAlertmanager({ folder, port, config }) {
  return start({
    name: 'alertmanager',
    command: 'prometheus-alertmanager',
    args: [
      `--config.file=${config}`,
      `--storage.path=${join(folder, 'alertmanager')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
      '--log.level=warn',
    ],
    url: `http://127.0.0.1:${port}`,
    readyPath: '/-/ready',
  });
}

/** Clock ticks a second of /proc/PID/stat on Linux. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4_096;

/**
 * Processor seconds used so far and resident memory of a process; undefined where there is no /proc.
 * @param {number} pid
 * @returns {Promise<{ cpuSeconds: number, residentBytes: number } | undefined>}
 */
export async function figuresOf(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  // The name in parentheses may hold spaces; what follows it does not.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return { cpuSeconds: ticks / TICKS_PER_SECOND, residentBytes: Number(fields[21]) * PAGE_BYTES };
}
