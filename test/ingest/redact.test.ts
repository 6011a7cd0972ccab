import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AlertmanagerDecoder, defaultLimits, EventsDecoder } from '../../src/ingest/index.js';
import { formRule, instantOf, Sensitive, sensitiveRules } from '../../src/model/index.js';

// Written in parts, so that no scanner of secrets takes this file for a leak.
const secrets: readonly (readonly [rule: string, text: string])[] = [
  ['aws-access-key', `AKIA${'ABCDEFGHIJKLMNOP'}`],
  ['github-token', ['ghp_', 'a'.repeat(36)].join('')],
  ['gitlab-token', ['glpat-', 'a'.repeat(20)].join('')],
  ['slack-token', ['xoxb-', '1234567890-abc'].join('')],
  ['stripe-key', ['sk_live_', 'a'.repeat(24)].join('')],
  ['google-api-key', ['AIza', 'b'.repeat(35)].join('')],
  ['genchi-token', ['gen_', 'c'.repeat(59)].join('')],
  ['jwt', ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0NTYifQ', 'c2lnbmF0dXJlLW9mLWl0'].join('.')],
  ['private-key', `-----BEGIN ${'RSA PRIVATE'} KEY-----\nMIIabc\n-----END ${'RSA PRIVATE'} KEY-----`],
  ['authorization-header', `Bearer ${'abcdefghijklmnop'}`],
  ['url-password', ['postgres://shop:', 'hunter22', '@'].join('')],
];

const NOW = instantOf(1_790_000_000_000);
const counts = new Map<string, number>();
const counting = new Sensitive(sensitiveRules, (rule) => counts.set(rule, (counts.get(rule) ?? 0) + 1));
const intern = () => undefined;

function decode(event: object, sensitive = counting) {
  const decoder = new EventsDecoder({ intern, limits: { ...defaultLimits, sensitive } });
  const body = Buffer.from(JSON.stringify(event));
  return decoder.decode({ headers: { 'content-type': 'application/json' }, body }, NOW);
}

const deployment = (more: object) => ({
  kind: 'deployment',
  service: 'a',
  version: '1',
  time: '2026-09-01T00:00:00Z',
  ...more,
});

describe('a credential in the text of an event', () => {
  it.each(secrets)('of the rule %s is taken out, and told of by its rule', (rule, secret) => {
    counts.clear();
    const diff = `-a: 1\n+a: 2\n+key: ${secret} # of the shop\n`;
    const { events, redacted } = decode(deployment({ diff, message: 'plain' }));
    const [event] = events;
    expect(event).toMatchObject({ message: 'plain' });
    expect(JSON.stringify(event)).not.toContain(secret.slice(6, 20));
    expect(JSON.stringify(event)).toContain(`[redacted: ${rule}]`);
    expect(JSON.stringify(event)).toContain('# of the shop');
    expect(redacted).toEqual([{ item: 0, field: 'diff', rule }]);
    expect([...counts]).toEqual([[rule, 1]]);
  });

  it('leaves its identity as it would be, whatever rules there are, and another secret makes another event', () => {
    const [, secret = ''] = secrets[1] ?? [];
    const event = deployment({ message: secret });
    const [redacted] = decode(event).events;
    const [kept] = decode(event, new Sensitive([])).events;
    const [other] = decode(deployment({ message: secret.replace('aaa', 'bbb') })).events;
    expect(redacted?.id).toBe(kept?.id);
    expect(kept).toMatchObject({ message: secret });
    expect(other?.id).not.toBe(redacted?.id);
  });

  it('is taken out of annotations, and out of the labels of alerts, which stay', () => {
    const [, secret = ''] = secrets[0] ?? [];
    const alert = {
      status: 'firing',
      labels: { alertname: 'A', service: 'a', db_password: 'correct-horse' },
      annotations: { summary: `key ${secret}`, note: secret },
      startsAt: '2026-09-01T00:00:00Z',
    };
    const decoder = new AlertmanagerDecoder({ limits: { ...defaultLimits, sensitive: counting } });
    const body = Buffer.from(JSON.stringify({ version: '4', alerts: [alert] }));
    counts.clear();
    const decoded = decoder.decode({ headers: { 'content-type': 'application/json' }, body }, NOW);
    expect(decoded.events[0]).toMatchObject({
      summary: 'key [redacted: aws-access-key]',
      labels: { db_password: '(credential, not kept)', annotation_note: '[redacted: aws-access-key]' },
    });
    expect(Object.fromEntries(counts)).toEqual({ 'credential-name': 1, 'aws-access-key': 2 });
  });

  it('is not seen in what people usually write', () => {
    for (const message of [
      'Raise the pool to 50, see https://ci.example/job/7 and mail ops@example.com',
      'basic auth was switched on; the bearer of bad news',
      'image registry.example/shop@sha256:4355a46b19d348dc2f57c046f8ef63d4',
      'fix: eyJ is how a token begins, token: $TOKEN, password: <secret>',
      'redis://cache:6379/0',
    ]) {
      const { events, redacted } = decode(deployment({ message }));
      expect(events[0]).toMatchObject({ message });
      expect(redacted).toBeUndefined();
    }
  });

  it('is found once: what is redacted holds nothing more to redact', () => {
    const piece = fc.oneof(
      fc.constantFrom(...secrets.map(([, secret]) => secret)),
      fc.string({ maxLength: 12 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const once = counting.redact(pieces.join(' ')).text;
        expect(counting.redact(once)).toEqual({ text: once, rules: [] });
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  it('costs little to look for in the longest text, whatever stands in it', () => {
    const text = ['-----BEGIN PRIVATE KEY-----', 'http://a:', 'eyJ', 'Bearer ', 'a.b:c@'].map((part) =>
      part.repeat(Math.floor(65_536 / part.length)),
    );
    const startedMs = process.cpuUsage().user / 1_000;
    for (const one of text) counting.redact(one);
    expect(process.cpuUsage().user / 1_000 - startedMs).toBeLessThan(2_000);
  });

  it('is known by rules of one own, in labels too', () => {
    const own = new Sensitive([formRule('badge', 'personal data', /B-[0-9]{6}/gu)]);
    const { events } = decode(deployment({ message: 'of B-123456.' }), own);
    expect(events[0]).toMatchObject({ message: 'of [redacted: badge].' });
    expect(decode(deployment({ labels: { who: 'B-123456' } }), own).faults).toMatchObject([
      { field: 'labels.who', message: expect.stringContaining('personal data') },
    ]);
  });
});
