// Writes src/web/generated/graphql.ts: the types and the texts of the GraphQL documents of the web pages, checked
// against schema.graphql. Ends with 1 and the faults when a document asks for what the schema does not have.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codegen } from '@graphql-codegen/core';
import * as typedDocumentNode from '@graphql-codegen/typed-document-node';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import { buildSchema, parse, validate } from 'graphql';

const ROOM = 'src/web';
const OUTPUT = join(ROOM, 'generated/graphql.ts');
const CONFIG = {
  // Texts in the place of syntax trees: pages need no GraphQL library.
  documentMode: 'string',
  enumsAsTypes: true,
  useTypeImports: true,
  immutableTypes: true,
  skipTypename: true,
  avoidOptionals: { field: true },
  defaultScalarType: 'unknown',
  scalars: { DateTime: 'string', EventFields: 'Readonly<Record<string, unknown>>', ID: 'string' },
};

const schema = buildSchema(await readFile('schema.graphql', 'utf8'));
const files = (await readdir(ROOM, { recursive: true }))
  .filter((name) => name.endsWith('.graphql'))
  .map((name) => join(ROOM, name))
  .sort();
const documents = await Promise.all(
  files.map(async (location) => ({ location, document: parse(await readFile(location, 'utf8')) })),
);
const faults = validate(schema, {
  kind: 'Document',
  definitions: documents.flatMap(({ document }) => document.definitions),
}).filter(({ message }) => !message.includes('is never used'));
if (faults.length > 0) {
  for (const fault of faults) console.error(fault.toString());
  process.exit(1);
}
const text = await codegen({
  filename: OUTPUT,
  schema: parse(await readFile('schema.graphql', 'utf8')),
  schemaAst: schema,
  documents,
  config: CONFIG,
  pluginMap: { typescriptOperations, typedDocumentNode },
  plugins: [{ typescriptOperations: {} }, { typedDocumentNode: {} }],
});
await mkdir(dirname(OUTPUT), { recursive: true });
const before = await readFile(OUTPUT, 'utf8').catch(() => undefined);
if (before !== text) await writeFile(OUTPUT, text);

/** The texts of all operations, as the pages send them, by their SHA-256: what a server has to take of them. */
export function operationsOfPages() {
  const texts = [...text.matchAll(/^export const \w+Document = new TypedDocumentString\(`([^`]*)`/gm)].map(
    ([, operation]) => operation,
  );
  const count = documents
    .flatMap(({ document }) => document.definitions)
    .filter(({ kind }) => kind === 'OperationDefinition').length;
  if (texts.length !== count || texts.some((operation) => /[\\$]\{|\\/.test(operation))) {
    throw new Error(`found the texts of ${texts.length} of ${count} operations in ${OUTPUT}`);
  }
  return Object.fromEntries(
    texts.map((operation) => [createHash('sha256').update(operation).digest('hex'), operation]),
  );
}
