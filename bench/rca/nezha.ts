/** Online Boutique of Nezha (Yu et al., 2023): metrics of each pod a minute; the pod of each injected fault. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { instantOf, MINUTE_MS, parseInstant, shift, type Window } from '../../src/model/index.js';
import type { Candidate } from '../../src/rca/index.js';
import type { BenchCase, BenchSet, Marks } from './case.js';
import { numberIn, readCsv } from './csv.js';
import type { LabelledSample } from './recording.js';
import { mapValues, withinFirst } from './score.js';
import { simpleRankings } from './simple.js';

/** How long after its injection a fault is asked about, and how far back is looked. */
const ASKED_AFTER_MS = 4 * MINUTE_MS;
const WINDOW_MS = 5 * MINUTE_MS;

/** The part of the entry, at which users feel what is wrong. */
const ENTRY = 'frontend';

const METRIC_FILE = '_metric.csv';

const faultSchema = z.record(
  z.string(),
  z.array(z.object({ inject_timestamp: z.coerce.number(), inject_pod: z.string(), inject_type: z.string() })),
);

/** The names that an exporter would give the columns; others go by their own. */
const metricNames: Readonly<Record<string, string>> = {
  'CpuUsage(m)': 'cpu_usage_millicores',
  'CpuUsageRate(%)': 'cpu_usage_percent',
  'MemoryUsage(Mi)': 'memory_usage_mebibytes',
  'MemoryUsageRate(%)': 'memory_usage_percent',
  SyscallRead: 'syscall_reads',
  SyscallWrite: 'syscall_writes',
  NetworkReceiveBytes: 'network_receive_bytes_per_second',
  NetworkTransmitBytes: 'network_transmit_bytes_per_second',
  'PodClientLatencyP90(s)': 'client_latency_p90_seconds',
  'PodServerLatencyP90(s)': 'server_latency_p90_seconds',
  'PodClientLatencyP95(s)': 'client_latency_p95_seconds',
  'PodServerLatencyP95(s)': 'server_latency_p95_seconds',
  'PodClientLatencyP99(s)': 'client_latency_p99_seconds',
  'PodServerLatencyP99(s)': 'server_latency_p99_seconds',
  'PodWorkload(Ops)': 'requests_per_second',
  'PodSuccessRate(%)': 'success_percent',
  'NodeCpuUsageRate(%)': 'node_cpu_usage_percent',
  'NodeMemoryUsageRate(%)': 'node_memory_usage_percent',
  NodeNetworkReceiveBytes: 'node_network_receive_bytes_per_second',
};

/** `cartservice-579f59597d-wc2lz` is a pod of the deployment `cartservice`, as Kubernetes names them. */
function deploymentOf(pod: string): string {
  return pod.replace(/-[a-z0-9]+-[a-z0-9]+$/, '');
}

/** The clock as it is written, since one pod's column of seconds is wrong: `2022-08-22 03:51:19.607158889 +0000 …`. */
function timeOf(text: string): ReturnType<typeof parseInstant> {
  return parseInstant(`${text.slice(0, 19).replace(' ', 'T')}Z`);
}

async function readPod(file: string): Promise<readonly LabelledSample[]> {
  const [head = [], ...rows] = await readCsv(file);
  const pod = head.indexOf('PodName');
  return rows.flatMap((row) => {
    const at = timeOf(row[0] ?? '');
    const name = row[pod] ?? '';
    if (at === undefined || name === '') return [];
    return row.slice(pod + 1).map((cell, place) => ({
      metric: metricNames[head[pod + 1 + place] ?? ''] ?? head[pod + 1 + place] ?? '',
      labels: { service: deploymentOf(name), pod: name },
      at,
      value: numberIn(cell),
    }));
  });
}

/** Latencies of the calls between services, as a mesh sees them on one side: a column `caller_callee` each. */
async function readEdges(
  folder: string,
  reporter: 'source' | 'destination',
): Promise<readonly LabelledSample[]> {
  const [head = [], ...rows] = await readCsv(join(folder, `${reporter}_50.csv`));
  return rows.flatMap((row) => {
    const at = timeOf(row[0] ?? '');
    if (at === undefined) return [];
    return row.slice(2).map((cell, place) => {
      const [source = '', destination = ''] = (head[place + 2] ?? '').split('_');
      return {
        metric: 'request_duration_p50_seconds',
        labels: { source_workload: source, destination_workload: destination, reporter },
        at,
        value: numberIn(cell),
      };
    });
  });
}

/** The address of a node: what runs there is listed beside who calls whom. */
const NODE = /^[\d.]+$/;

interface Day {
  readonly name: string;
  readonly samples: readonly LabelledSample[];
  /** All of it, which each of its minutes is compared with. */
  readonly whole: Window;
  /** The pod of each deployment. */
  readonly pods: ReadonlyMap<string, string>;
  readonly calls: readonly (readonly [string, string])[];
}

async function readDay(folder: string, name: string): Promise<Day> {
  const metrics = join(folder, name, 'metric');
  const files = (await readdir(metrics)).filter((file) => file.endsWith(METRIC_FILE)).sort();
  const samples: LabelledSample[] = [];
  for (const file of files) for (const sample of await readPod(join(metrics, file))) samples.push(sample);
  for (const side of ['source', 'destination'] as const) samples.push(...(await readEdges(metrics, side)));
  const [, ...rows] = await readCsv(join(metrics, 'dependency.csv'));
  return {
    name,
    samples,
    whole: wholeOf(samples),
    pods: podsOf(samples),
    calls: rows.flatMap(([from = '', to = '']): readonly (readonly [string, string])[] =>
      NODE.test(to) ? [] : [[from, to]],
    ),
  };
}

function wholeOf(samples: readonly LabelledSample[]): Window {
  const times = samples.map(({ at }) => at).sort((a, b) => a - b);
  return { from: times[0] ?? instantOf(0), to: shift(times.at(-1) ?? instantOf(0), 1) };
}

function podsOf(samples: readonly LabelledSample[]): ReadonlyMap<string, string> {
  return new Map(
    samples.flatMap(({ labels: { service, pod } }): readonly (readonly [string, string])[] =>
      service === undefined || pod === undefined ? [] : [[service, pod]],
    ),
  );
}

/** The pod that a candidate blames; each deployment has one here. */
function podOf({ pods }: Day, { component, service }: Candidate): string {
  return component ?? pods.get(service) ?? service;
}

function marksOf(pods: readonly string[], wanted: string): Marks {
  return {
    as1: withinFirst(pods, wanted, 1),
    as3: withinFirst(pods, wanted, 3),
    as5: withinFirst(pods, wanted, 5),
  };
}

function caseOf(day: Day, injectedS: number, pod: string, type: string): BenchCase {
  const at = instantOf(injectedS * 1000 + ASKED_AFTER_MS);
  return {
    name: `${day.name}/${new Date(injectedS * 1000).toISOString().slice(11, 16)} ${type} ${pod}`,
    question: { service: ENTRY, at, windowMs: WINDOW_MS, comparedWith: day.whole },
    record: async (into) => {
      await into.samples(day.samples);
      await into.calls(day.calls, day.whole.from);
    },
    marks: ({ candidates }) =>
      marksOf([...new Set(candidates.map((candidate) => podOf(day, candidate)))], pod),
    simple: () => {
      const rankings = simpleRankings({
        samples: day.samples.filter(({ labels }) => labels.pod !== undefined),
        phaseOf: ({ at: time }) => (time > at || time < at - WINDOW_MS ? 'before' : 'since'),
        nameOf: ({ labels }) => labels.pod ?? '',
      });
      return mapValues(rankings, (pods) => marksOf(pods, pod));
    },
    isRight: (candidate) => podOf(day, candidate) === pod,
  };
}

async function load(folder: string): Promise<readonly BenchCase[]> {
  const cases: BenchCase[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const list = join(folder, name, `${name}-fault_list.json`);
    if (!existsSync(list) || !existsSync(join(folder, name, 'metric'))) continue;
    const day = await readDay(folder, name);
    const faults = faultSchema.parse(JSON.parse(await readFile(list, 'utf8')));
    for (const { inject_timestamp: at, inject_pod: pod, inject_type: type } of Object.values(faults).flat()) {
      cases.push(caseOf(day, at, pod, type));
    }
  }
  return cases;
}

/** The pod of injected faults, from metrics alone. */
export const nezha: BenchSet = {
  name: 'nezha',
  scores: [
    {
      name: 'as1',
      of: 'mean',
      floor: 0.5,
      aim: 0.8,
      published: 'with traces and logs: Nezha .93, MicroRCA .16',
    },
    { name: 'as3', of: 'mean', floor: 0.65, aim: 0.92, published: 'Nezha .96, MicroRCA .63' },
    { name: 'as5', of: 'mean', floor: 0.78, aim: 0.96, published: 'Nezha .96, MicroRCA .93' },
  ],
  load,
};
