/** A process that does nothing: how late its timers are is how busy the machine is, whatever the server does. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 5;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();
process.on('message', (/** @type {string} */ message) => {
  if (message === 'stop') {
    delay.disable();
    process.disconnect?.();
  } else {
    const { max } = delay;
    delay.reset();
    process.send?.({ latestMs: Math.max(0, max / 1e6 - RESOLUTION_MS) });
  }
});
