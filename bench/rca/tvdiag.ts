/**
 * Alerts of two shops and a hotel booking system without a clock (TVDiag, Xie et al.): which instance was at fault.
 * What the other folds' incidents taught is learned by the function that the server would learn with.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { defaultLimits, EventsDecoder } from '../../src/ingest/index.js';
import {
  type EventReceipt,
  formatInstant,
  instantOf,
  MINUTE_MS,
  type SeriesRef,
  shift,
} from '../../src/model/index.js';
import { type Analysis, learn, type PastIncident } from '../../src/rca/index.js';
import type { BenchCase, BenchSet, LoadOptions, Marks } from './case.js';
import { readCsv } from './csv.js';
import type { NativeEvent } from './recording.js';
import { withinFirst } from './score.js';

/** The folders of the systems, with the name of each one's own score. */
const systems = { sockshop: 'hr1Sockshop', hotel: 'hr1Hotel' } as const;

const FOLDS = 5;
const WINDOW_MS = 10 * MINUTE_MS;

/** The incidents have no clock: all alerts of one come at the same time. */
const AT = instantOf(Date.UTC(2026, 0, 1));

/** How the set writes a caller outside the system. */
const OUTSIDE = '-1';

/** How the set writes that a call was slow. */
const SLOW = 'PD';

const metricsSchema = z.record(z.string(), z.array(z.tuple([z.string(), z.string(), z.string()])));
const tracesSchema = z.record(z.string(), z.array(z.tuple([z.string(), z.string(), z.string(), z.string()])));
const nodesSchema = z.record(z.string(), z.array(z.string()));
const edgesSchema = z.record(z.string(), z.array(z.tuple([z.number(), z.number()])));
const logsSchema = z.record(z.string(), z.array(z.tuple([z.string(), z.string()])));

/** One incident: what was told of it, and the instance at fault. */
interface Incident {
  readonly name: string;
  readonly system: keyof typeof systems;
  readonly cause: string;
  readonly events: readonly NativeEvent[];
  /** Who calls whom among the services. */
  readonly calls: readonly (readonly [string, string])[];
  /** The service at which users feel it. */
  readonly entry: string;
}

/** `carts-1` is an instance of `carts`. */
function serviceOf(instance: string): string {
  return instance.replace(/-\d+$/, '');
}

const time = formatInstant(AT);

function metricEvent([instance, metric, direction]: readonly [string, string, string]): NativeEvent {
  return {
    kind: 'alert_fired',
    time,
    service: serviceOf(instance),
    name: `${metric} ${direction}`,
    severity: 'warning',
    metric,
    labels: { pod: instance, direction },
  };
}

function callEvent(
  [caller, callee, operation, what]: readonly [string, string, string, string],
  place: number,
): NativeEvent {
  const by = caller === OUTSIDE ? { caller: 'users' } : { caller, caller_service: serviceOf(caller) };
  return {
    kind: 'failure',
    // The same call may have failed twice, which is two facts.
    id: `call-${place}`,
    time,
    service: serviceOf(callee),
    component: operation,
    reason: what === SLOW ? 'slow' : `status ${what}`,
    labels: { pod: callee, ...by },
  };
}

/** A template is known by its number; the set writes the instance before it. */
function logEvent([instance, template]: readonly [string, string]): NativeEvent {
  const number = template.startsWith(`${instance}-`) ? template.slice(instance.length + 1) : template;
  const labels = { pod: instance, template: number };
  return { kind: 'log_volume', time, service: serviceOf(instance), count: 1, level: 'error', labels };
}

function unique(events: readonly NativeEvent[]): readonly NativeEvent[] {
  return [...new Map(events.map((event) => [JSON.stringify(event), event])).values()];
}

async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  return schema.parse(JSON.parse(await readFile(file, 'utf8')));
}

async function readSystem(folder: string, system: keyof typeof systems): Promise<readonly Incident[]> {
  const root = join(folder, system);
  if (!existsSync(join(root, 'label.csv'))) return [];
  const [head = [], ...rows] = await readCsv(join(root, 'label.csv'));
  const metrics = await readJson(join(root, 'metrics.json'), metricsSchema);
  const traces = await readJson(join(root, 'traces.json'), tracesSchema);
  const logs = await readJson(join(root, 'logs.json'), logsSchema);
  const nodes = await readJson(join(root, 'nodes.json'), nodesSchema);
  const edges = await readJson(join(root, 'edges.json'), edgesSchema);
  const [index, instance] = [head.indexOf('index'), head.indexOf('instance')];
  return rows.flatMap((row): readonly Incident[] => {
    const [key, cause] = [row[index], row[instance]];
    if (key === undefined || cause === undefined) return [];
    const names = (nodes[key] ?? []).map(serviceOf);
    const calls = (edges[key] ?? []).flatMap(([from, to]): readonly (readonly [string, string])[] => {
      const [caller, callee] = [names[from], names[to]];
      return caller === undefined || callee === undefined || caller === callee ? [] : [[caller, callee]];
    });
    const entry = (traces[key] ?? []).find(([caller]) => caller === OUTSIDE)?.[1];
    const told = [
      ...(metrics[key] ?? []).map(metricEvent),
      ...(traces[key] ?? []).map(callEvent),
      ...(logs[key] ?? []).map(logEvent),
    ];
    const services = told.map(({ service }) => String(service)).filter((service) => service !== '');
    return [
      {
        name: `${system} ${key}`,
        system,
        cause,
        // Calls that leave the system, and those of which the set names no side, stand on no part of it.
        events: unique(told.filter(({ service }) => service !== '' && service !== OUTSIDE)),
        calls: [...new Map(calls.map((call) => [call.join(' '), call])).values()],
        entry: entry === undefined ? (services[0] ?? serviceOf(cause)) : serviceOf(entry),
      },
    ];
  });
}

/** The receipts that the events of an incident become, through the decoder of the door. */
function receiptsOf({ events }: Incident): readonly EventReceipt[] {
  const decoder = new EventsDecoder({ intern: () => 0 as SeriesRef, limits: defaultLimits });
  const body = new TextEncoder().encode(JSON.stringify(events));
  return decoder.decode({ body, headers: { 'content-type': 'application/json' } }, shift(AT, 1)).events;
}

function pastOf(incident: Incident): PastIncident {
  const { cause } = incident;
  return { evidence: receiptsOf(incident), cause: { service: serviceOf(cause), instance: cause } };
}

/** The instances in the order of the candidates that name one. */
function instancesOf({ candidates }: Analysis): readonly string[] {
  return candidates.flatMap(({ causeKind, component }) =>
    causeKind === 'part' && component !== undefined ? [component] : [],
  );
}

function marksOf(analysis: Analysis, { cause, system }: Incident): Marks {
  const ranked = instancesOf(analysis);
  const hr1 = withinFirst(ranked, cause, 1);
  return {
    hr1,
    hr3: withinFirst(ranked, cause, 3),
    hr5: withinFirst(ranked, cause, 5),
    [systems[system]]: hr1,
  };
}

/** A number in 0..1 of a text that is the same everywhere, to deal incidents into folds (FNV-1a). */
function foldOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const char of name) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash % FOLDS;
}

function caseOf(incident: Incident, experience: BenchCase['experience']): BenchCase {
  return {
    name: incident.name,
    record: async (into) => {
      await into.calls(incident.calls, shift(AT, -MINUTE_MS));
      await into.events(incident.events, shift(AT, 1));
    },
    question: { service: incident.entry, at: AT, windowMs: WINDOW_MS },
    ...(experience === undefined ? {} : { experience }),
    marks: (analysis) => marksOf(analysis, incident),
    isRight: ({ causeKind, component, service }) =>
      causeKind === 'part' ? component === incident.cause : service === serviceOf(incident.cause),
  };
}

async function readAll(folder: string): Promise<readonly Incident[]> {
  return [...(await readSystem(folder, 'sockshop')), ...(await readSystem(folder, 'hotel'))];
}

async function load(folder: string, { learnFrom }: LoadOptions): Promise<readonly BenchCase[]> {
  const incidents = await readAll(folder);
  if (learnFrom !== undefined) {
    const experience = learn((await readAll(learnFrom)).map(pastOf));
    return incidents.map((incident) => caseOf(incident, experience));
  }
  const past = new Map(incidents.map((incident) => [incident, pastOf(incident)]));
  return Array.from({ length: FOLDS }, (_, fold) => fold).flatMap((fold) => {
    const others = incidents
      .filter(({ name }) => foldOf(name) !== fold)
      .flatMap((one) => past.get(one) ?? []);
    const experience = learn(others);
    return incidents
      .filter(({ name }) => foldOf(name) === fold)
      .map((incident) => caseOf(incident, experience));
  });
}

/** The set `tvdiag`. */
export const tvdiag: BenchSet = {
  name: 'tvdiag',
  scores: [
    { name: 'hr1', of: 'mean', floor: 0.7, published: 'alert count .38/.49, rarity .68/.74' },
    { name: 'hr3', of: 'mean' },
    { name: 'hr5', of: 'mean' },
    { name: 'hr1Sockshop', of: 'mean', aim: 0.86, published: 'supervised graph network .86' },
    { name: 'hr1Hotel', of: 'mean', aim: 0.82, published: 'supervised graph network .82' },
  ],
  load,
};
