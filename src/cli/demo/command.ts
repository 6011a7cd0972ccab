import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { type Clock, formatInstant, HOUR_MS, instantOf, shift } from '../../model/index.js';
import { Client } from '../client.js';
import { EXIT_HELP } from '../exit.js';
import type { Outside } from '../outside.js';
import { SYMPTOM_SERVICE } from './alerts.js';
import { DemoError } from './errors.js';
import { awaitIncident } from './incident.js';
import { type Plan, planOutage } from './plan.js';
import { goOn, play } from './play.js';
import { incidentReport, linksReport, playReport, type Step } from './report.js';
import { type Delivery, timeline } from './timeline.js';
import { type Verdict, verdictOn } from './verdict.js';

/** How long the incident may take after the last request, in milliseconds. */
const INCIDENT_TIMEOUT_MS = 20_000;

/** How long the shop stays open after the report, in milliseconds. */
const OPEN_MS = 6 * HOUR_MS;

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

/** The parts of the outside that the demo touches. */
type DemoOutside = Pick<Outside, 'start' | 'fetch' | 'out' | 'onSignal'> & { readonly clock: Clock };

interface Stage {
  readonly client: Client;
  readonly url: string;
  readonly data: string;
  readonly watch: Stopwatch;
  readonly signal: AbortSignal;
}

/** Plays the outage up to its present against a running server and prints what it made of it; answers the verdict. */
async function perform(
  { out }: DemoOutside,
  { client, url, watch, signal }: Stage,
  plan: Plan,
  past: readonly Delivery[],
): Promise<Verdict> {
  const sent = await watch.run('play it to the doors', () => play(client, past, signal));
  const incident = await watch.run('wait for the incident', () =>
    awaitIncident(client, SYMPTOM_SERVICE, INCIDENT_TIMEOUT_MS, signal),
  );
  const verdict = verdictOn(incident?.candidates ?? [], plan);
  const parts = [playReport(plan, sent, watch.steps)];
  if (incident === undefined) parts.push(`No incident of ${SYMPTOM_SERVICE} was opened.\n`);
  else parts.push(incidentReport(incident), `${verdict.text}\n`, linksReport(url, incident));
  out.write(parts.map((part) => `${part}\n`).join(''));
  return verdict;
}

/** Plays the present as it happens, until the shop closes or the signal comes. */
async function serveOn(
  { out, clock }: DemoOutside,
  { client, url, data, signal }: Stage,
  { mend }: Plan,
  present: readonly Delivery[],
): Promise<void> {
  out.write(
    `The shop goes on: the change is taken back at ${formatInstant(mend.at).slice(11, 16)} UTC.\n` +
      `Serving ${url} from ${data}; Ctrl-C ends it.\n`,
  );
  await goOn(client, present, { clock, signal });
  out.write('The shop has closed; what it told stays here until Ctrl-C.\n');
  await untilStopped(signal);
}

/** Plays and reports, then goes on until the signal; answers undefined when the signal came before the verdict. */
async function show(outside: DemoOutside, options: DemoOptions, data: string, signal: AbortSignal) {
  const watch = new Stopwatch();
  const app = await watch.run('start the server', async () => {
    const running = await outside.start({ port: options.port, data, logLevel: 'warn' });
    await running.ready;
    return running;
  });
  const stage = { client: new Client(app.url, outside), url: app.url, data, watch, signal };
  let verdict: Verdict | undefined;
  try {
    const now = outside.clock();
    const plan = planOutage(options.seed, now, options.exit === true ? now : shift(now, OPEN_MS));
    const deliveries = await watch.run('simulate the shop', () => timeline(options.seed, plan));
    const present = deliveries.findIndex(({ at }) => at > plan.to);
    const past = present < 0 ? deliveries : deliveries.slice(0, present);
    verdict = await perform(outside, stage, plan, past);
    if (options.exit === undefined) await serveOn(outside, stage, plan, deliveries.slice(past.length));
    return verdict;
  } catch (error) {
    if (signal.aborted) return verdict;
    throw error;
  } finally {
    await app.close();
  }
}

async function demo(outside: DemoOutside, options: DemoOptions): Promise<void> {
  const stop = new AbortController();
  const unsubscribe = outside.onSignal(() => stop.abort());
  const data = options.data ?? (await mkdtemp(join(tmpdir(), 'genchi-demo-')));
  try {
    const verdict = await show(outside, options, data, stop.signal);
    if (verdict?.found === false) throw new DemoError('cause-not-first', verdict.text);
  } finally {
    unsubscribe();
    if (options.data === undefined) await rm(data, { recursive: true, force: true });
  }
}

/** The verb `demo`: a server on a fresh folder, an outage of a simulated shop, and what Genchi makes of it. */
export function demoCommand(
  outside: Omit<DemoOutside, 'clock'>,
  clock: Clock = () => instantOf(Date.now()),
): Command {
  return new Command('demo')
    .description('start a server on a fresh folder, play an outage of a simulated shop, and print its causes')
    .option('--port <PORT>', 'port to listen on; 0 takes any free one', wholeNumber(65_535), 4600)
    .option('--data <DIR>', 'folder of the evidence store (default: a temporary one, removed at the end)')
    .option('--seed <N>', 'seed of the simulation', wholeNumber(4_294_967_295), 1)
    .option('--exit', 'end after the report instead of serving on')
    .addHelpText(
      'after',
      `
The first candidate is compared with the cause that was planted; when it is another one, the exit code is 1.

Examples:
  genchi demo
  genchi demo --exit --port 0 --seed 7
${EXIT_HELP}`,
    )
    .action((options: DemoOptions) => demo({ ...outside, clock }, options));
}
