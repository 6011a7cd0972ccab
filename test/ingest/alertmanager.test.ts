import { describe, expect, it } from 'vitest';
import { AlertmanagerDecoder, defaultLimits, IngestError } from '../../src/ingest/index.js';
import { at, json, now, only } from './fixture.js';

/** A notification as Alertmanager 0.27 sends it, one alert firing and one resolved. */
const payload = {
  receiver: 'genchi',
  status: 'firing',
  alerts: [
    {
      status: 'firing',
      labels: {
        alertname: 'HighLatency',
        instance: '10.0.0.7:8080',
        job: 'shop',
        service: 'checkout',
        severity: 'critical',
      },
      annotations: {
        dashboard: 'http://grafana.example/d/checkout',
        description: 'p99 has been over 1.5 s for 5 minutes.',
        metric: 'http_request_duration_seconds',
        runbook_url: 'https://runbooks.example/high-latency',
        summary: 'Checkout is slow',
      },
      startsAt: '2026-03-01T11:55:30.123456789Z',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'http://prometheus.example:9090/graph?g0.expr=x&g0.tab=1',
      fingerprint: '3ea5b4b4a5f2d1c0',
    },
    {
      status: 'resolved',
      labels: { alertname: 'QueueFull', job: 'notifications' },
      annotations: {},
      startsAt: '2026-03-01T11:00:00Z',
      endsAt: '2026-03-01T11:50:00Z',
      generatorURL: '',
      fingerprint: 'b0b1b2b3b4b5b6b7',
    },
  ],
  groupLabels: { alertname: 'HighLatency' },
  commonLabels: { job: 'shop' },
  commonAnnotations: {},
  externalURL: 'http://alertmanager.example:9093',
  version: '4',
  groupKey: '{}:{alertname="HighLatency"}',
  truncatedAlerts: 3,
};
const [firing, resolved] = payload.alerts;

function decode(value: unknown, when = now) {
  return new AlertmanagerDecoder({ limits: defaultLimits }).decode(json(value), when);
}

function alert(change: object, base: object | undefined = firing) {
  return decode({ ...payload, alerts: [{ ...base, ...change }] });
}

describe('a notification', () => {
  it('becomes an alert that fired and one that cleared, with all that it says', () => {
    const { events, refused } = decode(payload);
    expect(refused).toBe(0);
    expect(events).toEqual([
      {
        kind: 'alert_fired',
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        at: at('2026-03-01T11:55:30.123Z'),
        receivedAt: now,
        door: 'alertmanager',
        service: 'checkout',
        labels: { ...firing?.labels, annotation_dashboard: 'http://grafana.example/d/checkout' },
        name: 'HighLatency',
        severity: 'critical',
        summary: 'Checkout is slow',
        description: 'p99 has been over 1.5 s for 5 minutes.',
        fingerprint: '3ea5b4b4a5f2d1c0',
        startsAt: at('2026-03-01T11:55:30.123Z'),
        runbookUrl: 'https://runbooks.example/high-latency',
        generatorUrl: 'http://prometheus.example:9090/graph?g0.expr=x&g0.tab=1',
        groupKey: '{}:{alertname="HighLatency"}',
        receiver: 'genchi',
        truncatedAlerts: 3,
        metric: 'http_request_duration_seconds',
      },
      expect.objectContaining({
        kind: 'alert_cleared',
        at: at('2026-03-01T11:50:00Z'),
        startsAt: at('2026-03-01T11:00:00Z'),
        endsAt: at('2026-03-01T11:50:00Z'),
        name: 'QueueFull',
        severity: 'none',
        service: 'notifications',
      }),
    ]);
  });

  it('is kept without the value of a label that looks like a credential or like personal data', () => {
    const labels = { alertname: 'Leaky', service: 'checkout', api_key: '0123456789', owner: 'a@example.com' };
    const decoded = alert({ labels });
    expect(decoded.refused).toBe(0);
    expect(only(decoded.events).labels).toMatchObject({
      api_key: '(credential, not kept)',
      owner: '(personal data, not kept)',
    });
    expect(JSON.stringify(decoded.events)).not.toMatch(/0123456789|a@example/);
  });

  it('tolerates fields that it does not know', () => {
    const { events, refused } = decode({ ...payload, later: {}, alerts: [{ ...firing, later: [1] }] });
    expect([events.length, refused]).toEqual([1, 0]);
  });

  it('may hold no alerts', () => {
    expect(decode({ ...payload, alerts: [] })).toMatchObject({ events: [], refused: 0 });
  });
});

describe('identity', () => {
  const idOf = (change: object) => only(alert(change).events).id;

  it('is the same when the notification is repeated later, whatever else it says', () => {
    const later = decode(
      { ...payload, groupKey: 'other', alerts: [{ ...firing, annotations: {} }] },
      at('2026-03-01T16:00:00Z'),
    );
    expect(only(later.events).id).toBe(idOf({}));
  });

  it.each([
    ['fingerprint', { fingerprint: 'aaaaaaaaaaaaaaaa' }],
    ['start', { startsAt: '2026-03-01T11:57:00Z' }],
    ['status', { status: 'resolved', endsAt: '2026-03-01T11:59:00Z' }],
  ])('changes with the %s', (_, change) => {
    expect(idOf(change)).not.toBe(idOf({}));
  });

  it('comes from the labels when an old Alertmanager sends no fingerprint', () => {
    const none = { fingerprint: undefined };
    expect(idOf(none)).toBe(idOf({ ...none, annotations: {} }));
    expect(idOf(none)).not.toBe(idOf({ ...none, labels: { alertname: 'Other' } }));
  });
});

describe('what is refused', () => {
  it.each<[string, object, string]>([
    ['no name', { labels: { job: 'a' } }, 'labels.alertname'],
    ['a label that is no text', { labels: { alertname: 'a', n: 1 } }, 'labels.n'],
    ['a label value of 1 MB', { labels: { alertname: 'a', pod: 'x'.repeat(1_000_000) } }, 'labels.pod'],
    ['an annotation of 1 MB', { annotations: { summary: 'x'.repeat(1_000_000) } }, 'annotations.summary'],
    [
      '65 annotations',
      { annotations: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`a${i}`, ''])) },
      'annotations',
    ],
    ['a start in the year 9999', { startsAt: '9999-01-01T00:00:00Z' }, 'startsAt'],
    ['no start', { startsAt: undefined }, 'startsAt'],
    ['another status', { status: 'pending' }, 'status'],
  ])('an alert with %s, while the others are kept', (_, change, field) => {
    const { events, eventItems, refused, faults } = decode({
      ...payload,
      alerts: [{ ...firing, ...change }, resolved],
    });
    expect([events.length, refused]).toEqual([1, 1]);
    expect(eventItems).toEqual([1]);
    expect(faults).toEqual([{ item: 0, field, message: expect.any(String) }]);
  });

  it('takes the time of the server for a resolved alert that says no end', () => {
    expect(only(alert({ endsAt: '0001-01-01T00:00:00Z' }, resolved).events).at).toBe(now);
  });

  it.each([
    ['another version', { ...payload, version: '5' }, 'version'],
    ['no alerts', { ...payload, alerts: undefined }, 'alerts'],
  ])('a payload with %s, as a whole', (_, body, field) => {
    let error: unknown;
    try {
      decode(body);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(IngestError);
    expect(error).toMatchObject({ code: 'bad-request', faults: [{ field }] });
  });
});

describe('an alert with an empty fingerprint', () => {
  it('is known by its labels, so that another one that began with it is not taken for it', () => {
    const other = { ...firing, labels: { ...firing?.labels, service: 'cart' }, fingerprint: '' };
    const { events } = decode({ ...payload, alerts: [{ ...firing, fingerprint: '' }, other] });
    expect(new Set(events.map(({ id }) => id)).size).toBe(2);
  });
});
