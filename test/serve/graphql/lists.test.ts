import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EventContent, formatInstant } from '../../../src/model/index.js';
import { receiptFor } from '../../evidence/fixture.js';
import { ask, atMinute, deployments, openScene, type Scene } from './scene.js';

let scene: Scene;

const alert = (kind: 'alert_fired' | 'alert_cleared', minute: number, more: Partial<EventContent> = {}) =>
  receiptFor({
    kind,
    at: atMinute(minute),
    service: 'shop',
    name: 'Full',
    severity: 'warning',
    ...more,
  } as EventContent);

beforeAll(async () => {
  scene = await openScene();
  // The clock of the scene stands at minute 20; the alert of the scene fires since minute 13.
  await scene.record(
    alert('alert_fired', 1),
    alert('alert_cleared', 2),
    alert('alert_fired', 3, { fingerprint: 'aa' }),
    alert('alert_fired', 4, { fingerprint: 'bb', severity: 'critical' }),
    alert('alert_cleared', 5, { fingerprint: 'bb', severity: 'critical' }),
    alert('alert_fired', 6, { fingerprint: 'bb', severity: 'critical' }),
    receiptFor({
      kind: 'flag_change',
      at: atMinute(7),
      service: 'shop',
      flag: 'dark',
      fromValue: 'off',
      toValue: 'on',
    }),
    receiptFor({
      kind: 'config_change',
      at: atMinute(8),
      service: 'shop',
      key: 'pool',
      fromValue: '5',
      toValue: '50',
    }),
    receiptFor({
      kind: 'failure',
      at: atMinute(9),
      service: 'shop',
      component: 'db',
      reason: 'Connection REFUSED by 100%_peer',
    }),
  );
});

afterAll(() => scene.close());

const dataOf = async (query: string) => {
  const { data, errors } = await ask(scene.server, query);
  expect(errors).toBeUndefined();
  return data;
};

describe('alerts', () => {
  it('are those that fire now: told apart by fingerprint, else by service and name', async () => {
    const data = await dataOf(
      '{ alerts { totalCount nodes { name service severity firedAt isFiring receipt { kind } } } }',
    );
    expect(data).toEqual({
      alerts: {
        totalCount: 3,
        nodes: [
          ['Slow', 'web', 'critical', 13],
          ['Full', 'shop', 'critical', 6],
          ['Full', 'shop', 'warning', 3],
        ].map(([name, service, severity, minute]) => ({
          name,
          service,
          severity,
          firedAt: formatInstant(atMinute(Number(minute))),
          isFiring: true,
          receipt: { kind: 'alert_fired' },
        })),
      },
    });
  });

  it('are those that fired at a time, and page on', async () => {
    const at = (minute: number) => `to: "${formatInstant(atMinute(minute))}"`;
    const data = await dataOf(`{ earlier: alerts(${at(1)}, services: ["shop"]) { nodes { severity } }
      bad: alerts(severities: ["critical"], first: 1) { totalCount nodes { service } pageInfo { hasNextPage } } }`);
    expect(data).toEqual({
      earlier: { nodes: [{ severity: 'warning' }] },
      bad: { totalCount: 2, nodes: [{ service: 'web' }], pageInfo: { hasNextPage: true } },
    });
  });

  it('are those that fired within a window, whether they still fire or not', async () => {
    const data = await dataOf(
      `{ alerts(select: FIRED, services: ["shop"], to: "${formatInstant(atMinute(5))}") {
        totalCount nodes { firedAt isFiring } } }`,
    );
    expect(data).toEqual({
      alerts: {
        totalCount: null,
        nodes: [
          { firedAt: formatInstant(atMinute(4)), isFiring: false },
          { firedAt: formatInstant(atMinute(3)), isFiring: true },
          { firedAt: formatInstant(atMinute(1)), isFiring: false },
        ],
      },
    });
  });
});

describe('changes', () => {
  it('are deployments, settings and flags in one line each, newest first', async () => {
    const window = `from: "${formatInstant(atMinute(0))}", to: "${formatInstant(atMinute(20))}"`;
    const data = await dataOf(`{ changes(${window}) { nodes { kind service title } }
      deployments(${window}) { nodes { version author } }
      mail: deployments(services: ["mail"], first: 100) { nodes { version } } }`);
    expect(data).toMatchObject({
      changes: {
        nodes: [
          { kind: 'deployment', service: 'payments', title: '2.0 deployed' },
          { kind: 'config_change', service: 'shop', title: 'pool: 5 to 50' },
          { kind: 'flag_change', service: 'shop', title: 'dark: off to on' },
        ],
      },
      deployments: { nodes: [{ version: '2.0' }] },
    });
    expect((data as { mail: { nodes: unknown[] } }).mail.nodes).toHaveLength(deployments.length);
  });
});

describe('events', () => {
  const kindsOf = async (where: string) =>
    (
      (await dataOf(`{ events(where: ${where}) { nodes { kind service } } }`)) as {
        events: { nodes: unknown[] };
      }
    ).events.nodes;

  it('are found by what their fields say', async () => {
    expect(await kindsOf('[{ field: "reason", contains: "refused" }]')).toEqual([
      { kind: 'failure', service: 'shop' },
    ]);
    expect(await kindsOf('[{ field: "reason", contains: "100%_" }]')).toHaveLength(1);
    expect(await kindsOf('[{ field: "reason", contains: "1%peer" }]')).toEqual([]);
    expect(await kindsOf('[{ field: "version", oneOf: ["2.0", "1.3"] }]')).toHaveLength(2);
    expect(
      await kindsOf('[{ field: "component", oneOf: ["db"] }, { field: "reason", oneOf: ["timeout"] }]'),
    ).toEqual([{ kind: 'failure', service: 'web' }]);
  });

  it.each([
    ['[{ field: "nothing", oneOf: ["x"] }]', 'no kind of event has such a field'],
    ['[{ field: "latencyMs", oneOf: ["1"] }]', 'fields of type number'],
    ['[{ field: "callee", contains: "x" }]', 'expected a field of type text'],
    ['[{ field: "reason" }]', 'expected oneOf or contains'],
    ['[{ field: "reason", oneOf: [] }, { field: "reason", contains: "x" }]', 'expected each field once'],
  ])('cannot be asked for by %s', async (where, message) => {
    const { errors } = await ask(scene.server, `{ events(where: ${where}) { nodes { kind } } }`);
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining(message) as string,
      extensions: { code: 'bad-request' },
    });
  });
});

describe('pillars', () => {
  it('are the four, each with its metrics, those without data too', async () => {
    const data = await dataOf(
      '{ pillars(service: "web", windowMinutes: 20) { pillar score metrics { name value standing } } health(windowMinutes: 20) { score } }',
    );
    const { pillars } = data as {
      pillars: { pillar: string; metrics: { name: string; value: number | null }[] }[];
    };
    expect(pillars.map(({ pillar }) => pillar)).toEqual(['jidoka', 'kanban', 'andon', 'heijunka']);
    expect(pillars[1]?.metrics).toContainEqual({
      name: 'kanban_latency_p99_ms',
      value: 120,
      standing: 'warn',
    });
    expect(pillars[3]?.metrics.every(({ value }) => value === null)).toBe(true);
  });
});

describe('the lists of alert hygiene and data quality', () => {
  it('are pages that continue where the last one ended, and know how long they are', async () => {
    const at = `at: "${formatInstant(atMinute(20))}"`;
    const page = async (args: string) =>
      await dataOf(`{ alertHygiene(${at}) { alerts(${args}) {
        totalCount nodes { service name fired } pageInfo { hasNextPage endCursor } } } }`);
    const first = (await page('first: 1')) as {
      alertHygiene: { alerts: { pageInfo: { endCursor: string } } };
    };
    expect(first).toMatchObject({
      alertHygiene: {
        alerts: {
          totalCount: 2,
          nodes: [{ service: 'shop', name: 'Full', fired: 4 }],
          pageInfo: { hasNextPage: true },
        },
      },
    });
    expect(await page(`after: "${first.alertHygiene.alerts.pageInfo.endCursor}"`)).toMatchObject({
      alertHygiene: {
        alerts: { nodes: [{ service: 'web', name: 'Slow' }], pageInfo: { hasNextPage: false } },
      },
    });
  });

  it('take no more than a page at once', async () => {
    for (const list of ['stalled', 'gaps', 'duplicated', 'sensitiveLabels']) {
      const { errors } = await ask(scene.server, `{ dataQuality { ${list}(first: 101) { totalCount } } }`);
      expect(errors?.[0]?.message).toBe('expected first between 1 and 100, not 101');
    }
  });
});
