/** Reads the files of one case as what the sources of an operator would have sent: receipts in their native form. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { formatInstant, type Instant, instantOf, parseInstant, shift } from '../../src/model/index.js';
import { numberIn, readCsv } from './csv.js';
import type { LabelledSample, NativeEvent } from './recording.js';

const time = z.string().transform((text, context) => {
  const at = parseInstant(text);
  if (at !== undefined) return at;
  context.issues.push({ code: 'custom', input: text, message: 'expected a time' });
  return z.NEVER;
});

const alertSchema = z.object({
  service: z.string(),
  metric: z.string(),
  fired_at: time,
  severity: z.string(),
  monitor: z.string(),
  summary: z.string(),
  detail: z.string().optional(),
});

const commitSchema = z.object({
  sha: z.string(),
  author: z.string(),
  timestamp: time,
  message: z.string(),
  files_changed: z.array(z.string()).default([]),
  diff: z.string().nullable().optional(),
});

const deploySchema = z.object({
  timestamp: time,
  service: z.string(),
  commit_sha: z.string(),
  version: z.string(),
});

const flagSchema = z.object({
  timestamp: time,
  flag: z.string(),
  service: z.string(),
  change: z.string(),
  actor: z.string(),
});

const logSchema = z
  .object({ timestamp: time, service: z.string(), severity_text: z.string(), msg: z.string() })
  .catchall(z.union([z.string(), z.number(), z.boolean()]));

const spanSchema = z
  .object({
    trace_id: z.string(),
    span_id: z.string(),
    parent_id: z.string().nullable(),
    service: z.string(),
    name: z.string(),
    start: time,
    status: z.string(),
    error: z.string().optional(),
    status_message: z.string().optional(),
    attributes: z.record(z.string(), z.unknown()).default({}),
  })
  .catchall(z.unknown());

const patternSchema = z.object({
  signature: z.string(),
  service: z.string(),
  count: z.number(),
  delta_vs_baseline: z.coerce.number(),
  sentiment: z.string(),
});

const feedEntry = z.object({
  timestamp: time,
  status: z.string().optional(),
  detail: z.string().optional(),
  body: z.string().optional(),
});
const feedSchema = z.object({
  provider: z.string().optional(),
  component: z.string().optional(),
  source: z.string().optional(),
  events: z.array(feedEntry).default([]),
  incidents: z
    .array(
      z.object({ name: z.string(), impact: z.string().optional(), updates: z.array(feedEntry).default([]) }),
    )
    .default([]),
});

type Commit = z.output<typeof commitSchema>;
type Span = z.output<typeof spanSchema>;

/** The alert that a case begins with. */
export type CaseAlert = z.output<typeof alertSchema>;

/** All that a case tells, in the forms in which it is sent. */
export interface CaseEvidence {
  readonly alert: CaseAlert;
  readonly samples: readonly LabelledSample[];
  readonly events: readonly NativeEvent[];
  readonly calls: readonly (readonly [string, string])[];
}

/** The repository whose merges are told; commits that no deployment names are known only as merged there. */
const REPOSITORY = 'repository';

async function readJson<T>(folder: string, file: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const path = join(folder, file);
  return existsSync(path) ? schema.parse(JSON.parse(await readFile(path, 'utf8'))) : undefined;
}

/** A commit as `git log --name-only` tells it. */
function tellingOf(commit: Commit | undefined): Readonly<Record<string, string>> {
  if (commit === undefined) return {};
  const { message, files_changed: files, diff, author } = commit;
  return {
    message: [message, ...(files.length === 0 ? [] : ['', ...files])].join('\n'),
    author,
    ...(diff === undefined || diff === null ? {} : { diff }),
  };
}

async function readChanges(folder: string): Promise<readonly NativeEvent[]> {
  const commits = (await readJson(folder, 'context/commits.json', z.array(commitSchema))) ?? [];
  const deploys = (await readJson(folder, 'context/deploys.json', z.array(deploySchema))) ?? [];
  const flags = (await readJson(folder, 'context/flags.json', z.array(flagSchema))) ?? [];
  const bySha = new Map(commits.map((commit) => [commit.sha, commit]));
  const deployed = new Set(deploys.map(({ commit_sha: sha }) => sha));
  return [
    ...deploys.map(({ timestamp, service, commit_sha: sha, version }) => ({
      kind: 'deployment',
      time: formatInstant(timestamp),
      service,
      version,
      commit: sha,
      ...tellingOf(bySha.get(sha)),
    })),
    ...commits
      .filter(({ sha }) => !deployed.has(sha))
      .map((commit) => ({
        kind: 'deployment',
        time: formatInstant(commit.timestamp),
        service: REPOSITORY,
        action: 'merged',
        version: commit.sha.slice(0, 8),
        commit: commit.sha,
        ...tellingOf(commit),
      })),
    ...flags.map(({ timestamp, flag, service, change, actor }) => {
      const [from = '', to = ''] = change.split('->');
      return { kind: 'flag_change', time: formatInstant(timestamp), service, flag, from, to, author: actor };
    }),
  ];
}

function attributesOf(attributes: Readonly<Record<string, unknown>>): string {
  const told = Object.entries(attributes).map(([name, value]) => `${name}=${String(value)}`);
  return told.length === 0 ? '' : ` (${told.join(', ')})`;
}

/** Lines of errors are failures with their reason; the others are counted by their template. */
async function readLogs(folder: string): Promise<readonly NativeEvent[]> {
  const text = await readFile(join(folder, 'logs.ndjson'), 'utf8');
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line): NativeEvent => {
    const {
      timestamp,
      service,
      severity_text: severity,
      msg,
      trace_id: _,
      ...rest
    } = logSchema.parse(JSON.parse(line));
    const head = { time: formatInstant(timestamp), service };
    const { 'http.route': route, ...more } = rest;
    if (/^(ERROR|FATAL)/.test(severity)) {
      const component = route === undefined ? 'log' : String(route);
      return { kind: 'failure', ...head, component, reason: `${msg}${attributesOf(more)}` };
    }
    const labels = { template: `${msg}${attributesOf(more)}` };
    return { kind: 'log_volume', ...head, count: 1, level: severity.toLowerCase(), labels };
  });
}

/** What a log tool counted by signature, as of the alert: how many there are, and how many are usual. */
async function readPatterns(folder: string, { fired_at: at }: CaseAlert): Promise<readonly NativeEvent[]> {
  const patterns = (await readJson(folder, 'patterns.json', z.array(patternSchema))) ?? [];
  return patterns.map(({ signature, service, count, delta_vs_baseline: more, sentiment }) => ({
    kind: 'log_volume',
    time: formatInstant(at),
    service,
    count,
    level: sentiment === 'negative' ? 'error' : 'info',
    labels: { template: signature, usual: String(Math.max(0, count - more)) },
  }));
}

function failedSpans(spans: readonly Span[]): readonly NativeEvent[] {
  return spans.flatMap((span): readonly NativeEvent[] => {
    const reason = span.error ?? span.status_message ?? span.attributes['error.message'];
    if (span.status !== 'ERROR' || typeof reason !== 'string') return [];
    const { service, name: component, start } = span;
    return [{ kind: 'failure', time: formatInstant(start), service, component, reason }];
  });
}

function callsOf(spans: readonly Span[]): readonly (readonly [string, string])[] {
  const parents = new Map(spans.map((span) => [`${span.trace_id} ${span.span_id}`, span.service]));
  const anywhere = new Map(spans.map((span) => [span.span_id, span.service]));
  const calls = new Map<string, readonly [string, string]>();
  for (const { trace_id: trace, parent_id: parent, service, ...rest } of spans) {
    const caller = parent === null ? undefined : (parents.get(`${trace} ${parent}`) ?? anywhere.get(parent));
    const peer = rest['peer.service'];
    if (caller !== undefined && caller !== service) calls.set(`${caller} ${service}`, [caller, service]);
    if (typeof peer === 'string' && peer !== service) calls.set(`${service} ${peer}`, [service, peer]);
  }
  return [...calls.values()];
}

/** What a status page of a provider said up to a time, as alerts of the provider. */
async function readStatus(folder: string, until: Instant): Promise<readonly NativeEvent[]> {
  const feed = await readJson(folder, 'status_feed.json', feedSchema);
  if (feed === undefined) return [];
  const service = feed.provider ?? feed.component ?? feed.source ?? 'provider';
  const entries = [
    ...feed.events.map((entry) => ({ name: 'status page', entry })),
    ...feed.incidents.flatMap(({ name, updates }) => updates.map((entry) => ({ name, entry }))),
  ];
  return entries
    .filter(({ entry }) => entry.timestamp <= until)
    .map(({ name, entry }) => ({
      kind: 'alert_fired',
      time: formatInstant(entry.timestamp),
      service,
      name,
      severity: 'warning',
      summary: entry.detail ?? entry.body ?? entry.status ?? '',
    }));
}

async function readSamples(folder: string): Promise<readonly LabelledSample[]> {
  const [head = [], ...rows] = await readCsv(join(folder, 'metrics.csv'));
  const column = (name: string): number => head.indexOf(name);
  const [atTime, ofService, ofMetric, ofValue] = ['timestamp', 'service', 'metric', 'value'].map(column);
  return rows.flatMap((row) => {
    const at = parseInstant(row[atTime ?? 0] ?? '');
    const metric = row[ofMetric ?? 0];
    const service = row[ofService ?? 0];
    return at === undefined || metric === undefined || service === undefined
      ? []
      : [{ metric, labels: { service }, at, value: numberIn(row[ofValue ?? 0]) }];
  });
}

/** The alert of a case as its monitor sends it. */
function alertEvent({
  service,
  metric,
  fired_at: at,
  severity,
  monitor,
  summary,
  detail,
}: CaseAlert): NativeEvent {
  const more = detail === undefined ? {} : { description: detail };
  return {
    kind: 'alert_fired',
    time: formatInstant(at),
    service,
    name: monitor,
    severity,
    summary,
    metric,
    ...more,
  };
}

/** Reads the evidence of one case; nothing of `ground_truth.json` is in it. */
export async function readCase(folder: string): Promise<CaseEvidence> {
  const alert = await readJson(folder, 'alert.json', alertSchema);
  if (alert === undefined) throw new Error(`${folder} has no alert.json`);
  const spans = (await readJson(folder, 'traces.json', z.array(spanSchema))) ?? [];
  const events = [
    ...(await readChanges(folder)),
    ...(await readLogs(folder)),
    ...(await readPatterns(folder, alert)),
    ...failedSpans(spans),
    ...(await readStatus(folder, alert.fired_at)),
    alertEvent(alert),
  ];
  return { alert, samples: await readSamples(folder), events, calls: callsOf(spans) };
}

/** A time after everything that a case tells. */
export function afterAll({ events, alert }: CaseEvidence): Instant {
  const times = events.map(({ time: text }) => parseInstant(String(text)) ?? alert.fired_at);
  return shift(instantOf(Math.max(alert.fired_at, ...times)), 1);
}
