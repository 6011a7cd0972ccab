/** Runbooks that alerts name themselves, by the annotation `runbook_url` or `runbook`. */
import type { Runbook } from '../../graph/index.js';

/**
 * The runbook that an alert means: one whose name is what the alert says, or the last part of the path or the fragment
 * of the address that it gives, without regard to case and to `.md` or `.html`. Undefined when it stands elsewhere.
 */
export function runbookNamed(annotation: string, runbooks: readonly Runbook[]): Runbook | undefined {
  const bare = (text: string) => text.replace(/\.(md|html?)$/i, '').toLowerCase();
  const url = URL.canParse(annotation) ? new URL(annotation) : undefined;
  const path = (url?.pathname ?? annotation).replace(/\/+$/, '');
  const last = path.slice(path.lastIndexOf('/') + 1);
  const meant = new Set([annotation, last, url?.hash.slice(1) ?? ''].map(bare));
  return runbooks.find(({ name }) => meant.has(name.toLowerCase()));
}
