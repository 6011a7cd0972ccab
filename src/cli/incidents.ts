import { Command, Option } from 'commander';
import { z } from 'zod';
import { parseCount } from './arguments.js';
import { CANDIDATE_FIELDS, candidateShape, printCandidates } from './candidates.js';
import { clientOf, urlOption } from './client.js';
import { CliError, EXIT_HELP } from './exit.js';
import { incidentActions } from './incident-actions.js';
import { printSaid, printSimilar, SAID_FIELDS, saidShape } from './incident-said.js';
import { statisticsCommand } from './incident-statistics.js';
import type { Outside } from './outside.js';
import { formatTable, printable } from './table.js';
import { printWhys, WHY_FIELDS, whyShape } from './whys.js';

const headShape = {
  id: z.string(),
  iri: z.string(),
  state: z.string(),
  severity: z.string(),
  title: z.string(),
  service: z.string().nullable(),
  metric: z.string().nullable(),
  startsAt: z.string(),
  onsetAt: z.string().nullable(),
  endsAt: z.string().nullable(),
};

const HEAD_FIELDS = Object.keys(headShape).join(' ');

const listOptions = z.looseObject({
  state: z.enum(['open', 'resolved', 'all']),
  service: z.string().optional(),
  limit: z.number(),
  json: z.boolean().optional(),
});

const LIST = `query Incidents($state: IncidentState, $service: String, $first: Int!) {
  incidents(state: $state, service: $service, first: $first) {
    edges { node { ${HEAD_FIELDS} candidates { title score } confirmedCause { title } } }
  }
}`;

const listShape = z.object({
  incidents: z.object({
    edges: z.array(
      z.object({
        node: z.object({
          ...headShape,
          candidates: z.array(z.object({ title: z.string(), score: z.number() })),
          confirmedCause: z.object({ title: z.string() }).nullable(),
        }),
      }),
    ),
  }),
});

const SHOW = `query Incident($id: ID!) {
  incident(id: $id) {
    ${HEAD_FIELDS} runbookUrl missing
    alertCount alerts(first: 10) { iri }
    ${SAID_FIELDS}
    candidates { ${CANDIDATE_FIELDS} }
    rejected { ${CANDIDATE_FIELDS} }
    whys { ${WHY_FIELDS} }
  }
}`;

const showShape = z.object({
  incident: z
    .object({
      ...headShape,
      runbookUrl: z.string().nullable(),
      missing: z.array(z.string()),
      alertCount: z.number(),
      alerts: z.array(z.object({ iri: z.string() })),
      ...saidShape,
      candidates: z.array(candidateShape),
      rejected: z.array(candidateShape),
      whys: z.array(whyShape),
    })
    .nullable(),
});
type ShownIncident = NonNullable<z.output<typeof showShape>['incident']>;

async function list(self: Command, outside: Outside): Promise<void> {
  const { state, service, limit, json } = listOptions.parse(self.opts());
  const variables = { state: state === 'all' ? null : state, service: service ?? null, first: limit };
  const answer = await clientOf(self, outside).graphql(LIST, variables, listShape);
  const incidents = answer.incidents.edges.map(({ node }) => node);
  if (json === true) {
    outside.out.write(`${JSON.stringify(incidents, undefined, 2)}\n`);
    return;
  }
  const rows = incidents.map((incident) => [
    incident.id,
    incident.state,
    incident.severity,
    incident.startsAt,
    incident.service ?? '',
    incident.title,
    incident.confirmedCause === null
      ? (incident.candidates[0]?.title ?? '')
      : `${incident.confirmedCause.title} (confirmed)`,
  ]);
  const columns = ['id', 'state', 'severity', 'starts at', 'service', 'title', 'most likely cause'];
  outside.out.write(rows.length === 0 ? 'No incidents.\n' : formatTable({ columns, rows }));
}

function printIncident(incident: ShownIncident): string {
  const { title, id, state, severity, iri, startsAt, onsetAt, endsAt, runbookUrl, alerts, alertCount } =
    incident;
  const more = alertCount - alerts.length;
  const facts = [
    ['incident', `${id} (${state}, ${severity})`],
    ['service', incident.service],
    ['metric', incident.metric],
    ['starts at', startsAt],
    ['onset at', onsetAt],
    ['ends at', endsAt],
    ['runbook', runbookUrl],
    ['page', iri],
    ...alerts.map((alert) => ['alert', alert.iri] as const),
    ['', more > 0 ? `and ${more} more alerts` : null],
  ] as const;
  const lines = facts.flatMap(([name, value]) =>
    value === null ? [] : [printable(`${name.padEnd(10)} ${value}`)],
  );
  return `${printable(title)}\n\n${lines.join('\n')}\n\n`;
}

async function show(id: string, self: Command, outside: Outside): Promise<void> {
  const { incident } = await clientOf(self, outside).graphql(SHOW, { id }, showShape);
  if (incident === null) throw new CliError('server-refused', `there is no incident ${id}`);
  if (self.getOptionValue('json') === true) {
    outside.out.write(`${JSON.stringify(incident, undefined, 2)}\n`);
    return;
  }
  outside.out.write(printIncident(incident));
  outside.out.write(printSaid(incident));
  outside.out.write(printCandidates(incident.candidates, incident.rejected, incident.missing));
  outside.out.write(printWhys(incident.whys));
  outside.out.write(printSimilar(incident.similar));
}

/** `genchi incidents`: lists and shows the incidents of a running server, and says what people know of them. */
export function incidentsCommand(outside: Outside): Command {
  const listing = new Command('list')
    .description('list incidents, newest first')
    .addOption(
      new Option('--state <STATE>', 'only these').choices(['open', 'resolved', 'all']).default('all'),
    )
    .option('--service <NAME>', 'only those of a service')
    .option('--limit <N>', 'at most this many', parseCount, 20)
    .option('--json', 'print JSON')
    .addOption(urlOption(outside))
    .addHelpText('after', EXIT_HELP)
    .action((_, self: Command) => list(self, outside));
  const showing = new Command('show')
    .description('show an incident with its candidates and the evidence for and against each')
    .argument('<ID>', 'the id of the incident')
    .option('--json', 'print JSON')
    .addOption(urlOption(outside))
    .addHelpText('after', EXIT_HELP)
    .action((id: string, _, self: Command) => show(id, self, outside));
  const command = new Command('incidents')
    .description('list and show the incidents of a running server, take them on, judge and close them')
    .addCommand(listing, { isDefault: true })
    .addCommand(showing);
  for (const verb of incidentActions(outside)) command.addCommand(verb);
  return command.addCommand(statisticsCommand(outside)).addHelpText(
    'after',
    `
Examples:
  genchi incidents --state open
  genchi incidents show 20260102-checkout-2f8a6c
  genchi incidents ack 20260102-checkout-2f8a6c --message 'rolling back'
  genchi incidents verdict 20260102-checkout-2f8a6c --confirm 1
  genchi incidents verdict 20260102-checkout-2f8a6c --other 'a cable was cut' --kind outside
  genchi incidents resolve 20260102-checkout-2f8a6c
  genchi incidents stats --last 30d
${EXIT_HELP}`,
  );
}
