/** How long to wait before asking again what is connected; pure. */

/** How often it asks while somebody is likely to be pasting lines. */
const OFTEN_MS = 2_000;
/** After so long nobody is, and it asks seldom. */
const PATIENT_MS = 5 * 60_000;
const SELDOM_MS = 15_000;

/** How long to wait before asking again; undefined where nothing is waited for. */
export function pauseBefore(waitedMs: number, isSomeWaiting: boolean): number | undefined {
  if (!isSomeWaiting) return undefined;
  return waitedMs < PATIENT_MS ? OFTEN_MS : SELDOM_MS;
}
