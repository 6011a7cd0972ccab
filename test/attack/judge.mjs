/** What an attack came to, and whether that is what it may come to. */

/** @typedef {import('./attack.mjs').Attack} Attack */
/** @typedef {import('./send.mjs').Answer} Answer */
/** @typedef {import('./server.mjs').Figures} Figures */
/** @typedef {{ name: string, statuses: string, ms: number, loopMaxMs: number, beforeMib: number, afterMib: number, faults: readonly string[] }} Verdict */

/** Memory that one attack may leave behind, in MiB: engines keep some of what they once had. */
const MEMORY_MIB = 64;

/**
 * How often each status came, as text: `503x97 200x3`.
 * @param {readonly Answer[]} answers
 */
function statusesOf(answers) {
  const counts = new Map();
  for (const { status } of answers) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts]
    .map(([status, count]) => `${status || 'closed'}${count > 1 ? `x${count}` : ''}`)
    .join(' ');
}

/**
 * @param {Attack} attack
 * @param {readonly Answer[]} answers
 * @param {{ before: Figures, after: Figures, noiseMs: number }} figures with how late a process was that does nothing
 * @param {number} slack by what the times that are expected may be longer, on a slow machine
 * @returns {Verdict}
 */
export function judge({ name, expect }, answers, { before, after, noiseMs }, slack) {
  const faults = [];
  const slowest = answers.reduce((most, { ms }) => Math.max(most, ms), 0);
  const wrong = answers.find(({ status }) => !expect.statuses.includes(status));
  if (answers.length === 0) faults.push('nothing was answered');
  if (wrong !== undefined) {
    faults.push(`answered ${wrong.status || 'nothing'}: ${wrong.text.replace(/\s+/g, ' ').slice(0, 160)}`);
  }
  if (slowest > expect.withinMs * slack)
    faults.push(`took ${Math.round(slowest)} ms, over ${expect.withinMs}`);
  if (expect.loopMs > 0 && after.loopMaxMs > expect.loopMs * slack + noiseMs) {
    faults.push(`held up everyone for ${Math.round(after.loopMaxMs)} ms, over ${expect.loopMs}`);
  }
  const grown = after.heapMib - before.heapMib;
  if (grown > (expect.memoryMib ?? MEMORY_MIB)) faults.push(`left ${Math.round(grown)} MiB behind`);
  const hasty = answers.find(({ status, headers, text }) =>
    expect.retryAfter === true && status === 503
      ? headers['retry-after'] === undefined && !/retry-after/i.test(text)
      : false,
  );
  if (hasty !== undefined) faults.push('a 503 does not say when to come again');
  return {
    name,
    statuses: statusesOf(answers),
    ms: slowest,
    loopMaxMs: after.loopMaxMs,
    beforeMib: before.residentMib,
    afterMib: after.residentMib,
    faults,
  };
}

/**
 * The value that so much of a hundred lies below; 0 of none.
 * @param {readonly number[]} values
 * @param {number} share
 */
export function percentile(values, share) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * share) / 100))] ?? 0;
}
