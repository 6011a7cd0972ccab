/** The schema, made of what the files beside this one declare on the builder. */
import { GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import './alerts.js';
import './alert-hygiene.js';
import './analysis.js';
import { auditMutations } from './audited.js';
import { builder } from './builder.js';
import './changed.js';
import './changes.js';
import './connections.js';
import './evidence.js';
import './experiment-actions.js';
import './experiments.js';
import './health.js';
import './hygiene.js';
import './improvement-actions.js';
import './improvements.js';
import './incident-actions.js';
import './incident-statistics.js';
import './incidents.js';
import './event-figures.js';
import './metric-series.js';
import './nodes.js';
import './pillars.js';
import './postmortem.js';
import './recommendations.js';
import './record-event.js';
import './review.js';
import './runbooks.js';
import './service-metrics.js';
import './services.js';
import './standing.js';
import './subscriptions.js';
import './slo-actions.js';
import './slo-budget-history.js';
import './slo-figures.js';
import './slo-import.js';
import './slos.js';
import './trends.js';
import './verdicts.js';
import './webhooks.js';
import { ServeError } from '../errors.js';
import { mutationScopes } from './scopes.js';

builder.queryType({
  description: 'Everything that can be asked.',
});

builder.mutationType({
  description:
    "What people do: record what happened, take incidents on, judge causes, publish, try and improve. Nothing is ever deleted: each is a receipt. An id of the sender's own makes it safe to send a thing again.",
});

const DESCRIPTION = `Genchi: what happened, what caused it, and how do we know.

Ids: every object with an \`id\` can be asked for again with \`node(id)\`; treat ids as opaque.
Lists that grow are connections (\`first\`/\`after\` or \`last\`/\`before\`), newest first where they are of events.
Times are RFC 3339; units are in the descriptions of fields, and null means that there is no data, which is never good news.

Deprecation: nothing is taken away or changes its meaning without notice. What is to go is marked with \`@deprecated\`, whose reason says what to use instead, and stays as it is for at least one minor version and three months after the release that marked it; the changelog tells both. New fields, types, arguments that may be left out and values of enums may come with any version.`;

/** The schema with what is said of all of it, which the builder has no place for. */
function described(made: GraphQLSchema): GraphQLSchema {
  return new GraphQLSchema({ ...made.toConfig(), description: DESCRIPTION });
}

/** Every mutation has to say who may do it. */
function checked(made: GraphQLSchema): GraphQLSchema {
  const names = Object.keys(made.getMutationType()?.getFields() ?? {});
  const left = names.filter((name) => mutationScopes[name] === undefined);
  if (left.length === 0) return made;
  throw new ServeError(
    'bad-setting',
    `mutationScopes does not say which scope is needed for ${left.join(', ')}`,
  );
}

/** The schema that is served. */
export const schema = auditMutations(checked(described(lexicographicSortSchema(builder.toSchema()))));

/** The schema as text in the schema definition language, sorted: the content of `schema.graphql`. */
export function schemaSdl(): string {
  return `${printSchema(schema)}\n`;
}
