/** The schema, made of what the files beside this one declare on the builder. */
import { lexicographicSortSchema, printSchema } from 'graphql';
import './analysis.js';
import { builder } from './builder.js';
import './evidence.js';
import './health.js';
import './incident-actions.js';
import './incident-statistics.js';
import './incidents.js';
import './postmortem.js';
import './runbooks.js';
import './services.js';
import './trends.js';
import './verdicts.js';
import './webhooks.js';

builder.queryType({
  description: 'Everything that can be asked.',
});

builder.mutationType({
  description:
    'What people say of incidents, and what they publish. Nothing else can be changed here, and nothing is ever deleted: each is a receipt.',
});

/** The schema that is served. */
export const schema = lexicographicSortSchema(builder.toSchema());

/** The schema as text in the schema definition language, sorted: the content of `schema.graphql`. */
export function schemaSdl(): string {
  return `${printSchema(schema)}\n`;
}
