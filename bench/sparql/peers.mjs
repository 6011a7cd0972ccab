/** Runs the stores that Genchi is measured beside: what they hold of the data in the memory, and how fast they answer. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from '../table.mjs';
import { faultOf } from './questions.mjs';

/**
 * @typedef {import('./questions.mjs').Question} Question
 * @typedef {import('./part.mjs').PartFile} PartFile
 * @typedef {{ name: string, samples: number, receipts: number, triples: number, loadMs: number, rss: number, files: number, answers: Record<string, { ms: number, fault: string | undefined }> }} PeerFigures
 */

const LOAD_MS = 300_000;
const QUERY_MS = 60_000;
/** Slow answers are asked for less often: a minute's query five times would show nothing more. */
const SLOW_MS = 5_000;
const ROUNDS = 5;

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {object | undefined} message
 * @param {number} limitMs
 * @returns {Promise<any>}
 */
function exchange(child, message, limitMs) {
  return new Promise((resolve, reject) => {
    const done = () => {
      clearTimeout(timer);
      child.off('message', answered).off('exit', gone);
    };
    const answered = (/** @type {any} */ answer) => {
      done();
      if (answer.failed === undefined) resolve(answer);
      else reject(new Error(answer.failed));
    };
    const gone = () => {
      done();
      reject(new Error('ran out of memory'));
    };
    const timer = setTimeout(() => {
      done();
      reject(new Error(`no answer in ${limitMs / 1_000} s`));
    }, limitMs);
    child.on('message', answered).on('exit', gone);
    if (message !== undefined) child.send(message);
  });
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {Question} question
 * @param {boolean} whole whether the store holds all that the question asks about
 */
async function askPeer(child, question, whole) {
  const times = [];
  for (let round = 0; round < ROUNDS && (times[0] ?? 0) < SLOW_MS; round++) {
    const { ms, json } = await exchange(child, { query: question.text }, QUERY_MS);
    const fault = whole ? faultOf(question, JSON.parse(json).results.bindings) : undefined;
    if (fault !== undefined) return { ms: Number.NaN, fault };
    times.push(ms);
  }
  return { ms: median(times), fault: undefined };
}

const messageOf = (/** @type {unknown} */ error) =>
  (error instanceof Error ? error.message : String(error)).slice(0, 80);

/**
 * @param {{ name: 'oxigraph' | 'comunica', files: readonly PartFile[], limitBytes: number, questions: readonly Question[], say: (line: string) => void }} options
 * @returns {Promise<PeerFigures>}
 */
export async function measurePeer({ name, files, limitBytes, questions, say }) {
  const execArgv = ['--expose-gc', `--max-old-space-size=${Math.floor(limitBytes / 1_048_576)}`];
  const start = async () => {
    // What goes wrong comes as a message; a heap that overflows would print its stack among the figures.
    const child = fork(fileURLToPath(new URL('./peer.mjs', import.meta.url)), [name], {
      execArgv,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    await exchange(child, undefined, 30_000);
    return child;
  };
  let child = await start();
  try {
    say(`${name}: loading as much as it can hold`);
    const message = { load: files.map(({ path }) => path), limitBytes };
    const { loaded, ms, triples, rss } = await exchange(child, message, LOAD_MS);
    const held = files.slice(0, loaded);
    const sum = (/** @type {'samples' | 'receipts'} */ key) => held.reduce((all, file) => all + file[key], 0);
    say(`${name}: ${sum('samples')} samples in ${(ms / 1_000).toFixed(1)} s`);
    /** @type {PeerFigures['answers']} */
    const answers = {};
    let gone = '';
    for (const question of questions.filter(({ onPart }) => onPart)) {
      say(`${name}: ${question.title}`);
      // The hourly mean is over all there is, which is less here.
      const whole = question.name !== 'hourly';
      if (gone !== '') answers[question.name] = { ms: Number.NaN, fault: gone };
      else {
        try {
          answers[question.name] = await askPeer(child, question, whole);
        } catch (error) {
          answers[question.name] = { ms: Number.NaN, fault: messageOf(error) };
          // A store that is still busy with this question would not hear the next one.
          child.kill('SIGKILL');
          child = await start();
          const again = { ...message, load: message.load.slice(0, loaded) };
          await exchange(child, again, LOAD_MS).catch((failed) => {
            gone = messageOf(failed);
          });
        }
      }
    }
    const receipts = sum('receipts');
    return { name, samples: sum('samples'), receipts, triples, loadMs: ms, rss, files: loaded, answers };
  } finally {
    child.kill('SIGKILL');
  }
}
