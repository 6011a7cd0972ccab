import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EvidenceStore, Recorder } from '../../../src/evidence/index.js';
import {
  type EventReceipt,
  HOUR_MS,
  identityOf,
  MINUTE_MS,
  pathOf,
  pathOfEvent,
  shift,
} from '../../../src/model/index.js';
import { candidateReceipt, incidentReceipt } from '../../../src/rca/incident-receipts.js';
import { type Incident, openIncidents } from '../../../src/rca/index.js';
import { verdictReceipt } from '../../../src/rca/verdicts.js';
import { blockOf, receiptFor, T0 } from '../../evidence/fixture.js';
import { ask, atMinute, iris, openScene, type Scene, incident as template } from './scene.js';

const INCIDENTS = 60;

/** Calls of the port, by method. */
const calls = new Map<string, number>();

/** The store with its calls counted. */
function counted(store: EvidenceStore): EvidenceStore {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...given: readonly unknown[]): unknown => {
        calls.set(String(name), (calls.get(String(name)) ?? 0) + 1);
        return Reflect.apply(member, target, given);
      };
    },
  });
}

const labels = { __name__: 'latency_seconds', service: 'api' };

/** An incident that is over, with two candidates that cite events of three kinds and a sample each, and a verdict. */
function past(store: EvidenceStore, number: number): readonly EventReceipt[] {
  const at = shift(T0, -(number + 48) * HOUR_MS);
  const evidence = [
    receiptFor({ kind: 'deployment', at, service: 'api', version: `1.${number}` }),
    receiptFor({ kind: 'failure', at: shift(at, 1), service: 'api', component: 'db', reason: `r${number}` }),
    receiptFor({
      kind: 'alert_fired',
      at: shift(at, 2),
      service: 'api',
      name: 'Slow',
      severity: 'critical',
      startsAt: shift(at, 2),
    }),
  ];
  const [series] = store.findSeries({ metrics: [labels.__name__], services: ['api'] });
  const sample = pathOf({ type: 'sample', at, series: series?.key ?? identityOf('none') });
  const id = `past-${number}`;
  const cites = [...evidence.map(pathOfEvent), sample];
  const supporting = [{ sentence: 'so', cites }];
  const candidates = template.candidates.flatMap((blamed) =>
    [1, 2].map((rank) =>
      candidateReceipt(
        { ...blamed, rank, service: 'api', supporting, opposing: [] },
        id,
        1,
        shift(at, MINUTE_MS),
      ),
    ),
  );
  const over: Incident = {
    ...template,
    id,
    state: 'resolved',
    startsAt: at,
    endsAt: shift(at, HOUR_MS),
    alerts: cites.slice(2, 3),
    why: undefined,
  };
  const verdict = verdictReceipt(
    { incident: id, author: 'kim', judgement: 'confirmed', candidate: candidates.map(pathOfEvent)[0] ?? '' },
    shift(at, HOUR_MS),
  );
  return [...evidence, ...candidates, verdict, incidentReceipt(over, 0, shift(at, HOUR_MS))];
}

async function playPast(store: EvidenceStore): Promise<void> {
  const samples = Array.from(
    { length: INCIDENTS },
    (_, number) => [labels, -(number + 48) * HOUR_MS, number] as const,
  );
  store.intern(labels);
  for (const row of samples.toReversed()) {
    await store.append({ events: [], samples: blockOf(store, [row]) });
  }
  await store.append({ events: Array.from({ length: INCIDENTS }, (_, n) => past(store, n)).flat() });
}

let scene: Scene;

beforeAll(async () => {
  scene = await openScene({
    watched: counted,
    book: async (store) => {
      await playPast(store);
      return openIncidents({
        store,
        recorder: new Recorder(store),
        topology: () => ({ services: [], callees: () => [], callers: () => [], awaits: () => true }),
        iris,
        clock: () => atMinute(120),
        logger: pino({ level: 'silent' }),
        schedule: () => () => undefined,
      });
    },
  });
});

afterAll(() => scene.close());

const RECEIPT = 'iri receipt { id kind at fields { name values } }';
const PAGE = `query ($first: Int) { incidents(first: $first) { totalCount nodes { id
  alerts { ${RECEIPT} } acknowledgements { at } verdicts { judgement candidate { id title } }
  candidates { id rank cause { ${RECEIPT} } supporting { cites { ${RECEIPT} } } } } } }`;

interface Page {
  readonly incidents: {
    readonly nodes: readonly {
      readonly verdicts: readonly unknown[];
      readonly candidates: readonly {
        readonly supporting: readonly { readonly cites: readonly { readonly receipt: unknown }[] }[];
      }[];
    }[];
  };
}

async function callsFor(first: number) {
  calls.clear();
  const { data, errors } = await ask(scene.server, PAGE, { first });
  expect(errors).toBeUndefined();
  return { page: data as Page, calls: Object.fromEntries(calls) };
}

describe('a page of incidents with candidates and evidence', () => {
  it('makes as many calls of the store for 50 incidents as for 2', async () => {
    const two = await callsFor(2);
    const fifty = await callsFor(50);
    expect(fifty.page.incidents.nodes).toHaveLength(50);
    expect(fifty.calls).toEqual(two.calls);
    // Candidates, why steps, acknowledgements and verdicts; what verdicts judge, and all that is cited.
    expect(two.calls).toEqual({ events: 4, eventsNamed: 2, findSeries: 1, samplesNamed: 1 });
  });

  it('answers all that is cited: events of any kind, and samples', async () => {
    const { page } = await callsFor(50);
    for (const { candidates, verdicts } of page.incidents.nodes) {
      expect(verdicts).toHaveLength(1);
      expect(candidates).toHaveLength(2);
      for (const { supporting } of candidates) {
        const receipts = supporting.flatMap(({ cites }) => cites.map(({ receipt }) => receipt));
        expect(receipts).toMatchObject([
          { kind: 'deployment' },
          { kind: 'failure' },
          { kind: 'alert_fired' },
          { kind: 'sample' },
        ]);
      }
    }
  });
});
