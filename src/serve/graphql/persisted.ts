/** Operations that are known beforehand, which clients name instead of sending them. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { usePersistedOperations } from '@graphql-yoga/plugin-persisted-operations';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { z } from 'zod';
import { ServeError } from '../errors.js';
import type { GraphqlContext } from './context.js';

/** Texts of operations by the ids that clients name them by. */
export interface PersistedOperations {
  readonly byId: ReadonlyMap<string, string>;
  /** Whether others are refused. */
  readonly only: boolean;
}

const manifest = z.record(z.string().min(1), z.string().min(1));

/**
 * Reads a JSON object of the texts of operations by their ids, as `relay-compiler` and `graphql-codegen` write it. Fails
 * with `bad-setting` when the file cannot be read, or is something else.
 */
export async function readPersistedOperations(file: string, only: boolean): Promise<PersistedOperations> {
  try {
    const operations = manifest.parse(JSON.parse(await readFile(file, 'utf8')));
    return { byId: new Map(Object.entries(operations)), only };
  } catch (cause) {
    throw new ServeError(
      'bad-setting',
      `graphqlPersistedOperations: ${file}: expected a JSON file with an object of operations by their ids, {"ID": "query ..."}`,
      { cause },
    );
  }
}

/** Where `npm run build` puts the operations of the pages. */
const OF_PAGES = fileURLToPath(new URL('../../../dist/web/operations.json', import.meta.url));

/** The operations that the pages send, by the hash of their text; none where the pages are not built. */
export async function readPageOperations(): Promise<PersistedOperations['byId']> {
  const text = await readFile(OF_PAGES, 'utf8').catch(() => '{}');
  return new Map(Object.entries(manifest.parse(JSON.parse(text))));
}

const named = z.object({
  /** As the draft of persisted documents of GraphQL over HTTP has it. */
  documentId: z.string().optional(),
  /** As Apollo's clients have it. */
  extensions: z.object({ persistedQuery: z.object({ sha256Hash: z.string() }) }).optional(),
});

/** The id that a request names its operation by; of a GET it stands in the address. */
function idOf(params: GraphQLParams, { url }: Request): string | null {
  const read = named.safeParse(params).data;
  const inAddress = URL.canParse(url) ? new URL(url).searchParams.get('documentId') : null;
  return read?.documentId ?? read?.extensions?.persistedQuery.sha256Hash ?? inAddress;
}

const refusal = (code: 'bad-request' | 'not-found', message: string) => ({ message, extensions: { code } });

/** Takes operations by their ids, and those that it knows by their text too, as the pages send them. */
export function persistedOperations({ byId, only }: PersistedOperations): Plugin<GraphqlContext> {
  const texts = new Set(byId.values());
  const { onParams, ...others } = usePersistedOperations<GraphqlContext>({
    allowArbitraryOperations: !only,
    extractPersistedOperationId: idOf,
    getPersistedOperation: (id) => byId.get(id) ?? null,
    customErrors: {
      notFound: refusal('not-found', 'no operation is known by this id'),
      keyNotFound: refusal('bad-request', 'expected query, or documentId with the id of a known operation'),
      persistedQueryOnly: refusal(
        'bad-request',
        'only known operations are taken here: name one by documentId instead of sending query',
      ),
    },
  });
  return {
    ...others,
    onParams: (asked) => {
      const { params, request } = asked;
      const isKnown = texts.has(params.query ?? '') && idOf(params, request) === null;
      return isKnown ? undefined : onParams?.(asked);
    },
  };
}
