import { Command, Option } from 'commander';
import { z } from 'zod';
import { formatInstant, instantOf, MINUTE_MS } from '../model/index.js';
import { parseDurationMs, parseSpan, parseTime } from './arguments.js';
import { CANDIDATE_FIELDS, candidateShape, printCandidates } from './candidates.js';
import { clientOf, urlOption } from './client.js';
import { EXIT_HELP } from './exit.js';
import type { Outside } from './outside.js';
import { printable } from './table.js';
import { printWhys, WHY_FIELDS, whyShape } from './whys.js';

const optionsShape = z.looseObject({
  service: z.string(),
  metric: z.string().optional(),
  at: z.number().optional(),
  window: z.number(),
  learned: z.boolean(),
  baseline: z.object({ from: z.number(), to: z.number() }).optional(),
  json: z.boolean().optional(),
});

const QUESTION = `query Causes(
  $service: String!, $metric: String, $at: DateTime, $windowMinutes: Float!, $learned: Boolean!,
  $from: DateTime, $to: DateTime
) {
  rootCauseCandidates(
    service: $service, metric: $metric, at: $at, windowMinutes: $windowMinutes, learned: $learned,
    baselineFrom: $from, baselineTo: $to
  ) {
    symptomMetric onsetAt firstFailing affected reach missing learnedFrom { incidents latestVerdictAt }
    candidates { ${CANDIDATE_FIELDS} }
    rejected { ${CANDIDATE_FIELDS} }
    whys { ${WHY_FIELDS} }
  }
}`;

const analysisShape = z.object({
  rootCauseCandidates: z.object({
    symptomMetric: z.string().nullable(),
    onsetAt: z.string().nullable(),
    firstFailing: z.string(),
    affected: z.array(z.string()),
    reach: z.array(z.string()),
    learnedFrom: z.object({ incidents: z.number(), latestVerdictAt: z.string() }).nullable(),
    missing: z.array(z.string()),
    candidates: z.array(candidateShape),
    rejected: z.array(candidateShape),
    whys: z.array(whyShape),
  }),
});

type Analysis = z.output<typeof analysisShape>['rootCauseCandidates'];

async function analyse(self: Command, outside: Outside): Promise<void> {
  const { service, metric, at, window, learned, baseline, json } = optionsShape.parse(self.opts());
  const variables = {
    service,
    metric: metric ?? null,
    at: at === undefined ? null : formatInstant(instantOf(at)),
    windowMinutes: window / MINUTE_MS,
    learned,
    from: baseline === undefined ? null : formatInstant(instantOf(baseline.from)),
    to: baseline === undefined ? null : formatInstant(instantOf(baseline.to)),
  };
  const answer = await clientOf(self, outside).graphql(QUESTION, variables, analysisShape);
  const analysis = answer.rootCauseCandidates;
  if (json === true) {
    outside.out.write(`${JSON.stringify(analysis, undefined, 2)}\n`);
    return;
  }
  outside.out.write(printHead(service, analysis));
  outside.out.write(printCandidates(analysis.candidates, analysis.rejected, analysis.missing));
  outside.out.write(printWhys(analysis.whys));
}

function printHead(service: string, analysis: Analysis): string {
  const { symptomMetric, onsetAt, firstFailing, affected, reach, learnedFrom } = analysis;
  const seen = symptomMetric === null ? service : `${symptomMetric} of ${service}`;
  const began = onsetAt === null ? 'no lasting change was found' : `changed at ${onsetAt}`;
  const lines = [
    `${seen}: ${began}; within reach: ${reach.join(', ')}`,
    `Failing begins at ${firstFailing}; degraded too: ${affected.length === 0 ? 'none' : affected.join(', ')}`,
    learnedFrom === null
      ? 'No verdicts on past incidents moved the scores.'
      : `Verdicts on ${learnedFrom.incidents} past incidents, up to ${learnedFrom.latestVerdictAt}, moved the scores.`,
  ];
  return `${lines.map(printable).join('\n')}\n\n`;
}

/** `genchi rca`: asks a running server what caused what is seen on a service. */
export function rcaCommand(outside: Outside): Command {
  return new Command('rca')
    .description('rank what may have caused what is seen on a service, with the evidence for and against')
    .requiredOption('--service <NAME>', 'the service on which it is seen')
    .option('--metric <NAME>', 'the metric on which it is seen (default: the worst one)')
    .option('--at <TIME>', 'when it was seen, RFC 3339 (default: now)', parseTime)
    .addOption(
      new Option('--window <DURATION>', 'how far back to look, such as 30m or 2h')
        .argParser(parseDurationMs)
        .default(30 * MINUTE_MS, '30m'),
    )
    .option('--no-learned', 'leave out what verdicts on past incidents taught')
    .option(
      '--baseline <FROM/TO>',
      'what metrics are compared with, two RFC 3339 times (default: what came before the window)',
      parseSpan,
    )
    .option('--json', 'print JSON')
    .addOption(urlOption(outside))
    .addHelpText(
      'after',
      `
Examples:
  genchi rca --service checkout
  genchi rca --service checkout --metric latency_p99_ms --at 2026-01-02T03:04:05Z --window 2h
  genchi rca --service checkout --baseline 2026-01-01T00:00:00Z/2026-01-02T00:00:00Z
  genchi rca --service checkout --json | jq '.candidates[0]'
${EXIT_HELP}`,
    )
    .action((_, self: Command) => analyse(self, outside));
}
