import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EvidenceStore, Recorder } from '../../src/evidence/index.js';
import { Knowledge } from '../../src/graph/knowledge.js';
import { mappingOf } from '../../src/graph/mapping.js';
import { tps } from '../../src/graph/vocabulary.js';
import { type EventReceipt, type Instant, pathOfEvent } from '../../src/model/index.js';
import { eventOf, freshStore, iris, START, textOf } from './fixture.js';

const rules = mappingOf(iris);
const incident = (at: number, analysis: number, state: string) =>
  eventOf('incident', at, {
    service: 'shop',
    incident: 'i 1',
    state,
    title: 'Shop is "slow"',
    severity: 'critical',
    startsAt: START,
    analysis,
    cites: ['alert_fired/20240125T100000.000Z/00000000000000000000000000000000'],
  });
const candidate = (at: number, analysis: number, title: string) =>
  eventOf('candidate', at, {
    incident: 'i 1',
    analysis,
    rank: 1,
    score: 0.5,
    rejected: false,
    causeKind: 'deployment',
    title,
    cites: [],
    reasoning: '{}',
  });

describe('knowledge', () => {
  let store: EvidenceStore;
  let remove: () => Promise<void>;
  let knowledge: Knowledge;
  let recorder: Recorder;
  const sources = () => ({ store, iris, rules, ontology: [] });
  const record = (...events: readonly EventReceipt[]) => recorder.record({ events }, 'events');
  const lines = () => textOf(knowledge).trim().split('\n');

  beforeAll(async () => {
    ({ store, remove } = await freshStore());
    recorder = new Recorder(store);
    knowledge = await Knowledge.open(sources());
    recorder.subscribe((recorded) => knowledge.hear(recorded));
  });
  afterAll(() => remove());

  it('has the services and who calls whom, with the receipt that tells it', async () => {
    const first = eventOf('dependency', START, { service: 'shop', callee: 'db', dependencyKind: 'sql' });
    await record(first, eventOf('dependency', START, { service: 'shop', callee: 'cache' }));
    await record(eventOf('deployment', START, { service: 'alone', version: '1' }));
    const topology = knowledge.topology();
    expect(topology.services).toEqual(['alone', 'cache', 'db', 'shop']);
    expect(topology.callees('shop')).toEqual(['cache', 'db']);
    expect(topology.callers('db')).toEqual(['shop']);
    expect(topology.callees('nobody')).toEqual([]);
    expect(knowledge.dependencies(['db'])).toEqual([
      { caller: 'shop', callee: 'db', kind: 'sql', receipt: first },
    ]);
    expect(knowledge.dependencies()).toHaveLength(2);
    expect(lines()).toContain(
      `<${iris.prefix}service/shop> <${tps('dependsOn')}> <${iris.prefix}service/db> .`,
    );
  });

  it('links incidents to what people say of them, now and after a restart', async () => {
    const verdict = eventOf('verdict', START + 9, { incident: 'said', judgement: 'other', title: 'a cable' });
    const taken = eventOf('acknowledgement', START + 8, { incident: 'said', author: 'first-on-call' });
    const fields = { incident: 'said', state: 'open', title: 't', severity: 'none', startsAt: START };
    await record(eventOf('incident', START + 7, { ...fields, analysis: 0, cites: [] }), taken, verdict);
    const subject = `<${iris.of({ type: 'incident', id: 'said' })}>`;
    const expected = [
      `${subject} <${tps('acknowledgement')}> <${iris.ofPath(pathOfEvent(taken))}> .`,
      `${subject} <${tps('verdict')}> <${iris.ofPath(pathOfEvent(verdict))}> .`,
    ];
    expect(lines()).toEqual(expect.arrayContaining(expected));
    // What is linked to is evidence, and is not held here as well.
    expect(lines().filter((line) => line.includes(tps('judgement')))).toEqual([]);
    const again = await Knowledge.open(sources());
    expect(textOf(again).split('\n')).toEqual(expect.arrayContaining(expected));
  });

  it('does not change what a caller was given before', async () => {
    const before = knowledge.topology();
    await record(eventOf('dependency', START, { service: 'later', callee: 'db' }));
    expect(before.services).not.toContain('later');
    expect(before.callers('db')).toEqual(['shop']);
    expect(knowledge.topology().callers('db')).toEqual(['later', 'shop']);
  });

  it('shows incidents in their latest state, with the candidates of their latest analysis', async () => {
    const subject = `<${iris.of({ type: 'incident', id: 'i 1' })}>`;
    const old = candidate(START + 1, 1, 'old');
    const now = candidate(START + 3, 2, 'new');
    await record(incident(START, 0, 'open'));
    await record(old, incident(START + 1, 1, 'open'));
    expect(lines()).toContain(`${subject} <${tps('candidate')}> <${iris.ofPath(pathOfEvent(old))}> .`);
    await record(now, incident(START + 3, 2, 'resolved'));
    await record(incident(START + 2, 1, 'open'));
    const about = lines().filter((line) => line.startsWith(subject));
    expect(about).toContain(`${subject} <${tps('state')}> "resolved" .`);
    expect(about).toContain(`${subject} <${tps('title')}> "Shop is \\"slow\\"" .`);
    expect(about.filter((line) => line.includes(tps('candidate')))).toEqual([
      `${subject} <${tps('candidate')}> <${iris.ofPath(pathOfEvent(now))}> .`,
    ]);
    expect(about.some((line) => line.includes('IncidentRecord') || line.includes(tps('receivedAt')))).toBe(
      false,
    );
  });

  it('is the same when it is read back from receipts', async () => {
    const again = await Knowledge.open(sources());
    const sorted = (one: Knowledge) => textOf(one).split('\n').sort();
    expect(sorted(again)).toEqual(sorted(knowledge));
    expect(again.topology().services).toEqual(knowledge.topology().services);
  });

  it('keeps its version while nothing changes', async () => {
    const { version } = knowledge.snapshot();
    await record(
      eventOf('failure', (START + 9) as Instant, { service: 'shop', component: 'c', reason: 'r' }),
    );
    expect(knowledge.snapshot().version).toBe(version);
    await record(eventOf('failure', START, { service: 'brand new', component: 'c', reason: 'r' }));
    expect(knowledge.snapshot().version).toBeGreaterThan(version);
  });

  it('answers what bounds queries: which subjects and objects a predicate has', () => {
    const { triples } = knowledge.snapshot();
    const shop = `<${iris.prefix}service/shop>`;
    expect(triples.subjectsWith(tps('name'), new Set(['"shop']))).toEqual(new Set([shop]));
    expect(triples.objectsOf(tps('dependsOn'), new Set([shop]))?.size).toBe(2);
    expect(triples.objectsOf(tps('startsAt'), undefined)).toBeUndefined();
    expect(triples.objectsOf(tps('nothing'), undefined)).toEqual(new Set());
    expect(triples.isComplete(shop)).toBe(true);
    expect(triples.isComplete(`<${iris.prefix}service/unknown>`)).toBe(false);
  });
});
