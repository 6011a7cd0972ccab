import { Command, CommanderError } from 'commander';
import { completionCommand } from './completion.js';
import { dashboardsCommand } from './dashboards.js';
import { demoCommand } from './demo/index.js';
import { EXIT, EXIT_HELP, exitCodeOf, lineOf } from './exit.js';
import { experimentCommand } from './experiment.js';
import { exportCommand } from './export.js';
import { hygieneCommand } from './hygiene.js';
import { importCommand } from './import.js';
import { improvementCommand } from './improvement.js';
import { incidentsCommand } from './incidents.js';
import type { Outside } from './outside.js';
import { pillarsCommand } from './pillars.js';
import { postmortemCommand } from './postmortem.js';
import { queryCommand } from './query.js';
import { rcaCommand } from './rca.js';
import { recommendationsCommand } from './recommendations.js';
import { recordCommand } from './record.js';
import { retentionCommand } from './retention.js';
import { reviewCommand } from './review.js';
import { runbooksCommand } from './runbooks.js';
import { schemaCommand } from './schema.js';
import { configCommand, serveCommand } from './serve.js';
import { signalsCommand } from './signals.js';
import { sloCommand } from './slo.js';
import { trendsCommand } from './trends.js';
import { webhooksCommand } from './webhooks.js';

/** What a parser throws instead of ending the process, for every verb, and where it writes. */
function tame(command: Command, outside: Outside): void {
  command.exitOverride();
  command.configureOutput({
    writeOut: (text) => outside.out.write(text),
    writeErr: (text) => outside.err.write(text),
  });
  command.showHelpAfterError('(--help shows what there is)');
  for (const child of command.commands) tame(child, outside);
}

/** The command line as a tree of verbs. */
export function buildProgram(outside: Outside): Command {
  const program: Command = new Command('genchi')
    .description(
      'Go and see for yourself: evidence of a system, and the ranked, explained causes of its incidents.',
    )
    .version(outside.version, '-V, --version', 'print the version')
    .addCommand(serveCommand(outside))
    .addCommand(demoCommand(outside))
    .addCommand(recordCommand(outside))
    .addCommand(queryCommand(outside))
    .addCommand(rcaCommand(outside))
    .addCommand(incidentsCommand(outside))
    .addCommand(postmortemCommand(outside))
    .addCommand(recommendationsCommand(outside))
    .addCommand(hygieneCommand(outside))
    .addCommand(reviewCommand(outside))
    .addCommand(runbooksCommand(outside))
    .addCommand(trendsCommand(outside))
    .addCommand(experimentCommand(outside))
    .addCommand(improvementCommand(outside))
    .addCommand(sloCommand(outside))
    .addCommand(webhooksCommand(outside))
    .addCommand(dashboardsCommand(outside))
    .addCommand(pillarsCommand(outside))
    .addCommand(signalsCommand(outside))
    .addCommand(exportCommand(outside))
    .addCommand(importCommand(outside))
    .addCommand(retentionCommand(outside))
    .addCommand(configCommand(outside))
    .addCommand(schemaCommand(outside))
    .addCommand(completionCommand(outside, () => program))
    .addHelpText(
      'after',
      `
Examples:
  genchi demo                        see it work, on a fresh folder
  genchi serve                       run the server
  genchi record failure --service checkout --set component=db --set reason=timeout
  genchi rca --service checkout --at 2026-01-02T03:04:05Z
${EXIT_HELP}`,
    );
  tame(program, outside);
  return program;
}

/** Runs a command line (without node and script); answers the exit code. Errors are told on standard error. */
export async function runCli(argv: readonly string[], outside: Outside): Promise<number> {
  try {
    await buildProgram(outside).parseAsync(argv, { from: 'user' });
    return EXIT.done;
  } catch (error) {
    // Commander has told its own errors by now.
    if (!(error instanceof CommanderError)) outside.err.write(`${lineOf(error)}\n`);
    return exitCodeOf(error);
  }
}
