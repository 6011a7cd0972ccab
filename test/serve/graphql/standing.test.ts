import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Health, pillars } from '../../../src/analysis/index.js';
import { ask, atMinute, openScene, type Scene } from './scene.js';

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.close());

const health = (service: string | undefined, score: number): Health => ({
  service,
  window: { from: atMinute(15), to: atMinute(20) },
  score,
  band: 'GREEN',
  pillars: pillars.map((pillar) => ({
    ...{ pillar, score, band: 'GREEN', inputs: [], missing: [], costMost: undefined },
  })),
  readings: new Map(),
  receipts: 1,
});

describe('standing', () => {
  const QUERY = `query ($at: DateTime) { standing(at: $at) { at system { score window { from to } }
    services { service { name } health { score } openIncidents } } }`;

  it('is what the last evaluation found, with the services that it found nothing of', async () => {
    scene.board.post({
      at: atMinute(20),
      scopes: [health(undefined, 90), health('web', 91)],
      ...{ slos: [], trends: [], recommendations: [] },
    });
    const { data } = await ask(scene.server, QUERY);
    expect(data).toMatchObject({ standing: { at: '2026-01-05T10:20:00.000Z', system: { score: 90 } } });
    const { services } = (data as { standing: { services: { service: { name: string } }[] } }).standing;
    const names = services.map(({ service }) => service.name);
    expect(names).toEqual([...names].sort());
    expect(services).toContainEqual({
      ...{ service: { name: 'web' }, health: { score: 91 }, openIncidents: expect.any(Number) },
    });
    expect(services).toContainEqual(expect.objectContaining({ service: { name: 'payments' }, health: null }));
  });

  it('is measured anew at another time', async () => {
    const { data } = await ask(scene.server, QUERY, { at: '2026-01-05T10:10:00Z' });
    expect(data).toMatchObject({
      standing: {
        at: '2026-01-05T10:10:00.000Z',
        system: { window: { from: '2026-01-05T09:40:00.000Z', to: '2026-01-05T10:10:00.000Z' } },
      },
    });
  });
});

describe('Service.metrics', () => {
  it('names what is measured of a service, with units and how many series', async () => {
    const { data } = await ask(
      scene.server,
      '{ service(name: "web") { metrics { metric unit seriesCount } } }',
    );
    expect(data).toMatchObject({
      service: {
        metrics: expect.arrayContaining([
          { metric: 'latency_seconds', unit: 'seconds', seriesCount: expect.any(Number) },
        ]),
      },
    });
  });
});
