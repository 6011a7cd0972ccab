import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alertRules, readAlertHygiene } from '../../../src/analysis/index.js';
import type { EvidenceStore } from '../../../src/evidence/index.js';
import {
  DAY_MS,
  type EventContent,
  type EventReceipt,
  HOUR_MS,
  type Instant,
  MINUTE_MS,
  pathOfEvent,
  SECOND_MS,
  shift,
} from '../../../src/model/index.js';
import { freshFolder, openStore, receiptFor, T0 } from '../../evidence/fixture.js';

let remove: () => Promise<void>;
let store: EvidenceStore;
/** The end of the day that is looked at, which begins at {@link T0}. */
const END = shift(T0, DAY_MS);
const day = { from: T0, to: END };

beforeEach(async () => {
  const fresh = await freshFolder();
  remove = fresh.remove;
  store = await openStore(fresh.folder, END);
});
afterEach(async () => {
  await store.close();
  await remove();
});

const minute = (minutes: number): Instant => shift(T0, minutes * MINUTE_MS);

async function record(...contents: readonly EventContent[]): Promise<readonly EventReceipt[]> {
  const events = contents.map((content) => receiptFor(content));
  await store.append({ events });
  return events;
}

const fired = (at: Instant, name: string, service = 'checkout', more: object = {}): EventContent => ({
  ...{ kind: 'alert_fired', at, name, service, severity: 'warning' },
  ...more,
});
const cleared = (at: Instant, name: string, service = 'checkout', more: object = {}): EventContent => ({
  ...{ kind: 'alert_cleared', at, name, service, severity: 'warning' },
  ...more,
});

const ask = (slos: readonly EventReceipt<'slo'>[] = []) => readAlertHygiene(store, { window: day, slos });

describe('how many alerts there are', () => {
  it('is counted within the window, by day, by minute and by name', async () => {
    await record(
      fired(shift(T0, -1), 'Before'),
      ...Array.from({ length: 12 }, (_, i) => fired(shift(minute(61), i * SECOND_MS), 'Storm', `s${i}`)),
      ...Array.from({ length: 10 }, (_, i) => fired(shift(minute(70), i * SECOND_MS), 'Breeze', `s${i}`)),
      fired(minute(13 * 60), 'Slow'),
      fired(minute(14 * 60), 'Slow'),
      fired(END, 'After'),
    );
    const halves = [
      { from: T0, to: minute(12 * 60) },
      { from: minute(12 * 60), to: END },
    ];
    const found = await readAlertHygiene(store, { window: day, days: halves, slos: [] });
    expect(found.fired).toBe(24);
    expect(found.days).toEqual([
      { from: T0, fired: 22 },
      { from: minute(12 * 60), fired: 2 },
    ]);
    expect(found.storms).toEqual([{ from: minute(61), fired: 12 }]);
    expect(found.busiestMinute).toEqual({ from: minute(61), fired: 12 });
    expect(found.alerts[0]).toMatchObject({ name: 'Slow', service: 'checkout', fired: 2 });
    expect(found.alerts).toHaveLength(23);
  });

  it('is zero and no minute where none fired', async () => {
    const found = await ask();
    expect(found).toMatchObject({ fired: 0, days: [{ from: T0, fired: 0 }], alerts: [], storms: [] });
    expect(found.busiestMinute).toBeUndefined();
  });
});

describe('flapping', () => {
  it('is firing four times within an hour with clearings between, by fingerprint', async () => {
    const turns = (name: string, from: number, times: number, more: object = {}) =>
      Array.from({ length: times }, (_, i) => [
        fired(minute(from + i * 10), name, 'checkout', more),
        cleared(minute(from + i * 10 + 5), name, 'checkout', more),
      ]).flat();
    await record(
      ...turns('Flaps', 0, 4),
      ...turns('Flaps', 120, 5),
      ...turns('Calm', 0, 3),
      // Repeated without an end: one alert that is told of again and again.
      ...Array.from({ length: 6 }, (_, i) => fired(minute(i), 'Repeats')),
      // One each of five pods.
      ...Array.from({ length: 5 }, (_, i) => turns('Pods', i, 1, { fingerprint: `f${i}` })).flat(),
    );
    expect((await ask()).flapping).toEqual([
      {
        ...{ name: 'Flaps', service: 'checkout', hour: minute(120) },
        ...{ fired: 5, cleared: 5, firedInAll: 9 },
      },
    ]);
  });
});

/** An incident as Genchi records it. */
const incident = (
  id: string,
  at: Instant,
  state: 'open' | 'resolved',
  more: Partial<EventReceipt<'incident'>> = {},
): EventContent => ({
  ...{ kind: 'incident', at, incident: id, state, title: id, severity: 'warning', service: 'checkout' },
  ...{ startsAt: T0, analysis: 1, cites: [] },
  ...more,
});

describe('an incident that nobody takes on', () => {
  it('is told of when it waited for over 30 minutes, open or over, as it was known at the end', async () => {
    const said = (id: string, at: Instant): EventContent => ({
      ...{ kind: 'acknowledgement', at, incident: id, author: 'kim' },
    });
    await record(
      incident('open-long', minute(1), 'open', { startsAt: shift(END, -31 * MINUTE_MS) }),
      incident('open-short', minute(1), 'open', { startsAt: shift(END, -30 * MINUTE_MS) }),
      incident('late', minute(1), 'open'),
      incident('late', minute(100), 'resolved', { endsAt: minute(100) }),
      said('late', minute(45)),
      said('late', minute(50)),
      incident('taken', minute(1), 'open'),
      said('taken', minute(30)),
      incident('alone', minute(90), 'resolved', { endsAt: minute(90) }),
      incident('brief', minute(20), 'resolved', { endsAt: minute(20) }),
      incident('ended-before', minute(-60), 'resolved', { startsAt: minute(-200), endsAt: minute(-60) }),
      incident('later', minute(1), 'open', { startsAt: shift(END, -40 * MINUTE_MS) }),
      said('later', shift(END, 1)),
    );
    const found = (await ask()).unattended;
    expect(found.map(({ incident: { incident: id }, waitedMs }) => [id, waitedMs / MINUTE_MS])).toEqual([
      ['alone', 90],
      ['late', 45],
      ['later', 40],
      ['open-long', 31],
    ]);
    expect(found.map(({ isOpen, wasTakenOn }) => [isOpen, wasTakenOn])).toEqual([
      [false, false],
      [false, true],
      [true, false],
      [true, false],
    ]);
    expect(alertRules.unattendedMs).toBe(30 * MINUTE_MS);
  });
});

describe('alerts of one cause', () => {
  it('are the different alerts of one incident, by service; one that fires again is the same alert', async () => {
    const alerts = await record(
      fired(minute(1), 'Latency'),
      fired(minute(2), 'Errors'),
      fired(minute(3), 'Queue', 'worker'),
      fired(minute(60), 'Latency'),
      fired(minute(61), 'Errors'),
      fired(minute(90), 'Alone'),
      fired(minute(91), 'Alone'),
    );
    const paths = alerts.map(pathOfEvent);
    await record(
      incident('first', minute(5), 'open', { cites: paths.slice(0, 3) }),
      incident('second', minute(65), 'open', { cites: paths.slice(3, 5) }),
      incident('third', minute(95), 'open', { cites: paths.slice(5), service: 'other' }),
    );
    expect((await ask()).together).toEqual([
      {
        ...{ service: 'checkout', incidents: ['first', 'second'], surplus: 3 },
        alerts: [
          { name: 'Errors', service: 'checkout', incidents: 2 },
          { name: 'Latency', service: 'checkout', incidents: 2 },
          { name: 'Queue', service: 'worker', incidents: 1 },
        ],
      },
    ]);
  });
});

describe('a threshold that is the target of an objective', () => {
  const slo = receiptFor({
    ...{ kind: 'slo', at: T0, slo: 'fast', service: 'checkout', metric: 'kanban_latency_p99_ms' },
    ...{ target: 200, direction: 'at_most', windowMinutes: 1_440 },
  }) as EventReceipt<'slo'>;
  const graph = (expression: string) => ({
    generatorUrl: `http://prometheus:9090/graph?g0.expr=${encodeURIComponent(expression)}&g0.tab=1`,
  });

  it('is read from the expression of the rule or from labels', async () => {
    await record(
      fired(minute(1), 'Tight', 'checkout', graph('max(kanban_latency_p99_ms{service="checkout"}) > 200')),
      fired(minute(2), 'Room', 'checkout', graph('kanban_latency_p99_ms > 180')),
      fired(minute(3), 'OtherMetric', 'checkout', graph('kanban_latency_p50_ms > 200')),
      fired(minute(4), 'OtherService', 'worker', graph('kanban_latency_p99_ms > 200')),
      fired(minute(5), 'ByLabel', 'checkout', {
        ...{ metric: 'kanban_latency_p99_ms', labels: { threshold: '200' } },
      }),
      fired(minute(6), 'NoThreshold', 'checkout', { metric: 'kanban_latency_p99_ms' }),
    );
    const found = (await ask([slo])).thresholds;
    expect(found.map(({ name, threshold, slo: { slo: named } }) => [name, threshold, named])).toEqual([
      ['ByLabel', 200, 'fast'],
      ['Tight', 200, 'fast'],
    ]);
    expect(found.every(({ receipt }) => receipt.startsWith('alert_fired/'))).toBe(true);
  });
});

it('sees the same at the end of a window, whatever came after it', async () => {
  await record(incident('one', minute(1), 'open', { startsAt: T0 }));
  const before = await ask();
  await record(
    incident('one', shift(END, HOUR_MS), 'resolved', { startsAt: T0, endsAt: END }),
    fired(shift(END, 1), 'Later'),
  );
  expect(await ask()).toEqual(before);
});
