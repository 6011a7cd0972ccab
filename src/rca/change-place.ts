/** Where and when a change came to act, seen from the symptom, and what rules it out. */
import type { Instant } from '../model/index.js';
import type { Change } from './changes.js';
import type { Edit } from './edit.js';
import { clockTime, nameOf, span } from './explain.js';
import { type Family, familiesOf } from './fault-families.js';
import type { Finding } from './onset.js';
import { effectAt, evidenceOf, mostOriginating, originOf, type Scene } from './scene.js';
import {
  CLEARLY_ABNORMAL,
  LEADS_THERE,
  LOADED_BY_CALLER,
  ORDER_SLACK_MS,
  TAKEN_ALONG,
  UNMEASURED_ORIGIN,
} from './weights.js';

/** A change as it acts on the symptom's surroundings. */
export interface Placed {
  readonly change: Change;
  /** The service on which it acts; undefined when that is not known. */
  readonly service: string | undefined;
  /** From when on it can act: when it was deployed, for a merged commit with what it went out with. */
  readonly at: Instant;
  /** How close to where the degradation begins, 0..1. */
  readonly origin: number;
  /** How it reaches the symptom where that is not by being called. */
  readonly how?: string;
  /** Another service on which it acts. */
  readonly actsOn?: string;
  /** What rules it out. */
  readonly rejected?: string;
}

/** How close a service lies to where the degradation begins. */
function originValue(scene: Scene, service: string | undefined): number {
  if (service === undefined) return 0.3;
  const locus = scene.loci.get(service);
  if (locus?.measured === true) return originOf(scene, service);
  if (mostOriginating(scene) === undefined) {
    return UNMEASURED_ORIGIN / (1 + (scene.reach.distance.get(service) ?? 1));
  }
  const callers = scene.topology.callers(service).map((caller) => originOf(scene, caller));
  return UNMEASURED_ORIGIN * Math.max(0, ...callers);
}

/** The strongest sign that a service is asked for more than before. */
function loadOf(scene: Scene, service: string): Finding | undefined {
  return scene.evidence
    .get(service)
    ?.findings.find(({ role, shift }) => role === 'load' && shift.deviation > 0);
}

/** What was clearly wrong with a service before a time, the worst of it too; a wobble rules nothing out. */
function abnormalBefore(scene: Scene, service: string, at: Instant): string | undefined {
  const evidence = evidenceOf(scene, service);
  const clear = [
    ...(evidence?.findings ?? [])
      .filter(({ harmful }) => harmful)
      .map((finding) => ({ ...finding, what: nameOf(finding) })),
    ...(evidence?.failures ?? []).map((cluster) => ({
      ...cluster,
      what: `failures of ${cluster.component}`,
    })),
  ].filter(({ strength }) => strength >= CLEARLY_ABNORMAL);
  const first = clear.toSorted((a, b) => a.onsetAt - b.onsetAt)[0];
  const strongest = clear.toSorted((a, b) => b.strength - a.strength)[0];
  const limit = at - ORDER_SLACK_MS;
  if (first === undefined || strongest === undefined || strongest.onsetAt >= limit) return undefined;
  return `${service} was abnormal ${span(at - first.onsetAt)} before it, from ${clockTime(first.onsetAt)} on: ${first.what}.`;
}

function lateOf(scene: Scene, at: Instant): string | undefined {
  const effect = effectAt(scene);
  return at > effect
    ? `It came ${span(at - effect)} after the symptom began at ${clockTime(effect)}.`
    : undefined;
}

function withReason(placed: Placed, rejected: string | undefined): Placed {
  return rejected === undefined ? placed : { ...placed, rejected };
}

/** A commit that was merged acts from the first deployment on that may have taken it along. */
function placeMerged(scene: Scene, change: Change): Placed {
  const { at } = change.receipt;
  const carriers = scene.changes
    .filter(({ merged, causeKind, receipt }) => !merged && causeKind === 'deployment' && receipt.at >= at)
    .filter(({ receipt }) => receipt.at <= effectAt(scene))
    .map(({ receipt }) => ({ receipt, origin: originValue(scene, receipt.service) }))
    .sort((a, b) => b.origin - a.origin || a.receipt.at - b.receipt.at);
  const carrier = carriers[0];
  if (carrier === undefined) {
    const rejected = lateOf(scene, at) ?? 'No deployment between it and the onset took it along.';
    return { change, service: undefined, at, origin: 0, rejected };
  }
  const { receipt, origin } = carrier;
  return {
    change,
    service: receipt.service,
    at: receipt.at,
    origin: TAKEN_ALONG * origin,
    how: `Only its merge is recorded; the deployment of ${receipt.service ?? 'no named service'} at ${clockTime(receipt.at)} may have taken it along.`,
  };
}

/** A change of a caller reaches what it calls by asking more of it, or otherwise than that understands. */
function placeCaller(scene: Scene, change: Change, service: string, edits: readonly Edit[]): Placed {
  const { at } = change.receipt;
  const asked = scene.question.service;
  const found = reached(scene, asked, at, edits);
  const placed = { change, service, at, origin: 0 };
  if (found === undefined) {
    return { ...placed, rejected: `Out of reach: ${service} calls ${asked}, not the other way round.` };
  }
  return withReason(
    {
      ...placed,
      origin: LOADED_BY_CALLER * found.strength,
      actsOn: asked,
      how: `${service} calls ${asked}, which suffers since ${clockTime(found.onsetAt)}: ${found.what}.`,
    },
    lateOf(scene, at),
  );
}

/** Families of faults by which what is called works more. */
const ASKING: readonly Family[] = ['load', 'query', 'cpu'];

function leadsTo(edits: readonly Edit[], families: readonly Family[]): boolean {
  return edits.some(({ sureness, leadsTo: likely }) =>
    families.some((family) => sureness * (likely[family] ?? 0) >= LEADS_THERE),
  );
}

/** What went wrong on another service after a change that leads there: it is asked for more, works more, or refuses. */
function reached(scene: Scene, service: string, at: Instant, edits: readonly Edit[]): Reached | undefined {
  const load = loadOf(scene, service);
  if (load !== undefined && load.onsetAt >= at) return { ...load, what: nameOf(load) };
  const { findings = [], failures = [] } = scene.evidence.get(service) ?? {};
  const finding = findings.find(
    ({ harmful, role, series, onsetAt }) =>
      harmful &&
      onsetAt >= at &&
      role !== 'symptom' &&
      leadsTo(edits, [...(role === 'resource' ? ASKING : []), ...familiesOf(series.metric)]),
  );
  if (finding !== undefined) return { ...finding, what: nameOf(finding) };
  const cluster = failures.find(
    ({ component, reason, onsetAt }) =>
      onsetAt >= at && leadsTo(edits, familiesOf(`${component} ${reason ?? ''}`)),
  );
  return cluster === undefined ? undefined : { ...cluster, what: `failures of ${cluster.component}` };
}

interface Reached {
  readonly what: string;
  readonly strength: number;
  readonly onsetAt: Instant;
}

/** A change reaches what its service calls where that suffers of it, while the service is asked for no more itself. */
function placeOnCallee(scene: Scene, placed: Placed, edits: readonly Edit[]): Placed {
  const { service, at } = placed;
  if (service === undefined || loadOf(scene, service) !== undefined) return placed;
  const best = scene.topology
    .callees(service)
    .flatMap((callee) => {
      const found = reached(scene, callee, at, edits);
      const origin = LOADED_BY_CALLER * originOf(scene, callee) * (found?.strength ?? 0);
      return found === undefined ? [] : [{ callee, found, origin }];
    })
    .sort((a, b) => b.origin - a.origin)[0];
  if (best === undefined) return placed;
  const { callee, found, origin } = best;
  const how = `${service} calls ${callee}, which suffers since ${clockTime(found.onsetAt)}: ${found.what}.`;
  return { ...placed, origin: Math.max(placed.origin, origin), actsOn: callee, how };
}

/** A change of what a caller's failures name is placed where they are seen. */
function placeNamed(scene: Scene, placed: Placed): Placed {
  const { service, at } = placed;
  if (service === undefined || service.length < 4) return placed;
  const clusters = scene.topology
    .callers(service)
    .flatMap((caller) => scene.evidence.get(caller)?.failures ?? []);
  const naming = clusters.find(
    ({ component, reason, onsetAt }) =>
      onsetAt >= at && `${component} ${reason ?? ''}`.toLowerCase().includes(service.toLowerCase()),
  );
  if (naming === undefined) return placed;
  const origin = LOADED_BY_CALLER * originOf(scene, naming.service) * naming.strength;
  if (origin <= placed.origin) return placed;
  const how = `Failures of ${naming.service} name ${service} since ${clockTime(naming.onsetAt)}.`;
  return { ...placed, origin, actsOn: naming.service, how };
}

/** Says where a change acts and what rules it out, if anything. */
export function placeOf(scene: Scene, change: Change, edits: readonly Edit[] = []): Placed {
  const { at, service } = change.receipt;
  const { reach, question } = scene;
  if (change.merged) return placeMerged(scene, change);
  if (service !== undefined && !reach.distance.has(service)) {
    if (reach.callers.has(service)) return placeCaller(scene, change, service, edits);
    const beside = placeOnCallee(scene, { change, service, at, origin: 0 }, edits);
    if (beside.actsOn !== undefined) return withReason(beside, lateOf(scene, at));
    const rejected = `Out of reach: ${question.service} does not depend on ${service}.`;
    return { change, service, at, origin: 0, rejected };
  }
  const own = { change, service, at, origin: originValue(scene, service) };
  const placed = placeNamed(scene, placeOnCallee(scene, own, edits));
  const rejected =
    lateOf(scene, at) ?? (service === undefined ? undefined : abnormalBefore(scene, service, at));
  return withReason(placed, rejected);
}
