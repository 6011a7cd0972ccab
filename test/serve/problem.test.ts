import { fastify } from 'fastify';
import { describe, expect, it } from 'vitest';
import { IngestError } from '../../src/ingest/index.js';
import { ServeError } from '../../src/serve/errors.js';
import { installProblems, problemOf } from '../../src/serve/problem.js';

function serve(fail: () => unknown) {
  const logged: string[] = [];
  const server = fastify({
    bodyLimit: 100,
    logger: { level: 'error', stream: { write: (line: string) => logged.push(line) } },
  });
  installProblems(server);
  server.post('/', async () => fail());
  const send = (payload: string, type = 'application/json') =>
    server.inject({ method: 'POST', url: '/', payload, headers: { 'content-type': type } });
  return { server, send, logged };
}

describe('a problem document', () => {
  it('carries the code, the status, the sentence and the faults of an error', async () => {
    const faults = [{ item: 3, field: 'labels.pod', message: 'expected at most 4096 characters' }];
    const { send, logged } = serve(() => {
      throw new IngestError('bad-item', '1 item was refused.', { faults });
    });
    const answer = await send('{}');
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.json()).toEqual({
      type: '/problems/bad-item',
      title: 'Bad item',
      status: 400,
      detail: '1 item was refused.',
      code: 'bad-item',
      faults,
    });
    expect(logged).toEqual([]);
  });

  it('says nothing of what failed inside, which stands in the log', async () => {
    const { send, logged } = serve(() => {
      throw new TypeError('secret of the house');
    });
    const answer = await send('{}');
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toMatchObject({ code: 'internal', status: 500 });
    expect(answer.body).not.toContain('secret');
    expect(logged.join('')).toContain('secret of the house');
  });

  it('says nothing of what is thrown without being an error', () => {
    expect(problemOf('secret')).toMatchObject({
      code: 'internal',
      status: 500,
      detail: expect.not.stringContaining('secret'),
    });
  });

  it('asks to try again where that can help', async () => {
    const { send } = serve(() => {
      throw new ServeError('overloaded', 'Too much at once.');
    });
    const answer = await send('{}');
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '1']);
  });

  it.each<[string, string, string, number, string]>([
    ['a body too large', `"${'x'.repeat(200)}"`, 'application/json', 413, 'body-too-large'],
    ['JSON that is broken', '{', 'application/json', 400, 'bad-json'],
    ['no JSON at all', '', 'application/json', 400, 'bad-json'],
    ['another media type', '<a/>', 'application/xml', 415, 'unsupported-media-type'],
  ])('answers %s before any handler', async (_, payload, type, status, code) => {
    const { send } = serve(() => ({}));
    expect((await send(payload, type)).json()).toMatchObject({ status, code });
  });

  it('answers a path that is not there, without its query', async () => {
    const { server } = serve(() => ({}));
    const answer = await server.inject({ method: 'GET', url: '/nowhere?token=secret' });
    expect(answer.json()).toMatchObject({
      status: 404,
      code: 'not-found',
      detail: 'There is no GET /nowhere.',
    });
  });
});
