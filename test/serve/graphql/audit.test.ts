import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openScene, type Scene } from './scene.js';

let scene: Scene;
let url = '';

beforeAll(async () => {
  scene = await openScene();
  url = await scene.server.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(() => scene.close());

const audits = serverAudits({ url: () => `${url}/graphql`, fetchFn: fetch });

describe('GraphQL over HTTP', () => {
  it('is audited by the whole suite of the specification', () => {
    expect(audits).toHaveLength(61);
  });

  it.each(audits.map((audit) => [audit.id, audit.name, audit] as const))('%s: %s', async (_, __, audit) => {
    const result = await audit.fn();
    expect('reason' in result ? result.reason : 'ok').toBe('ok');
  });
});
