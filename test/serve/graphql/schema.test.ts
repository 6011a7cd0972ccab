import { readFile } from 'node:fs/promises';
import {
  buildClientSchema,
  type GraphQLSchema,
  type GraphQLType,
  getIntrospectionQuery,
  getNamedType,
  type IntrospectionQuery,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
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
  const query = getIntrospectionQuery({
    specifiedByUrl: true,
    inputValueDeprecation: true,
    schemaDescription: true,
  });
  const response = await scene.server.inject({ method: 'POST', url: '/graphql', payload: { query } });
  return response.json<{ data: IntrospectionQuery }>().data;
}

/** Words that say what a number means: a unit, a share, or that it counts something. */
const TELLS_UNIT =
  /%|0\.\.1\b|\d\.\.\d|\bms\b|milliseconds|seconds|minutes|hours|days|bytes|how (?:many|often|much|far)|\bunit\b|\bfrom [01]\b|points|\bpixels\b|probability|number of/i;

/** Something of the schema with what is said of it; `of` is the name of its type without its wrappings. */
interface Described {
  readonly place: string;
  readonly text: string;
  readonly of: string;
}

interface Said {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly type?: GraphQLType;
}

const told = (parent: string, { name, description, type }: Said): Described => ({
  place: `${parent}.${name}`,
  text: description ?? '',
  of: type === undefined ? '' : getNamedType(type).name,
});

function described(schema: GraphQLSchema): readonly Described[] {
  const own = Object.values(schema.getTypeMap()).filter(
    (type) => !isSpecifiedScalarType(type) && !isIntrospectionType(type),
  );
  return own.flatMap((type) => {
    const { name } = type;
    if (isEnumType(type)) return [told('enum', type), ...type.getValues().map((value) => told(name, value))];
    if (isInputObjectType(type)) {
      return [told('input', type), ...Object.values(type.getFields()).map((field) => told(name, field))];
    }
    if (!isObjectType(type) && !isInterfaceType(type)) return [told('type', type)];
    return [
      told('type', type),
      ...Object.values(type.getFields()).flatMap((field) => [
        told(name, field),
        ...field.args.map((argument) => told(`${name}.${field.name}`, argument)),
      ]),
    ];
  });
}

describe('the served schema', () => {
  it('is the one in schema.graphql; write it anew with `npm run schema > schema.graphql` when it is meant to change', async () => {
    const file = await readFile(new URL('../../../schema.graphql', import.meta.url), 'utf8');
    const served = `${printSchema(lexicographicSortSchema(buildClientSchema(await introspect())))}\n`;
    expect(served).toBe(file);
    expect(await schemaSdl()).toBe(file);
  });

  it('describes everything of its own: types, fields, arguments, input fields and values of enums', async () => {
    expect(described(buildClientSchema(await introspect())).filter(({ text }) => text.length < 4)).toEqual(
      [],
    );
  });

  it('tells what every number counts or is measured in', async () => {
    const numbers = described(buildClientSchema(await introspect())).filter(
      ({ of }) => of === 'Int' || of === 'Float',
    );
    expect(numbers.length).toBeGreaterThan(50);
    expect(
      numbers.filter(({ text }) => !TELLS_UNIT.test(text)).map(({ place, text }) => `${place}: ${text}`),
    ).toEqual([]);
  });

  it('tells its policy of deprecation, and what to use instead of whatever is to go', async () => {
    const served = buildClientSchema(await introspect());
    expect(served.description).toContain('Deprecation:');
    const reasons = Object.values(served.getTypeMap())
      .filter((type) => isObjectType(type) || isInterfaceType(type))
      .flatMap((type) => Object.values(type.getFields()))
      .flatMap(({ deprecationReason }) => deprecationReason ?? []);
    expect(reasons.length).toBeGreaterThan(0);
    for (const reason of reasons) expect(reason).toMatch(/`\w+/);
  });

  it('names every kind of event', async () => {
    const kind = (await introspect()).__schema.types.find(({ name }) => name === 'EventKind');
    expect(kind?.kind === 'ENUM' ? kind.enumValues.map(({ name }) => name) : []).toEqual(
      [...eventKinds].sort(),
    );
  });

  it('tells of incidents, health and objectives as they change', async () => {
    const { types, subscriptionType } = (await introspect()).__schema;
    const subscriptions = types.find(({ name }) => name === subscriptionType?.name);
    expect(subscriptions?.kind === 'OBJECT' ? subscriptions.fields.map(({ name }) => name) : []).toEqual([
      'changed',
      'healthChanged',
      'incidentChanged',
      'sloChanged',
    ]);
  });
});
