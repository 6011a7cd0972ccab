/** What `genchi slo` asks of GraphQL, and the shapes of the answers. */
import { z } from 'zod';

const REVISION = `at retired title service component metric direction target goodMetric badMetric totalMetric selectors
  objectivePercent windowMinutes sliceMinutes sliceTargetPercent owner reason receipt { iri }`;
const STATUS = `name state unit objectivePercent attainmentPercent coverage good total current headroomPercent missing
  window { from to } budget { allowed spent leftPercent }
  burns { rule factor pages firing long { minutes rate } short { minutes rate } }
  revision { ${REVISION} }`;

/** Objectives, a page at a time. */
export const LIST = `query Slos($service: String, $state: SloState, $at: DateTime, $after: String) {
  slos(service: $service, state: $state, at: $at, first: 100, after: $after) {
    nodes { ${STATUS} } pageInfo { hasNextPage endCursor }
  }
}`;

/** One objective with all that is known of it. */
export const SHOW = `query Slo($name: String!, $at: DateTime, $withoutOutliers: Boolean) {
  slo(name: $name, at: $at, withoutOutliers: $withoutOutliers) {
    ${STATUS} outliersLeftOut
    revisions { ${REVISION} }
    parts { attainmentPercent coverage window { from to } }
    proposal { phases pattern worstHour sentence }
  }
}`;

export const REGISTER = `mutation Register($input: RegisterSloInput!) {
  registerSlo(input: $input) { isNew revision { receipt { iri } } }
}`;
export const RETIRE = `mutation Retire($input: RetireSloInput!) {
  retireSlo(input: $input) { isNew revision { receipt { iri } } }
}`;
export const RULES = `query Rules($ruleFile: String!, $serviceLabel: String, $componentLabel: String) {
  sloRules(ruleFile: $ruleFile, serviceLabel: $serviceLabel, componentLabel: $componentLabel) { rules tests }
}`;

const text = z.string().nullable();
const number = z.number().nullable();
const span = z.object({ from: z.string(), to: z.string() });

const revision = z.object({
  at: z.string(),
  retired: z.boolean(),
  ...{ title: text, service: text, component: text, metric: text, direction: text, target: number },
  ...{ goodMetric: text, badMetric: text, totalMetric: text, selectors: z.array(z.string()) },
  ...{
    objectivePercent: number,
    windowMinutes: number,
    sliceMinutes: z.number(),
    sliceTargetPercent: number,
  },
  ...{ owner: text, reason: text, receipt: z.object({ iri: z.string() }) },
});

const burn = z.object({
  rule: z.string(),
  factor: z.number(),
  pages: z.boolean(),
  firing: z.boolean().nullable(),
  long: z.object({ minutes: z.number(), rate: number }),
  short: z.object({ minutes: z.number(), rate: number }),
});

const status = z.object({
  ...{ name: z.string(), state: z.string(), unit: z.string(), objectivePercent: z.number() },
  ...{ attainmentPercent: number, coverage: z.number(), good: z.number(), total: z.number() },
  ...{ current: number, headroomPercent: number, missing: z.array(z.string()), window: span, revision },
  budget: z.object({ allowed: z.number(), spent: z.number(), leftPercent: number }),
  burns: z.array(burn),
});

/** An objective, judged. */
export type ShownSlo = z.output<typeof status>;

/** A revision as it is shown. */
export type ShownRevision = z.output<typeof revision>;

export const listShape = z.object({
  slos: z.object({
    nodes: z.array(status),
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
  }),
});

const detailed = status.extend({
  outliersLeftOut: number,
  revisions: z.array(revision),
  parts: z.array(z.object({ attainmentPercent: number, coverage: z.number(), window: span })),
  proposal: z
    .object({ phases: z.array(z.number()), pattern: z.string(), worstHour: number, sentence: z.string() })
    .nullable(),
});

/** An objective with all that is known of it. */
export type DetailedSlo = z.output<typeof detailed>;

export const showShape = z.object({ slo: detailed.nullable() });

const registered = z.object({
  isNew: z.boolean(),
  revision: z.object({ receipt: z.object({ iri: z.string() }) }),
});
export const registerShape = z.object({ registerSlo: registered });
export const retireShape = z.object({ retireSlo: registered });
export const rulesShape = z.object({ sloRules: z.object({ rules: z.string(), tests: z.string() }) });
