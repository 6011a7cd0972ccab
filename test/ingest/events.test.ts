import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultLimits, EventsDecoder, IngestError, outerKinds } from '../../src/ingest/index.js';
import {
  type EventKind,
  efforts,
  type FieldSpec,
  formatInstant,
  identityOfContent,
  improvementStates,
  instantOf,
  kinds,
  LEAST_PLANNED_MINUTES,
  MOST_PLANNED_MINUTES,
} from '../../src/model/index.js';
import { json, now, only, registry } from './fixture.js';

const time = '2026-03-01T11:58:00.000Z';
const failure = { kind: 'failure', time, service: 'checkout', component: 'db', reason: 'timeout' };

function decoder(limits = defaultLimits) {
  const { intern, labels } = registry();
  return { decoder: new EventsDecoder({ intern, limits }), labels };
}

function decode(value: unknown, headers: Record<string, string> = {}) {
  return decoder().decoder.decode(json(value, headers), now);
}

function lines(...values: readonly unknown[]): string {
  return values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join('\n');
}

function refusal(run: () => unknown): IngestError {
  try {
    run();
  } catch (error) {
    if (error instanceof IngestError) return error;
    throw error;
  }
  throw new TypeError('nothing was refused');
}

/** The names that the table of the native form gives to fields of the model. */
const inputNames: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  config_change: { fromValue: 'from', toValue: 'to' },
  flag_change: { fromValue: 'from', toValue: 'to' },
  dependency: { callee: 'to' },
};

const words = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
  .filter((text) => !text.includes('\0'));

/** Any value for a field of the types that outside kinds have. */
function arbitraryOf(spec: FieldSpec): fc.Arbitrary<string | number | boolean> {
  if (spec.type === 'number') return fc.double({ min: 0, noDefaultInfinity: true, noNaN: true });
  if (spec.type === 'integer') return fc.nat();
  // The one yes or no of an outside kind ends an objective, which then needs to be whole no longer.
  if (spec.type === 'boolean') return fc.constant(true);
  if (spec.type === 'instant') return fc.constant(instantOf(Date.parse(time)));
  return words;
}

/** Fields that hold one of some words, or a number within bounds, and not any of their type. */
const BOUNDED: Readonly<Record<string, fc.Arbitrary<string | number>>> = {
  state: fc.constantFrom(...improvementStates),
  effort: fc.constantFrom(...efforts),
  plannedMinutes: fc.integer({ min: LEAST_PLANNED_MINUTES, max: MOST_PLANNED_MINUTES }),
  expectedChangePercent: fc.integer({ min: 1, max: 100 }),
  treatedSelector: fc.constant('{track="canary"}'),
};
/** A control needs a canary, which the tests of experiments see; receipts are cited by Genchi alone. */
const isElsewhere = (name: string, { type }: FieldSpec): boolean =>
  name === 'controlSelector' || type === 'receipts';

function fieldsOf(kind: EventKind): fc.Arbitrary<Record<string, string | number | boolean>> {
  const all: readonly [string, FieldSpec][] = Object.entries(kinds[kind].fields);
  const specs = all.filter(([name, spec]) => !isElsewhere(name, spec));
  const required = specs.filter(([, spec]) => !spec.optional).map(([name]) => name);
  const values = specs.map(([name, spec]) => [name, BOUNDED[name] ?? arbitraryOf(spec)] as const);
  return fc.record(Object.fromEntries(values), {
    requiredKeys: kind === 'slo' ? [...required, 'retired'] : required,
  });
}

/** A model's fields as a sender writes them. */
function asSent(kind: EventKind, fields: Record<string, string | number | boolean>): Record<string, unknown> {
  const specs: Readonly<Record<string, FieldSpec>> = kinds[kind].fields;
  const sent = Object.entries(fields).map(([name, value]) => [
    inputNames[kind]?.[name] ?? name,
    specs[name]?.type === 'instant' ? time : value,
  ]);
  return Object.fromEntries(sent);
}

describe('every kind', () => {
  it.each(outerKinds)('%s comes out with the fields that were sent', (kind) => {
    const labels = fc.dictionary(
      words.filter((name) => name !== '__proto__'),
      words,
      { minKeys: 1, maxKeys: 3 },
    );
    fc.assert(
      fc.property(fieldsOf(kind), words, labels, (fields, service, extra) => {
        const subject = kind === 'dependency' ? 'from' : 'service';
        const sent = { kind, time, [subject]: service, labels: extra, ...asSent(kind, fields) };
        const { events, faults } = decode(sent);
        expect(faults).toEqual([]);
        const { id, ...event } = only(events);
        expect(event).toEqual({
          kind,
          at: Date.parse(time),
          receivedAt: now,
          door: 'events',
          service,
          labels: extra,
          ...fields,
        });
        expect(id).toBe(identityOfContent(only(events)));
      }),
      { numRuns: 25, seed: 20260301 },
    );
  });

  it.each(outerKinds)('%s without its fields is told each field that it lacks', (kind) => {
    const { faults, refused } = decode({ kind, time });
    const specs: readonly [string, FieldSpec][] = Object.entries(kinds[kind].fields);
    const required = specs
      .filter(([, spec]) => !spec.optional)
      .map(([name]) => inputNames[kind]?.[name] ?? name);
    expect(refused).toBe(1);
    expect(faults.map((fault) => fault.field)).toEqual(required);
    for (const fault of faults) expect(fault.message).toMatch(/^is required: expected /);
  });
});

describe('forms of a request', () => {
  it.each([
    ['one object', failure, {}],
    ['an object over several lines', JSON.stringify(failure, null, 2), {}],
    ['an array', [failure], {}],
    ['NDJSON', lines(failure), { 'content-type': 'application/x-ndjson' }],
    [
      'NDJSON with empty lines and CRLF',
      `\r\n${lines(failure)}\r\n\r\n`,
      { 'content-type': 'application/x-ndjson' },
    ],
    ['an object after a byte order mark', `\uFEFF${lines(failure)}`, {}],
  ])('%s holds one event', (_, body, headers) => {
    expect(only(decode(body, headers).events)).toMatchObject({ kind: 'failure', reason: 'timeout' });
  });

  it('takes lines that are said to be JSON for what they are', () => {
    expect(decode(lines(failure, { ...failure, reason: 'other' })).events).toHaveLength(2);
  });

  it('holds nothing when the array is empty', () => {
    expect(decode([])).toMatchObject({ events: [], refused: 0 });
  });

  it.each([
    ['an empty body', ''],
    ['half an object', '{"kind":'],
    ['two objects on one line', '{}{}'],
  ])('refuses %s as bad JSON', (_, body) => {
    expect(refusal(() => decode(body)).code).toBe('bad-json');
  });

  it('refuses bytes that are not UTF-8', () => {
    const request = {
      body: Buffer.from([0x22, 0xff, 0x22]),
      headers: { 'content-type': 'application/json' },
    };
    expect(refusal(() => decoder().decoder.decode(request, now)).code).toBe('bad-json');
  });

  it('refuses content types that a web page may send to another origin unasked', () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', '']) {
      expect(refusal(() => decode(failure, { 'content-type': type })).code).toBe('unsupported-media-type');
    }
  });

  it('refuses more items than are taken at once', () => {
    const { decoder: small } = decoder({ ...defaultLimits, items: 2 });
    const ndjson = { 'content-type': 'application/x-ndjson' };
    for (const request of [json([1, 2, 3]), json('1\n2\n\n3', ndjson)]) {
      expect(refusal(() => small.decode(request, now)).code).toBe('body-too-large');
    }
    expect(small.decode(json('1\n\n2', ndjson), now).refused).toBe(2);
  });
});

describe('hostile JSON', () => {
  it('1,000 deep is refused, 64 deep is read', () => {
    const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(refusal(() => decode(deep(1_000))).message).toContain('nested more than 64 deep');
    expect(refusal(() => decode(deep(65))).code).toBe('bad-json');
    expect(decode(deep(64)).refused).toBe(1);
  });

  it('of more values than are taken is refused before it is parsed, commas inside of texts aside', () => {
    const { decoder: small } = decoder({ ...defaultLimits, jsonValues: 100 });
    const values = (count: number) => json(`[${Array(count).fill('{}').join(',')}]`);
    expect(refusal(() => small.decode(values(60), now)).code).toBe('body-too-large');
    expect(small.decode(values(40), now).refused).toBe(40);
    expect(small.decode(json([','.repeat(1_000)]), now).refused).toBe(1);
  });

  it('is not fooled by brackets and quotes inside of texts', () => {
    const reason = `${'[{'.repeat(500)}\\"${'['.repeat(100)}`;
    expect(only(decode({ ...failure, reason }).events)).toMatchObject({ reason });
  });

  it.each([
    '{"__proto__":{"service":"x"}}',
    '{"labels":{"\\u005f_proto__":"x"}}',
    '{"constructor":{"prototype":{"x":1}}}',
  ])('that sets a prototype is refused: %s', (body) => {
    expect(refusal(() => decode(body)).code).toBe('bad-json');
    expect(Object.hasOwn(Object.prototype, 'service')).toBe(false);
  });

  it('on one line of NDJSON costs only that line', () => {
    const body = lines(failure, '{"__proto__":{}}', '{"deep":', '['.repeat(1_000), {
      ...failure,
      reason: 'b',
    });
    const { events, eventItems, refused, faults } = decode(body, { 'content-type': 'application/x-ndjson' });
    expect(events).toHaveLength(2);
    expect(eventItems).toEqual([0, 4]);
    expect(refused).toBe(3);
    expect(faults.map((fault) => fault.item)).toEqual([1, 2, 3]);
  });
});

describe('half a batch wrong', () => {
  it('keeps the good half and says of each bad item which field', () => {
    const batch = [
      failure,
      { ...failure, component: 7 },
      { ...failure, reason: 'b' },
      { ...failure, kind: 'failuer' },
      { ...failure, reason: 'c' },
      { ...failure, time: '9999-01-01T00:00:00Z' },
    ];
    const { events, eventItems, refused, faults } = decode(batch);
    expect(events).toHaveLength(3);
    expect(eventItems).toEqual([0, 2, 4]);
    expect(refused).toBe(3);
    expect(faults.map(({ item, field }) => [item, field])).toEqual([
      [1, 'component'],
      [3, 'kind'],
      [5, 'time'],
    ]);
  });

  it.each<[string, object, string, RegExp]>([
    ['an unknown kind', { kind: 'explosion' }, 'kind', /expected one of metric, failure, .*got explosion/],
    ['a kind of Genchi alone', { kind: 'incident' }, 'kind', /expected one of/],
    ['a kind that objects inherit', { kind: 'toString' }, 'kind', /expected one of/],
    ['no kind', { kind: undefined }, 'kind', /expected one of/],
    ['an unknown field', { reasn: 'x' }, 'reasn', /unknown field: those of failure are component, reason/],
    ['a time without an offset', { time: '2026-03-01T11:58:00' }, 'time', /RFC 3339/],
    ['a time as a number', { time: 1 }, 'time', /RFC 3339/],
    ['the year 9999', { time: '9999-12-31T23:59:59Z' }, 'time', /ahead of the server/],
    ['a time before clocks were set', { time: '1970-01-01T00:00:00Z' }, 'time', /after 2000/],
    ['no service', { service: undefined }, 'service', /is required/],
    ['an empty service', { service: '' }, 'service', /name of a service/],
    ['a lone surrogate in a name', { service: '\ud800' }, 'service', /surrogate/],
    ['U+0000 in a text', { reason: 'a\0b' }, 'reason', /U\+0000/],
    ['an empty required text', { reason: '' }, 'reason', /not empty/],
    ['a label value of 1 MB', { labels: { pod: 'x'.repeat(1_000_000) } }, 'labels.pod', /at most 4096/],
    [
      'a credential as a label',
      { labels: { api_key: '0123456789' } },
      'labels.api_key',
      /^looks like a credential, which no label may hold: leave it out$/,
    ],
    ['an object as a label', { labels: { pod: {} } }, 'labels.pod', /a text/],
    ['labels as a list', { labels: ['x'] }, 'labels', /an object of texts/],
    [
      'a number that is infinite',
      { metricChangePercent: 'INFINITE' },
      'metricChangePercent',
      /finite number/,
    ],
    ['a negative quantity', { queueDepthSnapshot: -1 }, 'queueDepthSnapshot', /0 or more/],
  ])('%s', (_, change, field, message) => {
    const body = JSON.stringify({ ...failure, ...change }).replace('"INFINITE"', '1e999');
    const { faults, refused } = decode(body);
    expect(refused).toBe(1);
    expect(faults).toEqual([{ item: 0, field, message: expect.stringMatching(message) }]);
  });

  it('something that is no object', () => {
    expect(decode([1, null, 'x', [failure]]).faults).toEqual(
      [0, 1, 2, 3].map((item) => ({ item, message: 'expected a JSON object' })),
    );
  });
});

describe('identity', () => {
  const idOf = (event: object) => only(decode(event).events).id;

  it('is the content when there is no id', () => {
    expect(idOf(failure)).toBe(idOf({ ...failure, labels: {} }));
    expect(idOf(failure)).not.toBe(idOf({ ...failure, labels: { pod: 'a' } }));
    expect(idOf(failure)).not.toBe(idOf({ ...failure, reason: 'other' }));
  });

  it('is the id when there is one, with whatever else', () => {
    expect(idOf({ ...failure, id: 'x' })).toBe(
      idOf({ ...failure, id: 'x', reason: 'other', time: undefined }),
    );
    expect(idOf({ ...failure, id: 'x' })).not.toBe(idOf({ ...failure, id: 'y' }));
    expect(idOf({ ...failure, id: 'x' })).not.toBe(
      idOf({ kind: 'circuit_closed', service: 'checkout', component: 'db', id: 'x' }),
    );
  });

  it('is taken from the time of the server when the sender gives none', () => {
    expect(only(decode({ ...failure, time: undefined }).events).at).toBe(now);
  });

  it('reads the service from the labels when none is named', () => {
    const { service: _, ...rest } = failure;
    expect(only(decode({ ...rest, labels: { app: 'cart' } }).events).service).toBe('cart');
  });

  it('takes numbers and booleans as texts where a setting or a flag changed', () => {
    const change = { kind: 'config_change', time, service: 'db', key: 'pool.max', from: 40, to: false };
    expect(only(decode(change).events)).toMatchObject({ fromValue: '40', toValue: 'false' });
  });
});

describe('the kind metric', () => {
  const metric = { kind: 'metric', time, service: 'cart', metric: 'queue_depth', value: 5 };

  it('becomes a sample of the series that its fields and labels name', () => {
    const { decoder: fresh, labels } = decoder();
    const { samples, samplePaths, events } = fresh.decode(
      json([{ ...metric, unit: 's', labels: { pod: 'a' } }]),
      now,
    );
    expect(labels).toEqual([{ __name__: 'queue_depth', service: 'cart', unit: 's', pod: 'a' }]);
    expect([...(samples?.at ?? [])].map((at) => formatInstant(instantOf(at)))).toEqual([time]);
    expect(samples?.value[0]).toBe(5);
    expect(samplePaths?.[0]).toMatch(/^sample\/20260301T115800\.000Z\/[0-9a-f]{32}$/);
    expect(events).toEqual([]);
  });

  it.each([
    ['NaN', Number.NaN],
    ['+Inf', Number.POSITIVE_INFINITY],
    ['-Inf', Number.NEGATIVE_INFINITY],
  ])('takes %s, which JSON has no number for', (text, value) => {
    expect(decode({ ...metric, value: text }).samples?.value[0]).toBe(value);
  });

  it('keeps the position of samples between events', () => {
    const { eventItems, sampleItems } = decode([metric, failure, { ...metric, value: 'x' }, metric]);
    expect([eventItems, [...Array.from(sampleItems)]]).toEqual([[1], [0, 3]]);
  });

  it.each<[string, object, string]>([
    ['an id without a time', { id: 'a', time: undefined }, 'time'],
    ['a text as value', { value: '5' }, 'value'],
    ['no value', { value: undefined }, 'value'],
    ['a label that contradicts the service', { labels: { service: 'other' } }, 'labels.service'],
    ['an unknown field', { valeu: 1 }, 'valeu'],
    ['no service', { service: undefined }, 'service'],
    ['a label value of 1 MB', { labels: { pod: 'x'.repeat(1_000_000) } }, 'labels.pod'],
  ])('is refused with %s', (_, change, field) => {
    const { faults, samples } = decode({ ...metric, ...change });
    expect(faults.map((fault) => fault.field)).toEqual([field]);
    expect(samples).toBeUndefined();
  });
});
