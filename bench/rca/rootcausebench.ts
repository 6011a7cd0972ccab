/** Synthetic incidents with commits, deployments and flags of which one, or none, is the culprit. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { HOUR_MS, MINUTE_MS, shift } from '../../src/model/index.js';
import type { Analysis, Candidate, Remedy } from '../../src/rca/index.js';
import type { BenchCase, BenchSet, Marks } from './case.js';
import { afterAll, readCase } from './rootcausebench-evidence.js';

/** How far back the server looks by default. */
const WINDOW_MS = 30 * MINUTE_MS;

/** Calls are known from tracing since long before an incident. */
const CALLS_KNOWN_BEFORE_MS = 12 * HOUR_MS;

const NONE = 'none';

const truthSchema = z.object({
  root_cause_commit: z.string(),
  first_failing_service: z.string(),
  blast_radius: z.array(z.string()),
  remediation: z.string(),
  decoy_deploy_commits: z.array(z.string()).default([]),
});

type Truth = z.output<typeof truthSchema>;

/** The set's own words for what is to be done. */
const remediations: Readonly<Record<Remedy, string>> = {
  rollback: 'rollback',
  'roll-forward': 'roll-forward',
  'restore-value': 'rollback',
  'turn-off': 'rollback',
  'fail-over': 'failover',
  escalate: 'escalate-upstream',
  'renew-certificate': 'rotate-cert',
  'renew-credential': 'rotate-credentials',
  'quarantine-data': 'purge-bad-data',
  'scale-out': 'scale-up',
  'replace-node': 'replace-node',
  'free-space': 'free-disk',
};

/** The commit that a candidate blames; `none` when it blames no change of code. */
function commitOf(candidate: Candidate | undefined): string {
  return candidate?.causeKind === 'deployment' ? (candidate.commit ?? NONE) : NONE;
}

function jaccard(a: readonly string[], b: readonly string[]): number {
  const all = new Set([...a, ...b]);
  return all.size === 0 ? 1 : a.filter((one) => b.includes(one)).length / all.size;
}

function marksOf(analysis: Analysis, truth: Truth): Marks {
  const first = analysis.candidates[0];
  const blamed = commitOf(first);
  const right = blamed === truth.root_cause_commit ? 1 : 0;
  const none = truth.root_cause_commit === NONE;
  return {
    exact: right,
    decoys: truth.decoy_deploy_commits.includes(blamed) ? 1 : 0,
    none: none ? right : 0,
    noneCases: none ? 1 : 0,
    firstService: analysis.firstFailing === truth.first_failing_service ? 1 : 0,
    blastJaccard: jaccard(analysis.affected, truth.blast_radius),
    remediation: first?.remedy !== undefined && remediations[first.remedy] === truth.remediation ? 1 : 0,
  };
}

async function loadCase(folder: string, name: string): Promise<BenchCase> {
  const evidence = await readCase(folder);
  const truth = truthSchema.parse(JSON.parse(await readFile(join(folder, 'ground_truth.json'), 'utf8')));
  const { service, metric, fired_at: at } = evidence.alert;
  return {
    name,
    record: async (into) => {
      const now = afterAll(evidence);
      await into.samples(evidence.samples);
      await into.calls(evidence.calls, shift(at, -CALLS_KNOWN_BEFORE_MS));
      await into.events(evidence.events, now);
    },
    question: { service, metric, at, windowMs: WINDOW_MS },
    marks: (analysis) => marksOf(analysis, truth),
    isRight: (candidate) => commitOf(candidate) === truth.root_cause_commit,
  };
}

/** The set `rootcausebench`. */
export const rootcausebench: BenchSet = {
  name: 'rootcausebench',
  scores: [
    { name: 'exact', of: 'sum', floor: 8, aim: 12, published: 'rules at most 7 of 24, latest deploy 1' },
    { name: 'decoys', of: 'sum', floor: 2, aim: 0, atMost: true, published: 'latest deploy 22 of 24' },
    { name: 'none', of: 'sum', floor: 3, aim: 4 },
    { name: 'noneCases', of: 'sum' },
    { name: 'firstService', of: 'mean' },
    { name: 'blastJaccard', of: 'mean' },
    { name: 'remediation', of: 'mean' },
  ],
  load: async (folder) => {
    const entries = await readdir(folder, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    return Promise.all(names.sort().map((name) => loadCase(join(folder, name), name)));
  },
};
