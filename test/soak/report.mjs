/** What a soak came to: tables for people, figures for files, and what did not hold. */
import { median, table } from '../../bench/table.mjs';

/** @typedef {import('./loops.mjs').Tally} Tally */
/** @typedef {import('./memory.mjs').Reading & { cpuSeconds: number, loopP99Ms: number, loopMaxMs: number, heapMib: number, externalMib: number }} Reading */
/** @typedef {{ query: string, heard: number, fault: string }} Subscription */
/**
 * @typedef {{ capacity: ReadonlyMap<string, number>, asked: ReadonlyMap<string, number>,
 *   tallies: ReadonlyMap<string, Tally>, readings: readonly Reading[], subscriptions: readonly Subscription[],
 *   memory: import('./memory.mjs').Verdict, minutes: number, exitCode: number | null }} Outcome
 */

/** Who comes to less than this share of what it should ask is spoken of: the machine has other work, or the server is full. */
const KEPT_PACE = 0.9;

const HEAD = [
  'asked for',
  'capacity /s',
  'asked /s',
  'answered /s',
  'items /s',
  'p50 ms',
  'p99 ms',
  'slowest ms',
  'errors',
];

/** @param {Outcome} outcome */
function rowsOf({ capacity, asked, tallies, minutes }) {
  return [...tallies].map(([name, tally]) => ({
    name,
    capacityPerSecond: capacity.get(name) ?? Number.NaN,
    askedPerSecond: asked.get(name) ?? Number.NaN,
    answeredPerSecond: tally.answers / (minutes * 60),
    itemsPerSecond: tally.items / (minutes * 60),
    p50Ms: tally.quantileMs(0.5),
    p99Ms: tally.quantileMs(0.99),
    slowestMs: tally.slowestMs,
    errors: tally.errors,
    texts: tally.texts,
  }));
}

/** @param {Outcome} outcome @param {ReturnType<typeof rowsOf>} rows */
function faultsOf({ subscriptions, memory, exitCode }, rows) {
  return [
    ...rows
      .filter(({ errors }) => errors > 0)
      .map(({ name, errors, texts }) => `${name}: ${errors} errors: ${texts.join(' | ')}`),
    ...rows
      .filter(({ answeredPerSecond }) => answeredPerSecond === 0)
      .map(({ name }) => `${name}: no answer`),
    ...subscriptions.filter(({ fault }) => fault !== '').map(({ query, fault }) => `${query}: ${fault}`),
    ...(memory.flat
      ? []
      : [
          `memory grew by ${memory.grownMib.toFixed(1)} MiB after the warm-up, ${memory.allowedMib.toFixed(1)} are allowed`,
        ]),
    ...(exitCode === 0 ? [] : [`the server ended with ${exitCode} on SIGTERM`]),
  ];
}

/**
 * Prints the tables; answers the figures, with what did not hold.
 * @param {Outcome} outcome
 */
export function printReport(outcome) {
  const { memory, readings, subscriptions } = outcome;
  const rows = rowsOf(outcome);
  const lines = rows.map((row) => [
    row.name,
    row.capacityPerSecond,
    row.askedPerSecond,
    row.answeredPerSecond,
    row.itemsPerSecond,
    row.p50Ms,
    row.p99Ms,
    row.slowestMs,
    row.errors,
  ]);
  console.log(`\n${table(HEAD, lines)}\n`);
  for (const { query, heard } of subscriptions) console.log(`${heard} times told: ${query}`);
  const [first, last] = [readings[0], readings.at(-1)];
  const seconds = ((last?.atMs ?? 0) - (first?.atMs ?? 0)) / 1_000;
  const cores = ((last?.cpuSeconds ?? 0) - (first?.cpuSeconds ?? 0)) / seconds;
  const loop = {
    p99Ms: median(readings.map(({ loopP99Ms }) => loopP99Ms)),
    slowestMs: Math.max(...readings.map(({ loopMaxMs }) => loopMaxMs)),
  };
  console.log(
    `event loop: p99 of a second ${loop.p99Ms.toFixed(1)} ms in the middle, slowest ${loop.slowestMs.toFixed(0)} ms; ${cores.toFixed(2)} cores`,
  );
  console.log(
    `memory by quarters: ${memory.quartersMib.map((mib) => mib.toFixed(0)).join(', ')} MiB; after the first ${memory.mibPerHour.toFixed(1)} MiB an hour, ${memory.grownMib.toFixed(1)} of ${memory.allowedMib.toFixed(1)} MiB allowed`,
  );
  for (const { name, askedPerSecond, answeredPerSecond } of rows) {
    const share = answeredPerSecond / askedPerSecond;
    if (share < KEPT_PACE) console.log(`slower than asked: ${name}, ${(share * 100).toFixed(0)} %`);
  }
  const faults = faultsOf(outcome, rows);
  for (const fault of faults) console.log(`FAULT: ${fault}`);
  return { good: faults.length === 0, faults, rows, subscriptions, loop, cores, memory, readings };
}
