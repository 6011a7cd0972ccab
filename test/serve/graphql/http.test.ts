import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openScene, type Scene } from './scene.js';

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});

afterAll(() => scene.close());

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

describe('/graphql', () => {
  it('answers GET and POST, in the media type that is asked for', async () => {
    const get = await scene.server.inject({ url: '/graphql?query=%7B%20services%20%7B%20name%20%7D%20%7D' });
    expect(get.json()).toEqual({
      data: { services: [{ name: 'mail' }, { name: 'payments' }, { name: 'web' }] },
    });
    const post = await scene.server.inject({
      method: 'POST',
      url: '/graphql',
      headers: { accept: 'application/graphql-response+json' },
      payload: { query: '{ nothing }' },
    });
    expect(post.statusCode).toBe(400);
    expect(post.headers['content-type']).toContain('application/graphql-response+json');
  });

  it('refuses bodies that are not JSON, and JSON that is broken', async () => {
    const form = await scene.server.inject({
      method: 'POST',
      url: '/graphql',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'query=%7B__typename%7D',
    });
    expect(form.statusCode).toBe(415);
    const broken = await scene.server.inject({
      method: 'POST',
      url: '/graphql',
      headers: { 'content-type': 'application/json' },
      payload: '{"query": ',
    });
    expect(broken.statusCode).toBe(400);
    const batch = await scene.server.inject({
      method: 'POST',
      url: '/graphql',
      payload: [{ query: '{ __typename }' }],
    });
    expect(batch.statusCode).toBe(400);
  });

  it('lets no other origin read its answers', async () => {
    const response = await scene.server.inject({
      url: '/graphql?query=%7B__typename%7D',
      headers: { origin: 'https://evil.example.com' },
    });
    expect(response.headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('GraphiQL', () => {
  it('comes whole from this server: nothing in its page loads from another host', async () => {
    const response = await scene.server.inject({ url: '/graphql', headers: { accept: BROWSER } });
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toContain('text/html');
    const policy = String(response.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:/);
    // Attributes that make a browser load something; links inside the script's own texts are none.
    const tags = response.body.slice(0, response.body.indexOf('<script>'));
    expect(tags).not.toMatch(/(?:src|href)=["']?(?:https?:)?\/\//);
    expect(response.body).not.toMatch(/<script[^>]+src=/);
  });

  it('comes compressed to who takes that', async () => {
    const response = await scene.server.inject({
      url: '/graphql',
      headers: { accept: BROWSER, 'accept-encoding': 'gzip, br' },
    });
    expect(response.headers['content-encoding']).toBe('gzip');
    expect(response.rawPayload.length).toBeLessThan(4_000_000);
  });

  it('can be switched off', async () => {
    const off = await openScene({ graphiql: false });
    const response = await off.server.inject({ url: '/graphql', headers: { accept: BROWSER } });
    await off.close();
    expect(response.headers['content-type']).not.toContain('text/html');
  });
});
