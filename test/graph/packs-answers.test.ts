import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EvidenceStore, Recorder } from '../../src/evidence/index.js';
import { bindPack, type Graph, openGraph } from '../../src/graph/index.js';
import {
  type EventReceipt,
  formatInstant,
  type Instant,
  MINUTE_MS,
  pathOfEvent,
} from '../../src/model/index.js';
import { eventOf, freshStore, iris, START, samplesOf } from './fixture.js';

/** A minute of the scene; the trouble begins at 0. */
const at = (minute: number) => (START + minute * MINUTE_MS) as Instant;
const time = (minute: number) => formatInstant(at(minute));
const hour = { since: time(-60), until: time(5) };

const call = (service: string, callee: string) => eventOf('dependency', at(-600), { service, callee });
const alert = (minute: number, service: string, name: string) =>
  eventOf('alert_fired', at(minute), { service, name, severity: 'critical' });
const fail = (minute: number, service: string, component: string, rest = {}) =>
  eventOf('failure', at(minute), { service, component, reason: 'timeout', ...rest });
const deploy = (minute: number, service: string, version: string) =>
  eventOf('deployment', at(minute), { service, version });

// frontend -> checkout -> database, frontend -> search -> index; checkout and database call each other back.
const calls = [
  call('frontend', 'checkout'),
  call('frontend', 'search'),
  call('checkout', 'database'),
  call('search', 'index'),
  call('database', 'checkout'),
];
const bad = deploy(-10, 'database', 'v2');
const pool = fail(-3, 'database', 'pool', { correlatedMetric: 'latency', metricChangePercent: 80 });
const first = alert(1, 'checkout', 'SlowCheckout');
const events: readonly EventReceipt[] = [
  bad,
  deploy(-300, 'search', 'v7'),
  pool,
  fail(-2, 'database', 'pool', { correlatedMetric: 'latency', metricChangePercent: 20 }),
  eventOf('circuit_opened', at(-1), { service: 'checkout', component: 'db-client', reason: 'open' }),
  fail(-55, 'index', 'shard', { correlatedMetric: 'queue' }),
  fail(-500, 'search', 'old'),
  fail(30, 'frontend', 'late'),
  fail(-305, 'search', 'before'),
  fail(-290, 'search', 'after'),
  eventOf('config_change', at(-20), { service: 'checkout', key: 'timeout', toValue: '5', author: 'ops' }),
  eventOf('flag_change', at(-40), { service: 'search', flag: 'rank', fromValue: 'off', toValue: 'on' }),
  first,
  alert(2, 'frontend', 'SlowPages'),
  alert(3, 'search', 'SlowSearch'),
  ...[-50, -45, -42, -35].map((minute) => alert(minute, 'index', 'DiskFull')),
  eventOf('alert_cleared', at(-44), { service: 'index', name: 'DiskFull', severity: 'critical' }),
];

const isDiskAlert = (event: EventReceipt) => event.kind === 'alert_fired' && event.name === 'DiskFull';

function incident(id: string, minute: number, service: string, metric: string, cites: readonly string[]) {
  const fields = { incident: id, state: 'open', title: `about ${id}`, severity: 'critical', analysis: 1 };
  return eventOf('incident', at(minute), { ...fields, service, metric, startsAt: at(minute), cites });
}
function candidate(
  id: string,
  service: string,
  causeKind: string,
  cites: readonly string[],
  rejected = false,
  rest = {},
) {
  const fields = { incident: id, analysis: 1, rank: 1, score: 0.9, rejected, title: `cause of ${id}` };
  return eventOf('candidate', at(3), { ...fields, service, causeKind, cites, reasoning: '{}', ...rest });
}
const step = (place: string, sentence: string, rest: object) =>
  eventOf('why', at(3), {
    ...{ incident: 'now', analysis: 1, place, stepKind: 'failing', sentence, service: 'database', cites: [] },
    ...rest,
  });
const problem = step('0', 'it is slow', { stepKind: 'felt', service: 'checkout' });
const crash = step('1', 'the pool fails', { explains: pathOfEvent(problem), onsetAt: at(-3) });
const incidents = [
  problem,
  crash,
  step('1.1', 'v2 came', { explains: pathOfEvent(crash), stepKind: 'change', needed: 'its diff' }),
  incident('now', 1, 'checkout', 'latency', [pathOfEvent(first)]),
  candidate('now', 'database', 'deployment', [pathOfEvent(bad), pathOfEvent(pool)], false, {
    cause: pathOfEvent(bad),
  }),
  incident('twin', -900, 'checkout', 'errors', []),
  candidate('twin', 'database', 'deployment', []),
  incident('cousin', -800, 'search', 'latency', []),
  candidate('cousin', 'database', 'deployment', [], true),
  incident('stranger', -700, 'index', 'disk', []),
  incident('full', -650, 'index', 'disk', events.filter(isDiskAlert).map(pathOfEvent)),
];
const objective = (slo: string, minute: number, rest: object) =>
  eventOf('slo', at(minute), { slo, windowMinutes: 43_200, ...rest });
const objectives = [
  objective('alive', -20, { service: 'checkout', metric: 'alive', target: 1, direction: 'at_least' }),
  objective('ended', -20, { service: 'search', metric: 'ended', target: 1, direction: 'at_least' }),
  objective('silence', -20, { badMetric: 'silent', totalMetric: 'all' }),
  objective('past', -20, { service: 'index', metric: 'ancient', target: 1, direction: 'at_most' }),
  objective('past', -10, { service: 'index', retired: true }),
];

describe('the answers of query packs', () => {
  let store: EvidenceStore;
  let remove: () => Promise<void>;
  let graph: Graph;

  beforeAll(async () => {
    ({ store, remove } = await freshStore());
    const recorder = new Recorder(store);
    const clock = () => at(60);
    graph = await openGraph({ store, iris, clock, workers: 1, deadlineMs: 10_000, maxReceipts: 200 });
    recorder.subscribe((recorded) => graph.hear(recorded));
    await recorder.record({ events: [...calls, ...events, ...incidents, ...objectives] }, 'events');
    const series = (metric: string, minutes: readonly number[], stale: readonly number[] = []) =>
      [...minutes, ...stale].map((minute, index) => ({
        labels: { __name__: metric, service: 'checkout' },
        at: at(minute),
        value: index < minutes.length ? 1 : undefined,
      }));
    const rows = [
      ...series('alive', [-30, -5, 0]),
      ...series('silent', [-30, -20]),
      ...series('ended', [-40], [-1]),
      ...series('ancient', [-900]),
    ];
    await recorder.record({ events: [], samples: samplesOf(store, rows) }, 'write');
  });
  afterAll(async () => {
    await graph?.close();
    await remove?.();
  });

  const asked = new Set<string>();

  /** The rows of a pack's answer, with these of its columns; the names of services instead of their IRIs. */
  async function ask(
    name: string,
    values: Record<string, string>,
    columns: string,
  ): Promise<readonly string[]> {
    const pack = graph.packs().find((one) => one.name === name);
    asked.add(name);
    if (pack === undefined) throw new Error(`there is no pack ${name}`);
    const { body } = await graph.query({ text: bindPack(pack, values) });
    const { results } = JSON.parse(Buffer.from(body).toString());
    return results.bindings.map((row: Record<string, { value: string }>) =>
      columns
        .split(' ')
        .map((column) =>
          (row[column]?.value ?? '-').replace(`${iris.prefix}service/`, '').replace('2024-01-25T', ''),
        )
        .join(' '),
    );
  }

  it.each<[string, Record<string, string>, string, readonly string[]]>([
    [
      'correlation/around-time',
      { since: time(-3), until: time(1) },
      'at service what',
      [
        '09:57:00Z database pool',
        '09:58:00Z database pool',
        '09:59:00Z checkout db-client',
        '10:01:00Z checkout SlowCheckout',
      ],
    ],
    [
      'correlation/failures-before',
      { since: time(-60), spike: time(0) },
      'service component count first reasons',
      [
        'index shard 1 09:05:00Z timeout',
        'database pool 2 09:57:00Z timeout',
        'checkout db-client 1 09:59:00Z open',
      ],
    ],
    [
      'correlation/changes-before',
      { since: time(-60), spike: time(0) },
      'before service what author',
      ['PT10M database v2 -', 'PT20M checkout timeout ops', 'PT40M search rank -'],
    ],
    [
      'correlation/before-incident',
      { incident: 'now', since: time(-60) },
      'before service version',
      ['PT11M database v2', 'PT21M checkout -'],
    ],
    [
      'correlation/correlated-metrics',
      hour,
      'metric events services meanChangePercent largestChangePercent',
      ['latency 2 1 50 80', 'queue 1 1 - -'],
    ],
    ['topology/blast-radius', { failed: 'database' }, 'name direct', ['checkout true', 'frontend false']],
    ['topology/blast-radius', { failed: 'frontend' }, 'name direct', []],
    [
      'topology/upstream',
      { caller: 'frontend' },
      'name direct',
      ['checkout true', 'search true', 'database false', 'index false'],
    ],
    [
      'topology/failure-path',
      { suffers: 'frontend', failed: 'database', ...hour },
      'caller callee firstFailure',
      ['checkout database 09:57:00Z', 'frontend checkout 09:59:00Z'],
    ],
    [
      'alerts/of-one-cause',
      { failed: 'database', ...hour },
      'at service alertName',
      ['10:01:00Z checkout SlowCheckout', '10:02:00Z frontend SlowPages'],
    ],
    [
      'alerts/fatigue',
      hour,
      'service name fired cleared first last',
      ['index DiskFull 4 1 09:10:00Z 09:25:00Z'],
    ],
    [
      'alerts/fatigue',
      { ...hour, fewest: '1' },
      'service fired cleared',
      ['index 4 1', 'checkout 1 0', 'frontend 1 0', 'search 1 0'],
    ],
    ['incident/similar', { incident: 'now' }, 'id alike', ['twin 2', 'cousin 1']],
    [
      'incident/evidence',
      { incident: 'now' },
      'at kind service citedBy',
      [
        '09:50:00Z deployment database cause of now',
        '09:57:00Z failure database cause of now',
        '10:01:00Z alert_fired checkout the incident',
      ],
    ],
    [
      'whys/steps',
      { incident: 'now' },
      'place stepKind service onsetAt sentence answers needed',
      [
        '0 felt checkout - it is slow - -',
        '1 failing database 09:57:00Z the pool fails 0 -',
        '1.1 change database - v2 came 1 its diff',
      ],
    ],
    [
      'correlation/candidates',
      { incident: 'now' },
      'rank title service receiptAt',
      ['1 cause of now database 09:50:00Z', '1 cause of now database 09:57:00Z'],
    ],
    [
      'change/failures-after-deployments',
      { since: time(-400), until: time(5), minutes: '10' },
      'service deployments followed preceded shareFollowed sharePreceded',
      ['database 1 1 0 1 0', 'search 1 1 1 1 1'],
    ],
    [
      'change/failures-after-deployments',
      { since: time(-400), until: time(5), minutes: '5' },
      'service deployments followed preceded',
      ['database 1 0 0', 'search 1 0 1'],
    ],
    [
      'change/upstream-deployments',
      hour,
      'firedAt alertName before deployed version',
      ['10:01:00Z SlowCheckout PT11M database v2', '10:02:00Z SlowPages PT12M database v2'],
    ],
    [
      'series/stalled',
      { since: time(-60), silentSince: time(-10) },
      'metric service lastSample',
      ['ended checkout 09:20:00Z', 'silent checkout 09:40:00Z'],
    ],
    [
      'runbooks/matching',
      { incident: 'now' },
      'name rank candidate title',
      ['bad-deployment 1 cause of now A deployment made the service worse'],
    ],
    ['runbooks/matching', { incident: 'full' }, 'name rank', ['disk-full -']],
    ['runbooks/matching', { incident: 'cousin' }, 'name', []],
    [
      'slo/without',
      {},
      'service metric seriesCount objectives',
      ['database - 0 0', 'frontend - 0 0', 'index - 0 0', 'checkout ancient 1 1', 'checkout ended 1 1'],
    ],
    [
      'slo/without',
      { like: 'end' },
      'service metric',
      ['database -', 'frontend -', 'index -', 'checkout ended'],
    ],
  ])('%s %j: %s', async (name, values, columns, rows) => {
    expect(await ask(name, values, columns)).toEqual(rows);
  });

  it('are known here for every pack but those of the guide, and each pack is described', () => {
    const own = graph.packs().filter(({ name }) => !name.startsWith('guide/'));
    expect([...asked].sort()).toEqual(own.map(({ name }) => name));
    for (const { name, summary, description, tags } of own) {
      expect([summary, description], name).not.toContain('');
      expect(tags.length, name).toBeGreaterThan(0);
    }
  });
});
