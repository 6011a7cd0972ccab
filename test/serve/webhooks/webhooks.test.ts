import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Identity, type Instant, shift } from '../../../src/model/index.js';
import type { IncidentChange, RecordedChange } from '../../../src/rca/index.js';
import { pauseMs } from '../../../src/serve/webhooks/courier.js';
import { type Webhook, Webhooks } from '../../../src/serve/webhooks/index.js';
import { freshFolder, T0 } from '../../evidence/fixture.js';
import { incident, iris } from '../graphql/scene.js';

interface Request {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let receiver: Server;
let url: string;
let requests: Request[];
/** What the receiver answers next: a status, nothing at all, or bytes that are no HTTP. */
let answers: (number | 'silence' | 'garbage')[];
let headers: Record<string, string>;
let now: Instant;
let timers: { readonly afterMs: number; readonly call: () => void }[];
let warnings: object[];
let folder: string;
let remove: () => Promise<void>;
let open: Webhooks[];
/** What receipts tell of incidents. */
let recorded: RecordedChange[];

beforeEach(async () => {
  [requests, answers, headers, timers, warnings, open, now] = [[], [], {}, [], [], [], T0];
  recorded = [];
  ({ folder, remove } = await freshFolder());
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      requests.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      const answer = answers.shift() ?? 204;
      if (answer === 'garbage') request.socket.end('not http\r\n\r\n');
      else if (answer !== 'silence') response.writeHead(answer, headers).end('x'.repeat(100_000));
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const address = receiver.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/in`;
});
afterEach(async () => {
  for (const webhooks of open) await webhooks.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
  await remove();
});

async function webhooksOf(more: Partial<Webhook> = {}): Promise<Webhooks> {
  const hook: Webhook = {
    ...{ name: 'pager', url, headers: { authorization: 'Bearer t' }, secret: 'hush', timeoutMs: 5_000 },
    events: ['opened', 'changed', 'resolved'],
    ...more,
  };
  const webhooks = await Webhooks.open({
    hooks: [hook],
    folder,
    iris,
    clock: () => now,
    schedule: (afterMs, call) => {
      const timer = { afterMs, call };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    random: () => 0.5,
    incident: async (id) => (id === 'gone' ? undefined : { ...incident, id }),
    recorded: async (since) => recorded.filter(({ at }) => at >= since),
    runbooks: async () => ({ matches: [], unasked: [] }),
    logger: { warn: (fields) => warnings.push(fields) },
  });
  open.push(webhooks);
  await webhooks.resume();
  return webhooks;
}

/** The same change as its receipts tell it. */
const ofReceipts = ({ type, id, at, incident: { id: name } }: IncidentChange): RecordedChange => {
  return { type, at, incident: name, id: id as Identity, ids: [id as Identity] };
};

const change = (type: IncidentChange['type'], id = `${type}-1`, name = incident.id): IncidentChange => ({
  type,
  id,
  at: T0,
  incident: { ...incident, id: name },
});

/** Lets the time of the earliest timer come. */
async function wait(webhooks: Webhooks): Promise<number> {
  const timer = timers.shift() ?? expect.unreachable('nothing waits');
  now = shift(now, timer.afterMs);
  timer.call();
  await webhooks.settled();
  return timer.afterMs;
}

describe('webhooks', () => {
  it('are told with the ranked candidates, their evidence and why chain, signed, under the id of the change', async () => {
    const webhooks = await webhooksOf();
    webhooks.tell(change('opened'));
    webhooks.tell(change('acknowledged'));
    await webhooks.settled();
    expect(requests).toHaveLength(1);
    const { headers: got, body } = requests[0] ?? expect.unreachable();
    const digest = createHmac('sha256', 'hush').update(body).digest('hex');
    expect(got).toMatchObject({
      'content-type': 'application/json',
      authorization: 'Bearer t',
      'idempotency-key': 'opened-1',
      'genchi-event': 'opened',
      'genchi-signature-256': `sha256=${digest}`,
    });
    expect(JSON.parse(body)).toMatchObject({
      schema: 'genchi.incident/1',
      id: 'opened-1',
      event: 'opened',
      incident: { id: incident.id, iri: iris.of({ type: 'incident', id: incident.id }), state: 'open' },
      candidates: [
        {
          rank: 1,
          score: 0.8125,
          terms: [{ name: 'nearness' }],
          for: [{ receipts: [expect.stringContaining('/id/deployment/')] }, {}],
          against: [{ sentence: 'no failure in payments', receipts: [] }],
        },
      ],
      whys: [{ place: '0' }, { place: '1', end: { needed: 'its diff' } }],
      runbooks: [],
    });
    expect(webhooks.figures()).toEqual([{ name: 'pager', pending: 0, sent: 1, failed: 0, dropped: 0 }]);
  });

  it('are told again with the same body after errors, after ever longer pauses', async () => {
    answers = [500, 'garbage', 429];
    headers = { 'retry-after': '60' };
    const webhooks = await webhooksOf();
    webhooks.tell(change('opened'));
    await webhooks.settled();
    expect(await wait(webhooks)).toBe(60_000);
    headers = {};
    expect(await wait(webhooks)).toBe(1_500);
    expect(await wait(webhooks)).toBe(3_000);
    expect(requests).toHaveLength(4);
    expect(new Set(requests.map(({ body }) => body)).size).toBe(1);
    expect(new Set(requests.map((one) => one.headers['idempotency-key']))).toEqual(new Set(['opened-1']));
    expect(webhooks.figures()).toMatchObject([{ sent: 1, pending: 0, failed: 0 }]);
  });

  it('are given up when they refuse, redirect, or a day has passed', async () => {
    answers = [400, 302];
    headers = { location: `${url}/elsewhere` };
    const webhooks = await webhooksOf();
    webhooks.tell(change('opened'));
    webhooks.tell(change('changed'));
    await webhooks.settled();
    expect(requests).toHaveLength(2);
    expect(warnings).toMatchObject([
      { webhook: 'pager', why: 'it answered 400' },
      { why: 'it answered 302, and redirects are not followed' },
    ]);
    answers = [503, 503];
    webhooks.tell(change('resolved'));
    await webhooks.settled();
    now = shift(now, 25 * 3_600_000);
    await wait(webhooks);
    expect(webhooks.figures()).toEqual([{ name: 'pager', pending: 0, sent: 0, failed: 3, dropped: 0 }]);
  });

  it('do not wait longer than their timeout for an answer', async () => {
    answers = ['silence'];
    const webhooks = await webhooksOf({ timeoutMs: 50 });
    webhooks.tell(change('opened'));
    await webhooks.settled();
    expect(webhooks.figures()).toMatchObject([{ pending: 1 }]);
    await wait(webhooks);
    expect(webhooks.figures()).toMatchObject([{ pending: 0, sent: 1 }]);
  });

  it('hear of one incident in its order, and of others although that one waits', async () => {
    answers = [500];
    const webhooks = await webhooksOf();
    webhooks.tell(change('opened', 'a1', 'a'));
    webhooks.tell(change('resolved', 'a2', 'a'));
    webhooks.tell(change('opened', 'b1', 'b'));
    await webhooks.settled();
    await wait(webhooks);
    expect(requests.map((one) => one.headers['idempotency-key'])).toEqual(['a1', 'b1', 'a1', 'a2']);
  });

  it('are told after a restart what they were not told before it', async () => {
    answers = [500];
    const before = await webhooksOf();
    before.tell(change('opened'));
    before.tell(change('resolved'));
    await before.settled();
    await before.close();
    const after = await webhooksOf();
    await after.settled();
    expect(requests.map((one) => one.headers['genchi-event'])).toEqual(['opened', 'opened', 'resolved']);
    await after.close();
    await (await webhooksOf()).settled();
    expect(requests).toHaveLength(3);
  });

  it('keep no more than a thousand waiting, and count those that are dropped', async () => {
    answers = ['silence'];
    const webhooks = await webhooksOf();
    for (let n = 0; n < 1_003; n++) webhooks.tell(change('changed', `c${n}`));
    expect(webhooks.figures()).toMatchObject([{ pending: 1_000, dropped: 3 }]);
    expect(warnings).toHaveLength(3);
  });

  it('can be tried out', async () => {
    const webhooks = await webhooksOf();
    expect(await webhooks.test('pager')).toEqual({ outcome: 'delivered', status: 204 });
    expect(JSON.parse(requests[0]?.body ?? '')).toMatchObject({ schema: 'genchi.incident/1', event: 'test' });
    await expect(webhooks.test('none')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('pause between half and all of twice as long, up to five minutes', () => {
    expect([1, 2, 3].map((tries) => pauseMs(tries, 0))).toEqual([500, 1_000, 2_000]);
    expect(pauseMs(1, 0.999)).toBeLessThanOrEqual(1_000);
    expect(pauseMs(1_000, 1)).toBe(300_000);
  });

  it('are told after a restart of what was recorded and not noted, once, and of nothing from before them', async () => {
    const [noted, lost, late] = [change('opened'), change('changed'), change('resolved')];
    recorded = [ofReceipts(change('opened', 'before'))];
    const first = await webhooksOf();
    first.tell(noted);
    await first.settled();
    await first.close();
    recorded.push(ofReceipts(noted), ofReceipts(lost));
    now = shift(now, 1_000);
    const second = await webhooksOf();
    await second.settled();
    await second.close();
    recorded.push({ ...ofReceipts(late), at: now });
    const third = await webhooksOf();
    await third.settled();
    const told = requests.map(({ headers: got }) => got['idempotency-key']);
    expect(told).toEqual(['opened-1', 'changed-1', 'resolved-1']);
  });
});
