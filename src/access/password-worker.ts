/** The worker thread that holds passwords against bcrypt hashes: it is slow by intent, and must hold up nothing else. */
import { parentPort } from 'node:worker_threads';
import { compareSync } from 'bcryptjs';
import type { PasswordJob, PasswordVerdict } from './password-job.js';

parentPort?.on('message', ({ number, password, hash }: PasswordJob) => {
  const verdict: PasswordVerdict = { number, isSame: compareSync(password, hash) };
  parentPort?.postMessage(verdict);
});
