/**
 * What kinds of evidence stand on which parts of a system. A part is a pod or instance where the labels name one, else
 * the service. The kinds are those of the field (a metric that rose, a call that was slow, a template of a log); no
 * name of a service or a part is in them.
 */
import type { EventReceipt } from '../model/index.js';

/** One part of a system: the service, and its pod or instance where known. */
export interface Part {
  readonly service: string;
  readonly instance: string | undefined;
}

/** One fact about a part. */
export interface PartFact {
  readonly part: Part;
  readonly type: string;
  readonly receipt: EventReceipt;
}

/** Labels that name the part of a service, the most specific first. */
const INSTANCE_LABELS = ['pod', 'instance', 'worker', 'container'];

/** The labels that name the calling part of a failed call and its service, and the one that says which way a metric went. */
const CALLER_LABEL = 'caller';
const CALLER_SERVICE_LABEL = 'caller_service';
const DIRECTION_LABEL = 'direction';
const TEMPLATE_LABEL = 'template';

/** The key of a part among those of an incident. */
export function keyOfPart({ service, instance }: Part): string {
  return instance ?? service;
}

function partOf({ service, labels }: EventReceipt): Part | undefined {
  const instance = INSTANCE_LABELS.flatMap((name) => labels?.[name] ?? [])[0];
  return service === undefined ? undefined : { service, instance };
}

/** The sort of a failure by its reason: a status class, slowness, or just failing. */
function sortOfReason(reason: string): string {
  const status = /\b([45])\d\d\b/.exec(reason)?.[1];
  if (status !== undefined) return `${status}xx`;
  return /slow|latency|timeout|timed out|deadline|degrad/i.test(reason) ? 'slow' : 'failed';
}

function ofFailure(receipt: EventReceipt<'failure'>, part: Part): readonly PartFact[] {
  const sort = sortOfReason(receipt.reason);
  const caller = receipt.labels?.[CALLER_LABEL];
  if (caller === undefined) return [{ part, type: `failure: ${sort}`, receipt }];
  if (caller === keyOfPart(part)) return [{ part, type: `work of its own: ${sort}`, receipt }];
  const service = receipt.labels?.[CALLER_SERVICE_LABEL] ?? caller;
  return [
    { part, type: `called: ${sort}`, receipt },
    { part: { service, instance: caller }, type: `calls others: ${sort}`, receipt },
  ];
}

/** What a receipt says of parts; nothing for those that are no sign of trouble. */
export function factsOf(receipt: EventReceipt): readonly PartFact[] {
  const part = partOf(receipt);
  if (part === undefined) return [];
  switch (receipt.kind) {
    case 'alert_fired': {
      const metric = receipt.metric ?? receipt.correlatedMetric;
      const direction = receipt.labels?.[DIRECTION_LABEL];
      if (metric === undefined) return [];
      return [{ part, type: `metric ${metric}${direction === undefined ? '' : ` ${direction}`}`, receipt }];
    }
    case 'failure':
      return ofFailure(receipt, part);
    case 'circuit_opened':
      return [{ part, type: 'a circuit opened', receipt }];
    case 'log_volume': {
      const template = receipt.labels?.[TEMPLATE_LABEL];
      return template === undefined ? [] : [{ part, type: `log ${template}`, receipt }];
    }
    default:
      return [];
  }
}
