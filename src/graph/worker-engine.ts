/** What bounds an engine that runs in a thread of this process. */
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { setFlagsFromString } from 'node:v8';

const WASM_PAGE_BYTES = 65_536;
/** The most memory of one engine; at its end a query traps, and its worker is replaced. */
export const MAX_ENGINE_BYTES = 1_024 * 1_024 * 1_024;
/** Nice enough that doors and pages go first, not so much that queries starve beside them. */
const NICENESS = 5;

/** Bounds the memory of engines that are started from now on; there is no way to say it of one alone. */
export function boundEngines(): void {
  setFlagsFromString(`--wasm-max-mem-pages=${MAX_ENGINE_BYTES / WASM_PAGE_BYTES}`);
}

/** Lets the other threads of the process go before this one, where threads have a priority of their own (Linux). */
export function giveWay(): void {
  try {
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), NICENESS);
  } catch {
    // Elsewhere, and where it is not allowed, all threads are equal.
  }
}
