import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatInstant, pathOfEvent } from '../../../src/model/index.js';
import {
  ask,
  atMinute,
  deployments,
  HOSTILE,
  incident,
  iris,
  openScene,
  recorded,
  type Scene,
  samplePath,
} from './scene.js';

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});

afterAll(() => scene.close());

const iriOf = (name: keyof typeof recorded): string => iris.ofPath(pathOfEvent(recorded[name]));

const CANDIDATE = `rank score causeKind title service rejected onsetAt
  terms { name value weight contribution }
  cause { iri receipt { kind at } }
  supporting { sentence cites { iri receipt { iri kind service } } }
  opposing { sentence cites { iri } } receipt { iri }`;

describe('incidents', () => {
  it('carry ranked candidates with terms, both sides of the evidence and the receipts themselves', async () => {
    const { data, errors } = await ask(
      scene.server,
      `query ($id: ID!) { incident(id: $id) { iri state title onsetAt alerts { receipt { kind } } missing
        candidates { ${CANDIDATE} } rejected { ${CANDIDATE} } } }`,
      { id: incident.id },
    );
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      incident: {
        iri: 'http://127.0.0.1:4600/id/incident/web%2Fslow%201',
        state: 'open',
        onsetAt: formatInstant(atMinute(11)),
        alerts: [{ receipt: { kind: 'alert_fired' } }],
        missing: ['no logs of payments'],
        candidates: [
          {
            rank: 1,
            score: 0.8125,
            causeKind: 'deployment',
            rejected: null,
            terms: [{ name: 'nearness', value: 0.9, weight: 0.5, contribution: 0.45 }],
            cause: {
              iri: iriOf('deployment'),
              receipt: { kind: 'deployment', at: formatInstant(atMinute(10)) },
            },
            supporting: [
              {
                cites: [
                  { iri: iriOf('deployment'), receipt: { iri: iriOf('deployment'), service: 'payments' } },
                ],
              },
              {
                cites: [
                  { receipt: { kind: 'dependency' } },
                  { iri: iris.ofPath('service/payments'), receipt: null },
                ],
              },
            ],
            opposing: [{ sentence: 'no failure in payments', cites: [] }],
          },
        ],
        rejected: [{ rank: 2, rejected: `it began after the symptom ${HOSTILE}` }],
      },
    });
  });

  it('come in pages that continue where the last one ended', async () => {
    const query = `query ($after: String) { incidents(first: 2, after: $after) {
      edges { cursor node { id } } nodes { id } pageInfo { hasNextPage endCursor } } }`;
    const ids: string[] = [];
    let after: string | undefined;
    do {
      const { data } = await ask(scene.server, query, { after });
      const { incidents } = data as {
        incidents: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
      };
      ids.push(...incidents.nodes.map(({ id }) => id));
      after = incidents.pageInfo.hasNextPage ? incidents.pageInfo.endCursor : undefined;
    } while (after !== undefined);
    expect(ids).toEqual([incident.id, 'old-0', 'old-1', 'old-2', 'old-3']);
  });

  it('can be bounded by state and service', async () => {
    const { data } = await ask(
      scene.server,
      '{ open: incidents(state: open) { nodes { id } } mail: incidents(service: "mail", first: 1) { nodes { id } } none: incident(id: "x") { id } }',
    );
    expect(data).toEqual({
      open: { nodes: [{ id: incident.id }] },
      mail: { nodes: [{ id: 'old-0' }] },
      none: null,
    });
  });
});

describe('rootCauseCandidates', () => {
  it('analyses at the time of the request unless one is given', async () => {
    const query = `query ($at: DateTime) { rootCauseCandidates(service: "web", at: $at, windowMinutes: 45) {
      at baseline { from to } reach symptomMetric candidates { title receipt { iri } } } }`;
    const { data } = await ask(scene.server, query);
    expect(data).toMatchObject({
      rootCauseCandidates: { at: formatInstant(atMinute(20)), reach: ['web', 'payments'] },
    });
    await ask(scene.server, query, { at: '2026-01-05T12:00:00+02:00' });
    expect(scene.asked).toEqual([
      { service: 'web', at: atMinute(20), windowMs: 2_700_000 },
      { service: 'web', at: atMinute(0), windowMs: 2_700_000 },
    ]);
  });

  it('compares with the baseline that is asked for, and refuses half of one', async () => {
    const query = `query ($from: DateTime, $to: DateTime) {
      rootCauseCandidates(service: "web", baselineFrom: $from, baselineTo: $to) { at } }`;
    const times = { from: '2026-01-05T00:00:00Z', to: '2026-01-06T00:00:00Z' };
    await ask(scene.server, query, times);
    const comparedWith = { from: Date.UTC(2026, 0, 5), to: Date.UTC(2026, 0, 6) };
    expect(scene.asked.at(-1)).toMatchObject({ service: 'web', comparedWith });
    const { errors } = await ask(scene.server, query, { from: times.from });
    expect(errors?.[0]?.message).toContain('expected both baselineFrom and baselineTo');
  });
});

describe('evidence', () => {
  it('tells every field of an event with its type and unit, and labels as they came', async () => {
    const query = `query ($iri: String!) { evidence: receipt(iri: $iri) { iri kind at service
      fields { name type unit values } labels { name value } ... on EventReceipt { id receivedAt door } } }`;
    const { data } = await ask(scene.server, query, { iri: iriOf('deployment') });
    expect(data).toEqual({
      evidence: {
        iri: iriOf('deployment'),
        kind: 'deployment',
        at: formatInstant(atMinute(10)),
        service: 'payments',
        fields: [
          { name: 'version', type: 'text', unit: null, values: ['2.0'] },
          { name: 'author', type: 'text', unit: null, values: [HOSTILE] },
        ],
        labels: [
          { name: 'note', value: HOSTILE },
          { name: 'region', value: 'eu' },
        ],
        id: recorded.deployment.id,
        receivedAt: formatInstant(atMinute(0)),
        door: 'events',
      },
    });
    const task = await ask(scene.server, query, { iri: iriOf('task') });
    expect(task.data).toMatchObject({
      evidence: {
        fields: [
          { name: 'latencyMs', type: 'number', unit: 'ms', values: ['120'] },
          { name: 'waitMs', type: 'number', unit: 'ms', values: ['3'] },
        ],
      },
    });
    const alert = await ask(scene.server, query, { iri: iriOf('alert') });
    expect(JSON.stringify(alert.data)).toContain(
      `{"name":"startsAt","type":"instant","unit":null,"values":["${formatInstant(atMinute(13))}"]}`,
    );
  });

  it('tells samples with their series, infinities and staleness included', async () => {
    const query = `query ($iri: String!) { evidence: receipt(iri: $iri) { kind service
      ... on SampleReceipt { metric value text stale series { metric labels { name value } } } } }`;
    const iriAt = (minute: number) => ({ iri: iris.ofPath(samplePath(scene.store, minute)) });
    expect((await ask(scene.server, query, iriAt(5))).data).toMatchObject({
      evidence: {
        kind: 'sample',
        service: 'web',
        metric: 'latency_seconds',
        value: 0.5,
        text: '0.5',
        stale: false,
        series: {
          labels: [
            { name: 'pod', value: HOSTILE },
            { name: 'service', value: 'web' },
          ],
        },
      },
    });
    expect((await ask(scene.server, query, iriAt(20))).data).toMatchObject({
      evidence: { value: null, text: 'Infinity', stale: false },
    });
    expect((await ask(scene.server, query, iriAt(21))).data).toMatchObject({
      evidence: { value: null, stale: true },
    });
    expect((await ask(scene.server, query, iriAt(50))).data).toEqual({ evidence: null });
  });

  it('is null for what was never recorded, and an error for what cannot be a receipt', async () => {
    const query = 'query ($iri: String!) { evidence: receipt(iri: $iri) { iri } }';
    const unknown = iriOf('failure').replace(/[0-9a-f]{32}$/, '0'.repeat(32));
    expect(await ask(scene.server, query, { iri: unknown })).toMatchObject({ data: { evidence: null } });
    const asked = await ask(
      scene.server,
      '{ a: evidence(iri: $iri) { iri } }'.replace('$iri', `"${iriOf('task')}"`),
    );
    expect(asked.data, 'the name it had before').toEqual({ a: { iri: iriOf('task') } });
    const foreign = await ask(scene.server, query, { iri: 'http://elsewhere.example.com/id/failure' });
    expect(foreign.errors).toMatchObject([{ extensions: { code: 'bad-request' }, path: ['evidence'] }]);
  });
});

describe('events', () => {
  it('come newest first, in pages without loss or repeat, even at one instant', async () => {
    const query = `query ($after: String) { events(kinds: [deployment], services: ["mail"], first: 5, after: $after) {
      nodes { iri } pageInfo { hasNextPage endCursor } } }`;
    const found: string[] = [];
    let after: string | undefined;
    do {
      const { data } = await ask(scene.server, query, { after });
      const { events } = data as {
        events: { nodes: { iri: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
      };
      found.push(...events.nodes.map(({ iri }) => iri));
      after = events.pageInfo.hasNextPage ? events.pageInfo.endCursor : undefined;
    } while (after !== undefined);
    expect(found).toHaveLength(deployments.length);
    expect(new Set(found)).toEqual(new Set(deployments.map((event) => iris.ofPath(pathOfEvent(event)))));
  });

  it('can be bounded by time, half-open', async () => {
    const { data } = await ask(
      scene.server,
      'query ($from: DateTime, $to: DateTime) { events(from: $from, to: $to) { nodes { kind } } }',
      { from: formatInstant(atMinute(10)), to: formatInstant(atMinute(12)) },
    );
    expect(data).toEqual({ events: { nodes: [{ kind: 'task_completed' }, { kind: 'deployment' }] } });
    const open = await ask(
      scene.server,
      'query ($at: DateTime) { before: events(to: $at) { nodes { kind } } after: events(from: $at, services: ["web"]) { nodes { kind } } }',
      { at: formatInstant(atMinute(12)) },
    );
    expect(open.data).toEqual({
      before: { nodes: [{ kind: 'task_completed' }, { kind: 'deployment' }, { kind: 'dependency' }] },
      after: { nodes: [{ kind: 'alert_fired' }, { kind: 'failure' }] },
    });
  });
});

describe('services', () => {
  it('know whom they call, by which receipt, and how they do', async () => {
    const { data } = await ask(
      scene.server,
      `{ services { name } payments: service(name: "payments") { iri callers { name } callees { name }
        dependencies { caller { name } callee { name } kind receipt { iri } } }
        web: service(name: "web") { health(windowMinutes: 20) { window { from to } score band
          pillars { pillar score band missing costMost inputs { metric value cost } }
          metrics { name value standing unit targets alertThreshold } } }
        nobody: service(name: "nobody") { name } dependencies(service: "web") { kind } }`,
    );
    expect(data).toMatchObject({
      services: [{ name: 'mail' }, { name: 'payments' }, { name: 'web' }],
      payments: {
        callers: [{ name: 'web' }],
        callees: [],
        dependencies: [{ caller: { name: 'web' }, kind: 'http', receipt: { iri: iriOf('dependency') } }],
      },
      nobody: null,
      dependencies: [{ kind: 'http' }],
      web: {
        health: {
          window: { from: formatInstant(atMinute(0)), to: formatInstant(atMinute(20)) },
          pillars: [
            { pillar: 'jidoka', missing: ['jidoka_circuit_open_percent'], costMost: 'jidoka_failure_rate' },
            { pillar: 'kanban', band: 'RED', costMost: 'kanban_throughput_per_min' },
            { pillar: 'andon', score: 99.5, band: 'GREEN' },
            { pillar: 'heijunka', score: null, band: null, inputs: [] },
          ],
        },
      },
    });
    const { metrics } = (data as { web: { health: { metrics: { name: string }[] } } }).web.health;
    expect(metrics.find(({ name }) => name === 'kanban_latency_p99_ms')).toEqual({
      name: 'kanban_latency_p99_ms',
      value: 120,
      standing: 'warn',
      unit: 'ms',
      targets: [100],
      alertThreshold: 500,
    });
    expect(metrics.find(({ name }) => name === 'kanban_queue_depth')).toMatchObject({
      value: null,
      standing: 'absent',
    });
  });

  it('add up to the health of the system', async () => {
    const { data } = await ask(scene.server, '{ health(windowMinutes: 20) { pillars { pillar score } } }');
    expect(data).toMatchObject({ health: { pillars: [{ pillar: 'jidoka', score: 99.975 }, {}, {}, {}] } });
  });
});

describe('the services within reach of an incident', () => {
  it('are told by an analysis up to the same time, where the one of the incident is not held any more', async () => {
    const { data } = await ask(
      scene.server,
      'query ($id: ID!) { incident(id: $id) { localisation { reach degradations { service own } } } }',
      { id: incident.id },
    );
    expect(data).toEqual({
      incident: {
        localisation: { reach: ['web', 'payments'], degradations: [{ service: 'payments', own: 0.9 }] },
      },
    });
  });
});
