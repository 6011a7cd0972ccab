import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pathOfEvent } from '../../../src/model/index.js';
import { ask, deployments, incident, iris, openScene, recorded, type Scene, samplePath } from './scene.js';

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});

afterAll(() => scene.close());

interface Page {
  readonly nodes: readonly { readonly id: string }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

const INFO = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';

/** All ids of a list, paged through in one direction; `field` takes the arguments of a page. */
async function walked(field: string, backward: boolean): Promise<readonly string[]> {
  const [size, beside] = backward ? ['last', 'before'] : ['first', 'after'];
  const query = `query ($beside: String) { list: ${field.replace('PAGE', `${size}: 2, ${beside}: $beside`)}
    { nodes { id } ${INFO} } }`;
  const ids: string[] = [];
  let cursor: string | null = null;
  for (;;) {
    const { data, errors } = await ask(scene.server, query, { beside: cursor });
    expect(errors).toBeUndefined();
    const { nodes, pageInfo } = (data as { list: Page }).list;
    const found = nodes.map(({ id }) => id);
    if (backward) ids.unshift(...found);
    else ids.push(...found);
    const [isFirst, hasMore] = [cursor === null, backward ? pageInfo.hasPreviousPage : pageInfo.hasNextPage];
    expect(backward ? pageInfo.hasNextPage : pageInfo.hasPreviousPage).toBe(!isFirst);
    if (!hasMore) return ids;
    cursor = backward ? pageInfo.startCursor : pageInfo.endCursor;
  }
}

describe('a connection', () => {
  it.each([
    ['incidents(PAGE)', 5],
    ['events(kinds: [deployment], services: ["mail"], PAGE)', deployments.length],
    ['serviceConnection(PAGE)', 3],
  ])('%s is the same list paged through forward and backward', async (field, length) => {
    const forward = await walked(field, false);
    expect(new Set(forward).size).toBe(length);
    expect(await walked(field, true)).toEqual(forward);
  });

  it('says how long the whole list is where that costs nothing', async () => {
    const { data } = await ask(
      scene.server,
      '{ incidents(state: resolved, first: 1) { totalCount } serviceConnection(first: 1) { totalCount } }',
    );
    expect(data).toEqual({ incidents: { totalCount: 4 }, serviceConnection: { totalCount: 3 } });
  });

  it.each([
    'first: 1, last: 1',
    'first: 1, before: "YQ"',
    'last: 1, after: "YQ"',
    'before: "YQ"',
    'last: 0',
    'last: 101',
    'after: "YQ"',
    'last: 1, before: "YQ"',
  ])('refuses what is no page of it: %s', async (page) => {
    for (const field of ['incidents', 'events', 'serviceConnection']) {
      const { errors } = await ask(scene.server, `{ ${field}(${page}) { nodes { id } } }`);
      expect(errors?.[0]?.extensions?.code, field).toBe('bad-request');
    }
  });
});

describe('node', () => {
  const ids = `{ incidents(first: 1) { nodes { __typename id candidates { __typename id } } }
    events(first: 1) { nodes { __typename id } } service(name: "web") { __typename id }
    runbooks { __typename id } }`;

  it('finds again whatever has an id', async () => {
    const { data } = await ask(scene.server, ids);
    const asked = data as {
      incidents: { nodes: { __typename: string; id: string }[] };
      events: { nodes: { __typename: string; id: string }[] };
      service: { __typename: string; id: string };
      runbooks: { __typename: string; id: string }[];
    };
    const path = samplePath(scene.store, 3);
    const told = [
      ...asked.incidents.nodes.slice(0, 1).map(({ __typename, id }) => ({ __typename, id })),
      ...asked.events.nodes,
      asked.service,
      ...asked.runbooks.slice(0, 1),
      { __typename: 'SampleReceipt', id: `SampleReceipt:${path}` },
    ];
    expect(told).toHaveLength(5);
    const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Receipt { iri } } }';
    const found = await ask(scene.server, query, { ids: told.map(({ id }) => id) });
    expect(found.errors).toBeUndefined();
    expect(found.data).toMatchObject({ nodes: told });
    expect((found.data as { nodes: { iri?: string }[] }).nodes[4]?.iri).toBe(iris.ofPath(path));
    for (const one of told) {
      const single = await ask(scene.server, 'query ($id: ID!) { node(id: $id) { __typename id } }', one);
      expect(single.data).toEqual({ node: one });
    }
  });

  it('keeps the ids that were served before there was node', async () => {
    const { data } = await ask(
      scene.server,
      'query ($incident: ID!, $event: ID!) { a: node(id: $incident) { id } b: node(id: $event) { ... on Receipt { iri } } }',
      { incident: incident.id, event: recorded.alert.id },
    );
    expect(data).toEqual({ a: { id: incident.id }, b: { iri: iris.ofPath(pathOfEvent(recorded.alert)) } });
  });

  it('is null for what is not there, in its place', async () => {
    const unknown = [
      'Service:nobody',
      'nothing',
      '0'.repeat(32),
      'Citation:x',
      'Runbook:x',
      'Candidate:x',
      '',
    ];
    const { data, errors } = await ask(scene.server, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
      ids: [...unknown, 'Service:web'],
    });
    expect(errors).toBeUndefined();
    expect(data).toEqual({ nodes: [...unknown.map(() => null), { id: 'Service:web' }] });
  });

  it('takes at most 100 ids', async () => {
    const { errors } = await ask(scene.server, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
      ids: Array.from({ length: 101 }, () => 'Service:web'),
    });
    expect(errors?.[0]?.extensions?.code).toBe('bad-request');
  });
});
