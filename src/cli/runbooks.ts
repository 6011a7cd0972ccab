import { Command } from 'commander';
import { z } from 'zod';
import { checkRunbookFolder } from '../graph/index.js';
import { type Client, clientOf, urlOption } from './client.js';
import { CliError, EXIT_HELP } from './exit.js';
import type { Outside } from './outside.js';
import { formatTable, printable } from './table.js';

const LIST = '{ runbooks { name title origin services severities owner } runbookFaults }';
const listShape = z.object({
  runbooks: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      origin: z.string(),
      services: z.array(z.string()),
      severities: z.array(z.string()),
      owner: z.string().nullable(),
    }),
  ),
  runbookFaults: z.array(z.string()),
});

const SHOW = 'query Runbook($name: String!) { runbook(name: $name) { title markdown evidence owner } }';
const shownShape = z.object({
  title: z.string(),
  markdown: z.string(),
  evidence: z.array(z.string()),
  owner: z.string().nullable(),
});
const showShape = z.object({ runbook: shownShape.nullable() });
type Shown = z.output<typeof shownShape>;

const SHOW_FILLED = `query Filled($id: ID!) {
  incident(id: $id) { runbooks { markdown runbook { name title markdown evidence owner } } }
}`;
const filledShape = z.object({
  incident: z
    .object({
      runbooks: z.array(
        z.object({
          markdown: z.string().nullable(),
          runbook: shownShape.extend({ name: z.string() }).nullable(),
        }),
      ),
    })
    .nullable(),
});

const MATCH = `query Matches($id: ID!) {
  incident(id: $id) {
    runbooks { reason url runbook { name title iri } candidate { rank title } }
    runbooksUnasked
  }
}`;
const matchShape = z.object({
  incident: z
    .object({
      runbooks: z.array(
        z.object({
          reason: z.string(),
          url: z.string().nullable(),
          runbook: z.object({ name: z.string(), title: z.string(), iri: z.string() }).nullable(),
          candidate: z.object({ rank: z.number(), title: z.string() }).nullable(),
        }),
      ),
      runbooksUnasked: z.array(z.string()),
    })
    .nullable(),
});

const PROPOSE = 'query Proposal($id: ID!) { incident(id: $id) { runbookProposal } }';
const proposeShape = z.object({ incident: z.object({ runbookProposal: z.string() }).nullable() });

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

function found<T>(value: T | null, what: string): T {
  if (value === null) throw new CliError('server-refused', `there is no ${what}`);
  return value;
}

async function list(self: Command, outside: Outside): Promise<void> {
  const answer = await clientOf(self, outside).graphql(LIST, {}, listShape);
  if (self.getOptionValue('json') === true) {
    outside.out.write(json(answer));
    return;
  }
  const rows = answer.runbooks.map(({ name, origin, services, severities, owner, title }) => [
    name,
    origin,
    services.join(' ') || 'any',
    severities.join(' ') || 'any',
    owner ?? '',
    title,
  ]);
  const columns = ['name', 'origin', 'services', 'severity', 'owner', 'title'];
  outside.out.write(formatTable({ columns, rows }));
  for (const fault of answer.runbookFaults) outside.err.write(`${printable(fault)}\n`);
}

/** A runbook as it was written, or with the links and queries of an incident that it is meant for. */
async function readShown(name: string, id: string | undefined, client: Client): Promise<Shown> {
  if (id === undefined) {
    const { runbook } = await client.graphql(SHOW, { name }, showShape);
    return found(runbook, `runbook ${name}`);
  }
  const { incident } = await client.graphql(SHOW_FILLED, { id }, filledShape);
  const { runbooks } = found(incident, `incident ${id}`);
  const meant = runbooks.find(({ runbook }) => runbook?.name === name);
  const runbook = found(meant?.runbook ?? null, `runbook ${name} among those that match ${id}`);
  return { ...runbook, markdown: meant?.markdown ?? runbook.markdown };
}

async function show(name: string, self: Command, outside: Outside): Promise<void> {
  const { incident } = z.looseObject({ incident: z.string().optional() }).parse(self.opts());
  const { title, evidence, owner, markdown } = await readShown(name, incident, clientOf(self, outside));
  const head = [`# ${title}`, '', ...(owner === null ? [] : [`Owner: ${owner}`, ''])];
  const expected = ['Expected evidence:', '', ...evidence.map((sentence) => `- ${sentence}`), ''];
  const text = [...head, ...expected, ...markdown.split('\n')];
  outside.out.write(`${text.map(printable).join('\n')}\n`);
}

async function match(self: Command, outside: Outside): Promise<void> {
  const { incident: id } = z.looseObject({ incident: z.string() }).parse(self.opts());
  const answer = await clientOf(self, outside).graphql(MATCH, { id }, matchShape);
  const incident = found(answer.incident, `incident ${id}`);
  if (self.getOptionValue('json') === true) {
    outside.out.write(json(incident));
    return;
  }
  const lines = incident.runbooks.flatMap(({ runbook, url, reason }, place) => [
    `${String(place + 1).padStart(2)}. ${runbook === null ? url : `${runbook.name}: ${runbook.title}`}`,
    `    ${reason}`,
    ...(runbook === null ? [] : [`    ${runbook.iri}`]),
  ]);
  const none = [`No runbook matches; \`genchi runbooks propose ${id}\` drafts one.`];
  outside.out.write(`${(lines.length === 0 ? none : lines).map(printable).join('\n')}\n`);
  for (const sentence of incident.runbooksUnasked) outside.err.write(`${printable(sentence)}\n`);
}

async function propose(id: string, self: Command, outside: Outside): Promise<void> {
  const answer = await clientOf(self, outside).graphql(PROPOSE, { id }, proposeShape);
  const { runbookProposal } = found(answer.incident, `incident ${id}`);
  outside.out.write(`${runbookProposal.split('\n').map(printable).join('\n')}`);
}

async function check(folder: string | undefined, self: Command, outside: Outside): Promise<void> {
  const { queries } = z.looseObject({ queries: z.string().optional() }).parse(self.opts());
  const { runbooks, faults } = await checkRunbookFolder(folder, queries);
  for (const { error } of faults) outside.err.write(`${printable(error.message)}\n`);
  const files = runbooks.length + faults.length;
  if (faults.length > 0) throw new CliError('bad-file', `${faults.length} of ${files} files are no runbooks`);
  outside.out.write(`${files} runbooks are well.\n`);
}

const VERBS = `
Examples:
  genchi runbooks
  genchi runbooks check ./runbooks
  genchi runbooks show memory-leak --incident 20260102-checkout-2f8a6c
  genchi runbooks match --incident 20260102-checkout-2f8a6c
  genchi runbooks propose 20260102-checkout-2f8a6c > runbooks/checkout-pool.md
${EXIT_HELP}`;

/** A verb that asks a running server. */
function asking(verb: Command, outside: Outside): Command {
  return verb.addOption(urlOption(outside)).addHelpText('after', EXIT_HELP);
}

/** `genchi runbooks`: lists, checks and shows runbooks, matches them to an incident, and drafts new ones. */
export function runbooksCommand(outside: Outside): Command {
  const listing = asking(new Command('list'), outside)
    .description('list the runbooks of a running server, and what is wrong with files that are none')
    .option('--json', 'print JSON')
    .action((_, self: Command) => list(self, outside));
  const checking = new Command('check')
    .description(
      'check a folder of runbooks without a server; those that come with Genchi when none is given',
    )
    .argument('[DIR]', 'the folder')
    .option('--queries <DIR>', 'a folder of query packs that its links may lead to')
    .addHelpText('after', EXIT_HELP)
    .action((folder: string | undefined, _, self: Command) => check(folder, self, outside));
  const showing = asking(new Command('show'), outside)
    .description('show a runbook')
    .argument('<NAME>', 'the name of the runbook')
    .option('--incident <ID>', 'fill in the links and queries for an incident that it matches')
    .action((name: string, _, self: Command) => show(name, self, outside));
  const matching = asking(new Command('match'), outside)
    .description('tell which runbooks are meant for an incident, and why')
    .requiredOption('--incident <ID>', 'the id of the incident')
    .option('--json', 'print JSON')
    .action((_, self: Command) => match(self, outside));
  const proposing = asking(new Command('propose'), outside)
    .description('draft a runbook from the evidence of an incident, as a file to complete')
    .argument('<INCIDENT>', 'the id of the incident')
    .action((id: string, _, self: Command) => propose(id, self, outside));
  const verbs = [checking, showing, matching, proposing];
  const command = new Command('runbooks').description('list, check, show, match and draft runbooks');
  command.addCommand(listing, { isDefault: true });
  for (const verb of verbs) command.addCommand(verb);
  return command.addHelpText('after', VERBS);
}
