import { readFile } from 'node:fs/promises';
import {
  buildClientSchema,
  getIntrospectionQuery,
  type IntrospectionQuery,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventKinds } from '../../../src/model/index.js';
import { schemaSdl } from '../../../src/serve/graphql/index.js';
import { openScene, type Scene } from './scene.js';

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});

afterAll(() => scene.close());

async function introspect(): Promise<IntrospectionQuery> {
  const query = getIntrospectionQuery({ specifiedByUrl: true });
  const response = await scene.server.inject({ method: 'POST', url: '/graphql', payload: { query } });
  return response.json<{ data: IntrospectionQuery }>().data;
}

describe('the served schema', () => {
  it('is the one in schema.graphql; write it anew with `npm run schema > schema.graphql` when it is meant to change', async () => {
    const file = await readFile(new URL('../../../schema.graphql', import.meta.url), 'utf8');
    const served = `${printSchema(lexicographicSortSchema(buildClientSchema(await introspect())))}\n`;
    expect(served).toBe(file);
    expect(await schemaSdl()).toBe(file);
  });

  it('describes every type, field and argument of its own', async () => {
    const { types } = (await introspect()).__schema;
    const own = types.filter(
      ({ name }) => !name.startsWith('__') && !['Boolean', 'Float', 'ID', 'Int', 'String'].includes(name),
    );
    const silent = own.flatMap((type) => [
      ...(type.description ? [] : [type.name]),
      ...(('fields' in type ? type.fields : undefined) ?? []).flatMap((field) => [
        ...(field.description ? [] : [`${type.name}.${field.name}`]),
        ...('args' in field ? field.args : [])
          .filter((argument) => !argument.description)
          .map((argument) => `${type.name}.${field.name}(${argument.name})`),
      ]),
    ]);
    expect(silent).toEqual([]);
  });

  it('names every kind of event', async () => {
    const kind = (await introspect()).__schema.types.find(({ name }) => name === 'EventKind');
    expect(kind?.kind === 'ENUM' ? kind.enumValues.map(({ name }) => name) : []).toEqual(
      [...eventKinds].sort(),
    );
  });

  it('changes nothing but what people say of incidents, and has no subscriptions', async () => {
    const { types, subscriptionType } = (await introspect()).__schema;
    const mutations = types.find(({ name }) => name === 'Mutation');
    expect(mutations?.kind === 'OBJECT' ? mutations.fields.map(({ name }) => name) : []).toEqual([
      'acknowledgeIncident',
      'giveVerdict',
      'publishPostmortem',
      'resolveIncident',
      'testWebhook',
    ]);
    expect(subscriptionType ?? null).toBeNull();
  });
});
