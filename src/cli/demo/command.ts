import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { type Clock, instantOf } from '../../model/index.js';
import type { StartApp } from '../start.js';
import { SYMPTOM_SERVICE } from './alerts.js';
import { awaitIncident } from './incident.js';
import { planOutage } from './plan.js';
import { play } from './play.js';
import { incidentReport, linksReport, playReport, type Step } from './report.js';
import { timeline } from './timeline.js';
import { verdict } from './verdict.js';

/** How long the incident may take after the last request, in milliseconds. */
const INCIDENT_TIMEOUT_MS = 20_000;

interface DemoOptions {
  readonly port: number;
  readonly data?: string;
  readonly seed: number;
  readonly exit?: true;
}

function wholeNumber(max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value <= max) return value;
    throw new InvalidArgumentError(`expected a whole number from 0 to ${max}.`);
  };
}

/** Runs steps one after another and keeps how long each took. */
class Stopwatch {
  readonly steps: Step[] = [];

  async run<T>(name: string, work: () => Promise<T> | T): Promise<T> {
    const startedAt = performance.now();
    const result = await work();
    this.steps.push({ name, tookMs: performance.now() - startedAt });
    return result;
  }
}

/** A promise of the signal that ends the demo. */
function untilStopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

interface Stage {
  readonly url: string;
  readonly seed: number;
  readonly clock: Clock;
  readonly watch: Stopwatch;
  readonly signal: AbortSignal;
}

/** Plays the outage against a running server and prints what it made of it; answers whether it found the cause. */
async function perform({ url, seed, clock, watch, signal }: Stage): Promise<boolean> {
  const plan = planOutage(seed, clock());
  const deliveries = await watch.run('simulate the shop', () => timeline(seed, plan));
  const sent = await watch.run('play it to the doors', () => play(url, deliveries, signal));
  const incident = await watch.run('wait for the incident', () =>
    awaitIncident(url, SYMPTOM_SERVICE, INCIDENT_TIMEOUT_MS, signal),
  );
  console.log(playReport(plan, sent, watch.steps));
  if (incident === undefined) {
    console.log(`No incident of ${SYMPTOM_SERVICE} was opened within ${INCIDENT_TIMEOUT_MS / 1_000} s.`);
    return false;
  }
  console.log(incidentReport(incident));
  const { found, text } = verdict(incident.candidates, plan);
  console.log(`${text}\n`);
  console.log(linksReport(url, incident));
  return found;
}

async function demo(start: StartApp, options: DemoOptions, clock: Clock): Promise<void> {
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const watch = new Stopwatch();
  const data = options.data ?? (await mkdtemp(join(tmpdir(), 'genchi-demo-')));
  const app = await watch.run('start the server', async () => {
    const running = await start({ port: options.port, data, logLevel: 'warn' });
    await running.ready;
    return running;
  });
  try {
    const found = await perform({ url: app.url, seed: options.seed, clock, watch, signal: stop.signal });
    if (!found) process.exitCode = 1;
    if (options.exit === undefined) {
      const kept = options.data === undefined ? ' and removes the folder' : '';
      console.log(`Serving ${app.url} from ${data}; Ctrl-C ends it${kept}.`);
      await untilStopped(stop.signal);
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    await app.close();
    if (options.data === undefined) await rm(data, { recursive: true, force: true });
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

/** The verb `demo`: a server on a fresh folder, an outage of a simulated shop, and what Genchi makes of it. */
export function demoCommand(start: StartApp): Command {
  return new Command('demo')
    .description('start a server on a fresh folder, play an outage of a simulated shop, and print its causes')
    .option('--port <port>', 'port to listen on; 0 takes any free one', wholeNumber(65_535), 4600)
    .option('--data <dir>', 'folder of the evidence store (default: a new one among the temporary files)')
    .option('--seed <n>', 'seed of the simulation', wholeNumber(4_294_967_295), 1)
    .option('--exit', 'end after the report instead of serving on')
    .addHelpText('after', '\nExit code: 0 when the planted cause is ranked first, 1 when it is not.')
    .action((options: DemoOptions) => demo(start, options, () => instantOf(Date.now())));
}
