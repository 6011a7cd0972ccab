import { Command, CommanderError } from 'commander';
import { completionCommand } from './completion.js';
import { addCredentials } from './credentials.js';
import { EXIT, EXIT_HELP, exitCodeOf, lineOf } from './exit.js';
import type { Outside } from './outside.js';

/** The verbs in the order of the help, each loaded when it is wanted: one that asks a server needs little of the code. */
const VERBS: Readonly<Record<string, (outside: Outside) => Promise<Command>>> = {
  serve: async (outside) => (await import('./serve.js')).serveCommand(outside),
  demo: async (outside) => (await import('./demo/index.js')).demoCommand(outside),
  record: async (outside) => (await import('./record.js')).recordCommand(outside),
  query: async (outside) => (await import('./query.js')).queryCommand(outside),
  rca: async (outside) => (await import('./rca.js')).rcaCommand(outside),
  incidents: async (outside) => (await import('./incidents.js')).incidentsCommand(outside),
  postmortem: async (outside) => (await import('./postmortem.js')).postmortemCommand(outside),
  recommendations: async (outside) => (await import('./recommendations.js')).recommendationsCommand(outside),
  hygiene: async (outside) => (await import('./hygiene.js')).hygieneCommand(outside),
  review: async (outside) => (await import('./review.js')).reviewCommand(outside),
  runbooks: async (outside) => (await import('./runbooks.js')).runbooksCommand(outside),
  trends: async (outside) => (await import('./trends.js')).trendsCommand(outside),
  experiment: async (outside) => (await import('./experiment.js')).experimentCommand(outside),
  improvement: async (outside) => (await import('./improvement.js')).improvementCommand(outside),
  slo: async (outside) => (await import('./slo.js')).sloCommand(outside),
  webhooks: async (outside) => (await import('./webhooks.js')).webhooksCommand(outside),
  dashboards: async (outside) => (await import('./dashboards.js')).dashboardsCommand(outside),
  pillars: async (outside) => (await import('./pillars.js')).pillarsCommand(outside),
  signals: async (outside) => (await import('./signals.js')).signalsCommand(outside),
  export: async (outside) => (await import('./export.js')).exportCommand(outside),
  import: async (outside) => (await import('./import.js')).importCommand(outside),
  backup: async (outside) => (await import('./backup.js')).backupCommand(outside),
  restore: async (outside) => (await import('./restore.js')).restoreCommand(outside),
  recover: async (outside) => (await import('./recover.js')).recoverCommand(outside),
  retention: async (outside) => (await import('./retention.js')).retentionCommand(outside),
  token: async (outside) => (await import('./token.js')).tokenCommand(outside),
  log: async (outside) => (await import('./log.js')).logCommand(outside),
  verify: async (outside) => (await import('./verify.js')).verifyCommand(outside),
  doctor: async (outside) => (await import('./doctor/index.js')).doctorCommand(outside),
  config: async (outside) => (await import('./serve.js')).configCommand(outside),
  schema: async (outside) => (await import('./schema.js')).schemaCommand(outside),
};

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

/** The command line as a tree of verbs; of all of them, unless one alone is wanted. */
export async function buildProgram(outside: Outside, verb?: string): Promise<Command> {
  const program: Command = new Command('genchi')
    .description(
      'Go and see for yourself: evidence of a system, and the ranked, explained causes of its incidents.',
    )
    .version(outside.version, '-V, --version', 'print the version');
  const wanted = verb === undefined ? undefined : VERBS[verb];
  const makers = wanted === undefined ? Object.values(VERBS) : [wanted];
  for (const verb of await Promise.all(makers.map((make) => make(outside)))) program.addCommand(verb);
  program.addCommand(completionCommand(outside, () => program)).addHelpText(
    'after',
    `
Examples:
  genchi demo                        see it work, on a fresh folder
  genchi serve                       run the server
  genchi record failure --service checkout --set component=db --set reason=timeout
  genchi rca --service checkout --at 2026-01-02T03:04:05Z
${EXIT_HELP}`,
  );
  addCredentials(program);
  tame(program, outside);
  return program;
}

/** Runs a command line (without node and script); answers the exit code. Errors are told on standard error. */
export async function runCli(argv: readonly string[], outside: Outside): Promise<number> {
  try {
    const program = await buildProgram(outside, argv[0]);
    await program.parseAsync(argv, { from: 'user' });
    return EXIT.done;
  } catch (error) {
    // Commander has told its own errors by now.
    if (!(error instanceof CommanderError)) outside.err.write(`${lineOf(error)}\n`);
    return exitCodeOf(error);
  }
}
