/** Records every mutation that operates: who did what to what, and what became of it. */
import { defaultFieldResolver, type GraphQLField, type GraphQLSchema } from 'graphql';
import { z } from 'zod';
import { defaultSensitive, GenchiError, type Sensitive } from '../../model/index.js';
import { actorOf } from '../audit/index.js';
import type { GraphqlContext } from './context.js';
import { mutationScopes } from './scopes.js';

/** What an act is done to, by the first of these that its input has. */
const TARGETS = ['incident', 'slo', 'id', 'improvement', 'experiment', 'name'] as const;

const inputs = z.record(z.string(), z.unknown());

/** What a mutation is asked to act on. */
function targetOf(args: unknown): string | undefined {
  const given = inputs.safeParse(args).data ?? {};
  const input = inputs.safeParse(given.input).data ?? given;
  const found = TARGETS.map((name) => input[name]).find((value) => typeof value === 'string');
  return typeof found === 'string' ? found : undefined;
}

function reasonOf(error: unknown): { readonly outcome: 'refused' | 'failed'; readonly reason: string } {
  if (!(error instanceof GenchiError)) return { outcome: 'failed', reason: 'internal' };
  return { outcome: error.status < 500 ? 'refused' : 'failed', reason: error.code };
}

/** What people write without the credentials that they pasted along. */
function withoutCredentials(value: unknown, sensitive: Sensitive): unknown {
  if (typeof value === 'string') return sensitive.redact(value).text;
  if (Array.isArray(value)) return value.map((item: unknown) => withoutCredentials(item, sensitive));
  const fields = inputs.safeParse(value).data;
  if (fields === undefined) return value;
  const clean = Object.entries(fields).map(([name, one]) => [name, withoutCredentials(one, sensitive)]);
  return Object.fromEntries(clean);
}

function audited(field: GraphQLField<unknown, GraphqlContext>): void {
  const resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = async (source, given, context, info) => {
    const { deps, principal, address } = context;
    const args = withoutCredentials(given, deps.sensitive ?? defaultSensitive);
    const act = { ...actorOf(principal), action: field.name, actedOn: targetOf(args), address };
    try {
      const result: unknown = await resolve(source, args, context, info);
      await deps.audit.note({ ...act, outcome: 'done' });
      return result;
    } catch (error) {
      await deps.audit.note({ ...act, ...reasonOf(error) });
      throw error;
    }
  };
}

/** Has every mutation of a schema recorded, and its texts redacted, but for those that only bring evidence, which is recorded as itself. */
export function auditMutations(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    if (mutationScopes[field.name]?.includes('ingest') !== true) audited(field);
  }
  return schema;
}
