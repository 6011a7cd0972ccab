/** What an operation needs: to ask is to read, and each mutation says which scope it takes. */
import {
  type DocumentNode,
  type ExecutionArgs,
  GraphQLError,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { grants, type Principal, type Scope } from '../../access/index.js';
import { actorOf } from '../audit/index.js';
import type { GraphqlContext } from './context.js';

/** The scopes of which one is enough, for each mutation. The schema is not made when one is left out. */
export const mutationScopes: Readonly<Record<string, readonly [Scope, ...Scope[]]>> = {
  recordEvent: ['ingest', 'operate'],
  acknowledgeIncident: ['operate'],
  giveVerdict: ['operate'],
  resolveIncident: ['operate'],
  publishPostmortem: ['operate'],
  registerSlo: ['operate'],
  retireSlo: ['operate'],
  importSlos: ['operate'],
  startExperiment: ['operate'],
  stopExperiment: ['operate'],
  logImprovement: ['operate'],
  updateImprovement: ['operate'],
  testWebhook: ['operate'],
};

/** The names of the fields at the top of an operation, fragments written out. */
function rootFields(document: DocumentNode, selections: SelectionSetNode, seen: Set<string>): string[] {
  return selections.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection.name.value];
    return selection.kind === Kind.INLINE_FRAGMENT
      ? rootFields(document, selection.selectionSet, seen)
      : ofFragment(document, selection.name.value, seen);
  });
}

function ofFragment(document: DocumentNode, name: string, seen: Set<string>): string[] {
  if (seen.has(name)) return [];
  seen.add(name);
  return document.definitions.flatMap((definition) =>
    definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name
      ? rootFields(document, definition.selectionSet, seen)
      : [],
  );
}

/** The fields at the top of an operation, each once. */
export function fieldsOf(document: DocumentNode, operation: OperationDefinitionNode): readonly string[] {
  return [...new Set(rootFields(document, operation.selectionSet, new Set()))];
}

/** The scopes of which one is needed for a field at the top of an operation; `__typename` tells nothing. */
function neededFor(operation: OperationDefinitionNode, field: string): readonly Scope[] | undefined {
  if (field === '__typename') return undefined;
  // Introspection is read too: of a mutation's own field the name stands in the table.
  if (operation.operation !== 'mutation' || field.startsWith('__')) return ['read'];
  return mutationScopes[field] ?? ['admin'];
}

/** Says nothing of who asked: one answer may do for all who may do the same. */
function refusal({ scopes }: Principal, field: string, needed: readonly Scope[]): GraphQLError {
  const held = scopes.length === 0 ? 'none' : scopes.join(', ');
  return new GraphQLError(`${field} needs the scope ${needed.join(' or ')}; you have ${held}`, {
    extensions: { code: 'forbidden', scopes: needed, http: { status: 403 } },
  });
}

/** What of an operation somebody may not do, a sentence a field. */
export function refusalsOf(
  principal: Principal,
  { document, operationName }: Pick<ExecutionArgs, 'document' | 'operationName'>,
): readonly GraphQLError[] {
  const operation = getOperationAST(document, operationName);
  // Which operation is meant is for GraphQL itself to say.
  if (operation == null) return [];
  return fieldsOf(document, operation).flatMap((field) => {
    const needed = neededFor(operation, field);
    const isFree = needed === undefined || needed.some((scope) => grants(principal.scopes, scope));
    return isFree ? [] : [refusal(principal, field, needed)];
  });
}

/** Records the acts of an operation that somebody may not do. */
async function noteRefused({ deps, principal, address }: GraphqlContext, args: ExecutionArgs): Promise<void> {
  const operation = getOperationAST(args.document, args.operationName);
  if (operation?.operation !== 'mutation') return;
  const acts = fieldsOf(args.document, operation).filter((field) => {
    // What brings evidence is no act; the fields of introspection are none either.
    const needed = mutationScopes[field];
    return needed?.some((scope) => scope === 'ingest' || grants(principal.scopes, scope)) === false;
  });
  for (const action of acts) {
    await deps.audit.refuse({ ...actorOf(principal), action, reason: 'forbidden', address });
  }
}

/** Refuses operations of which somebody may not do a part, before anything of them is done. */
export const checkScopes: Plugin<GraphqlContext> = {
  onExecute: async ({ args, setResultAndStopExecution }) => {
    const errors = refusalsOf(args.contextValue.principal, args);
    if (errors.length === 0) return;
    await noteRefused(args.contextValue, args);
    setResultAndStopExecution({ errors });
  },
  onSubscribe: ({ args, setResultAndStopExecution }) => {
    const errors = refusalsOf(args.contextValue.principal, args);
    if (errors.length > 0) setResultAndStopExecution({ errors });
  },
};
