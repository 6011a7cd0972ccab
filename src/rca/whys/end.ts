import type { Question } from '../analysis.js';
import { clockTime } from '../explain.js';
import type { Fact } from './fact.js';
import type { WhyEnd } from './why.js';

/** Says why a chain stops at a fact, and what evidence would lead further. */
export function endOf({ kind, service, onsetAt }: Fact): WhyEnd {
  const before = `before ${clockTime(onsetAt)}`;
  const no = (what: string): string => `Nothing recorded says why: ${what} ${before}.`;
  switch (kind) {
    case 'felt':
      return {
        reason: no(
          `no resource, pool, queue, failure or change of ${service} or of what it calls stands out`,
        ),
        needed: `Metrics of the resources, pools and queues of ${service}, the services that it calls, and its deployments and changes of configuration and flags.`,
      };
    case 'waiting':
      return {
        reason: no(`what holds it up at ${service} is not recorded, nor a change of it`),
        needed: `The workers of ${service}, its failures, and the latency of what it calls.`,
      };
    case 'workers':
      return {
        reason: no(`no failure, exhausted resource or change of ${service} is recorded`),
        needed: `Why the workers of ${service} went away: failures with their reason, restarts, memory and processor.`,
      };
    case 'failing':
      return {
        reason: no(`no exhausted resource and no change of ${service} is recorded`),
        needed: `Deployments and changes of configuration and flags of ${service}, and what the failure's reason names.`,
      };
    case 'resource':
      return {
        reason: no(`no change of ${service} that stands as a candidate is recorded`),
        needed: `A profile of what uses it up, and deployments and changes of configuration and flags of ${service}.`,
      };
    case 'load':
      return {
        reason: no(`what made more requests reach ${service} is not recorded`),
        needed: `Requests by caller, and the campaigns, schedules or retries behind them.`,
      };
    case 'change':
      return {
        reason: 'A change was made by someone, and evidence of operations goes no further.',
        needed: 'The diff or the reason of the change, and whether taking it back ended the symptom.',
      };
    case 'diff':
      return {
        reason: 'This is the line that was changed; no evidence lies below it.',
        needed: 'Whether taking it back ended the symptom.',
      };
  }
}

/** The end of a chain that does not begin, since no symptom was found. */
export function endWithoutSymptom({ service, at }: Question, missing: readonly string[]): WhyEnd {
  return {
    reason: `No lasting change of ${service} up to ${clockTime(at)} was found, so there is nothing to ask why of.`,
    needed: missing.join(' '),
  };
}
