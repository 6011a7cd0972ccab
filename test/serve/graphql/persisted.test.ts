import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readPageOperations, readPersistedOperations } from '../../../src/serve/graphql/index.js';
import { freshFolder } from '../../evidence/fixture.js';
import { openScene, type Scene } from './scene.js';

let scene: Scene;
afterEach(() => scene.close());

const OPERATIONS = {
  names: 'query ($first: Int! = 1) { services(first: $first) { name } }',
  deep: '{ services { callees { callees { callees { callees { callees { callees { name } } } } } } } }',
};

async function open(only: boolean, more: ReadonlyMap<string, string> = new Map()): Promise<void> {
  const { folder, remove } = await freshFolder();
  const file = join(folder, 'operations.json');
  await writeFile(file, JSON.stringify(OPERATIONS));
  const { byId } = await readPersistedOperations(file, only);
  scene = await openScene({ persisted: { byId: new Map([...more, ...byId]), only } });
  await remove();
}

const post = async (payload: object) => {
  const response = await scene.server.inject({ method: 'POST', url: '/graphql', payload });
  return response.json<{ data?: unknown; errors?: { message: string; extensions: { code: string } }[] }>();
};

const MAIL = { services: [{ name: 'mail' }] };

describe('a persisted operation', () => {
  it('is taken by its id: as the draft of the specification has it, as Apollo has it, and by GET', async () => {
    await open(true);
    expect((await post({ documentId: 'names' })).data).toEqual(MAIL);
    const two = await post({ documentId: 'names', variables: { first: 2 } });
    expect(two.data).toEqual({ services: [{ name: 'mail' }, { name: 'payments' }] });
    const apollo = { extensions: { persistedQuery: { version: 1, sha256Hash: 'names' } } };
    expect((await post(apollo)).data).toEqual(MAIL);
    const get = await scene.server.inject({ url: '/graphql?documentId=names' });
    expect(get.json()).toEqual({ data: MAIL });
  });

  it('is the only one taken where it is said so, within the same limits', async () => {
    await open(true);
    const codeOf = async (payload: object) => (await post(payload)).errors?.[0]?.extensions.code;
    expect(await codeOf({ query: '{ __typename }' })).toBe('bad-request');
    expect(await codeOf({ documentId: 'names', query: '{ __typename }' })).toBe('bad-request');
    expect(await codeOf({ documentId: 'unknown' })).toBe('not-found');
    expect(await codeOf({})).toBe('bad-request');
    expect(await codeOf({ documentId: 'deep' })).toBe('query-too-complex');
  });

  it('may be sent whole where its text is known, as the pages do, letter by letter', async () => {
    const pages = await readPageOperations();
    await open(true, pages);
    const findable =
      [...pages.values()].find((text) => text.includes('query Findable')) ?? expect.unreachable();
    expect((await post({ query: findable })).errors).toBeUndefined();
    expect((await post({ query: `${findable} ` })).errors?.[0]?.extensions.code).toBe('bad-request');
    expect((await post({ query: OPERATIONS.names })).data).toEqual(MAIL);
  });

  it('stands beside any other unless it is said so', async () => {
    await open(false);
    expect((await post({ documentId: 'names' })).data).toEqual(MAIL);
    expect((await post({ query: '{ __typename }' })).data).toEqual({ __typename: 'Query' });
  });

  it.each(['[]', '{"a": 1}', 'nothing'])('cannot be read from %s', async (text) => {
    await open(false);
    const { folder, remove } = await freshFolder();
    const file = join(folder, 'broken.json');
    await writeFile(file, text);
    await expect(readPersistedOperations(file, true)).rejects.toMatchObject({ code: 'bad-setting' });
    await expect(readPersistedOperations(join(folder, 'none.json'), true)).rejects.toThrow('none.json');
    await remove();
  });
});
