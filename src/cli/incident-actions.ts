import { Command, Option } from 'commander';
import { z } from 'zod';
import { causeKinds } from '../model/index.js';
import { parseCount, parseTime } from './arguments.js';
import { clientOf, urlOption } from './client.js';
import { CliError, EXIT_HELP } from './exit.js';
import type { Outside } from './outside.js';
import { printable } from './table.js';

const answered = z.object({ id: z.string(), state: z.string() });

const ACKNOWLEDGE = `mutation Acknowledge($input: AcknowledgeIncidentInput!) {
  acknowledgeIncident(input: $input) { id state }
}`;
const RESOLVE = `mutation Resolve($input: ResolveIncidentInput!) {
  resolveIncident(input: $input) { id state endsAt }
}`;
const VERDICT = `mutation Verdict($input: GiveVerdictInput!) {
  giveVerdict(input: $input) { id state confirmedCause { title } }
}`;
const CANDIDATES = `query Candidates($id: ID!) {
  incident(id: $id) { candidates { rank title receipt { iri } } rejected { rank title receipt { iri } } }
}`;

const acknowledgeShape = z.object({ acknowledgeIncident: answered });
const resolveShape = z.object({ resolveIncident: answered.extend({ endsAt: z.string() }) });
const verdictShape = z.object({
  giveVerdict: answered.extend({ confirmedCause: z.object({ title: z.string() }).nullable() }),
});
const candidates = z.array(
  z.object({ rank: z.number(), title: z.string(), receipt: z.object({ iri: z.string() }).nullable() }),
);
const candidatesShape = z.object({ incident: z.object({ candidates, rejected: candidates }).nullable() });

const saidOptions = z.looseObject({
  by: z.string().optional(),
  message: z.string().optional(),
  key: z.string().optional(),
});

/** What every action has: who does it, and what they say. */
function saidOf(id: string, self: Command, { env }: Outside) {
  const { by = env.USER, message, key } = saidOptions.parse(self.opts());
  if (by === undefined || by === '') {
    throw new CliError('bad-usage', '--by: expected the name of who says it, since USER is not set');
  }
  return {
    incident: id,
    author: by,
    ...(message === undefined ? {} : { message }),
    ...(key === undefined ? {} : { clientMutationId: key }),
  };
}

async function acknowledge(id: string, self: Command, outside: Outside): Promise<void> {
  const input = saidOf(id, self, outside);
  await clientOf(self, outside).graphql(ACKNOWLEDGE, { input }, acknowledgeShape);
  outside.out.write(printable(`${id} is taken on by ${input.author}.`).concat('\n'));
}

async function resolve(id: string, self: Command, outside: Outside): Promise<void> {
  const { at } = z.looseObject({ at: z.number().optional() }).parse(self.opts());
  const endsAt = at === undefined ? {} : { endsAt: new Date(at).toISOString() };
  const input = { ...saidOf(id, self, outside), ...endsAt };
  const answer = await clientOf(self, outside).graphql(RESOLVE, { input }, resolveShape);
  outside.out.write(printable(`${id} is over since ${answer.resolveIncident.endsAt}.`).concat('\n'));
}

/** The receipt of the candidate at a rank of the latest analysis. */
async function candidateAt(id: string, rank: number, self: Command, outside: Outside): Promise<string> {
  const { incident } = await clientOf(self, outside).graphql(CANDIDATES, { id }, candidatesShape);
  if (incident === null) throw new CliError('server-refused', `there is no incident ${id}`);
  const all = [...incident.candidates, ...incident.rejected];
  const found = all.find((candidate) => candidate.rank === rank)?.receipt;
  if (found == null) {
    const ranks = all.length === 0 ? 'it has none' : `it has those of rank 1 to ${all.length}`;
    throw new CliError('bad-usage', `${id} has no candidate of rank ${rank}: ${ranks}`);
  }
  return found.iri;
}

const verdictOptions = z.looseObject({
  confirm: z.number().optional(),
  reject: z.number().optional(),
  other: z.string().optional(),
  kind: z.string().optional(),
  service: z.string().optional(),
  component: z.string().optional(),
});

async function verdict(id: string, self: Command, outside: Outside): Promise<void> {
  const given = verdictOptions.parse(self.opts());
  const { confirm, reject, other: title, kind: causeKind, service, component } = given;
  if ([confirm, reject, title].filter((one) => one !== undefined).length !== 1) {
    throw new CliError('bad-usage', 'expected one of --confirm RANK, --reject RANK and --other TITLE');
  }
  const said = saidOf(id, self, outside);
  const rank = confirm ?? reject;
  const what =
    rank === undefined
      ? { judgement: 'other', cause: { title, causeKind, service, component } }
      : {
          judgement: confirm === undefined ? 'rejected' : 'confirmed',
          candidate: await candidateAt(id, rank, self, outside),
        };
  const input = { ...said, ...what };
  const answer = await clientOf(self, outside).graphql(VERDICT, { input }, verdictShape);
  const cause = answer.giveVerdict.confirmedCause?.title ?? 'none yet';
  outside.out.write(printable(`Recorded. The confirmed cause of ${id}: ${cause}.`).concat('\n'));
}

const EXAMPLE = '20260102-checkout-2f8a6c';

function action(name: string, outside: Outside, examples: readonly string[]): Command {
  return new Command(name)
    .argument('<ID>', 'the id of the incident')
    .option('--by <NAME>', 'who says it (env: USER)')
    .option('--message <TEXT>', 'what to say with it')
    .addOption(urlOption(outside))
    .addHelpText(
      'after',
      `\nExamples:\n${examples.map((one) => `  genchi incidents ${name} ${EXAMPLE} ${one}`.trimEnd()).join('\n')}`,
    )
    .addHelpText('after', EXIT_HELP);
}

const KEY = 'an id of your own: said twice with it, it is recorded once';

/** `genchi incidents ack`, `verdict` and `resolve`: what people say of incidents. */
export function incidentActions(outside: Outside): readonly Command[] {
  const acknowledging = action('ack', outside, ["--message 'rolling back'"])
    .description('take an incident on')
    .option('--key <ID>', KEY)
    .action((id: string, _, self: Command) => acknowledge(id, self, outside));
  const judging = action('verdict', outside, [
    '--confirm 1',
    "--reject 2 --message 'only an effect'",
    "--other 'a cable was cut' --kind outside --service network",
  ])
    .description('say what the cause of an incident was')
    .option('--confirm <RANK>', 'the candidate of this rank was the cause', parseCount)
    .option('--reject <RANK>', 'the candidate of this rank was not the cause', parseCount)
    .option('--other <TITLE>', 'something else was the cause')
    .addOption(new Option('--kind <KIND>', 'what kind of thing the other cause is').choices(causeKinds))
    .option('--service <NAME>', 'the service where the other cause lies')
    .option('--component <NAME>', 'the part of that service')
    .option('--key <ID>', KEY)
    .action((id: string, _, self: Command) => verdict(id, self, outside));
  const resolving = action('resolve', outside, ['', '--at 2026-01-02T03:04:05Z'])
    .description('say that an incident is over, where no alert will')
    .option('--at <TIME>', 'when it was over; now unless given', parseTime)
    .action((id: string, _, self: Command) => resolve(id, self, outside));
  return [acknowledging, judging, resolving];
}
