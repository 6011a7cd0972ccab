import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, openScene, type Scene } from './scene.js';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.close());

const YAML = `apiVersion: openslo/v1
kind: SLO
metadata: { name: web-latency }
spec:
  service: web
  budgetingMethod: Occurrences
  timeWindow: [{ duration: 1d, isRolling: true }]
  indicator:
    metadata: { name: good }
    spec:
      ratioMetric:
        counter: true
        good: { metricSource: { type: Prometheus, spec: { query: 'sum(good_total{service="web"})' } } }
        total: { metricSource: { type: Prometheus, spec: { query: 'sum(all_total{service="web"})' } } }
  objectives: [{ target: 0.99 }]
---
slo: broken
service: web
window: soon
`;

const IMPORT = `mutation ($yaml: String!, $isTrial: Boolean!) {
  importSlos(input: { yaml: $yaml, isTrial: $isTrial }) {
    slos { name outcome revision { objectivePercent } } faults notes
  } }`;

async function imported(isTrial: boolean) {
  const { data, errors } = await ask(scene.server, IMPORT, { yaml: YAML, isTrial });
  expect(errors).toBeUndefined();
  return (data as { importSlos: unknown }).importSlos;
}

describe('importSlos', () => {
  it('says in a trial what would become of it, and registers nothing', async () => {
    const said = { slos: [{ name: 'web-latency', outcome: 'NEW', revision: null }] };
    expect(await imported(true)).toMatchObject(said);
    expect(await imported(true)).toMatchObject(said);
  });

  it('registers what can be taken, and names by its line what cannot', async () => {
    expect(await imported(false)).toMatchObject({
      slos: [{ name: 'web-latency', outcome: 'NEW', revision: { objectivePercent: 99 } }],
      faults: ['line:19: window: expected a duration such as 30d'],
    });
    expect(await imported(false)).toMatchObject({ slos: [{ name: 'web-latency', outcome: 'UNCHANGED' }] });
  });

  it('refuses a text that nobody pastes', async () => {
    const { errors } = await ask(scene.server, IMPORT, { yaml: ' '.repeat(200_001), isTrial: true });
    expect(errors?.[0]?.message).toContain('at most 200000 characters');
  });

  it('and connections tell what came in by which door', async () => {
    const { data, errors } = await ask(
      scene.server,
      '{ connections { doors { door events firstAt lastAt } series lastSampleAt scrapedAt asksForTokens baseIri } }',
    );
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      connections: {
        doors: expect.arrayContaining([expect.objectContaining({ door: 'events' })]),
        ...{ series: 1, scrapedAt: null, asksForTokens: false, baseIri: 'http://127.0.0.1:4600' },
      },
    });
  });
});
