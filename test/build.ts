import { spawnSync } from 'node:child_process';

/** Builds dist/ once before the tests; what does not compile is not tested. */
export function setup(): void {
  const built = spawnSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
  if (built.error !== undefined) throw built.error;
  if (built.status !== 0) throw new TypeError('the sources do not compile');
}
