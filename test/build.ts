import { spawnSync } from 'node:child_process';

/** Builds dist/ once before the tests; a type error is reported here and fails in `npm run typecheck`. */
export function setup(): void {
  const built = spawnSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
  if (built.error !== undefined) throw built.error;
}
