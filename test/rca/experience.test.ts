import { describe, expect, it } from 'vitest';
import { type EventReceipt, identityOf } from '../../src/model/index.js';
import { learn, type PastIncident } from '../../src/rca/index.js';
import { signsOfParts } from '../../src/rca/part-signs.js';
import { NOW, random } from './world.js';

let made = 0;
const head = (service: string, pod: string, labels: Readonly<Record<string, string>> = {}) => ({
  id: identityOf('test', String(made++)),
  at: NOW,
  receivedAt: NOW,
  door: 'events',
  service,
  labels: { pod, ...labels },
});

const metric = (pod: string, name: string, direction = 'up'): EventReceipt => ({
  ...head(pod.replace(/-\d$/, ''), pod, { direction }),
  kind: 'alert_fired',
  name,
  severity: 'warning',
  metric: name,
});

const call = (caller: string, pod: string): EventReceipt => ({
  ...head(pod.replace(/-\d$/, ''), pod, { caller, caller_service: caller.replace(/-\d$/, '') }),
  kind: 'failure',
  component: 'GET',
  reason: 'slow',
});

/** The cause has a busy processor and is called slowly; everything else gets slow as well. */
function past(seed: number): PastIncident {
  const next = random(seed);
  const pods = ['a-0', 'a-1', 'b-0', 'c-0'];
  const cause = pods[Math.floor(next() * pods.length)] ?? 'a-0';
  const noise = pods.flatMap((pod) => (next() < 0.7 ? [metric(pod, 'latency')] : []));
  const evidence = [metric(cause, 'cpu_usage'), call('web-0', cause), ...noise];
  return { evidence, cause: { service: cause.replace(/-\d$/, ''), instance: cause } };
}

describe('learn', () => {
  const experience = learn(Array.from({ length: 30 }, (_, seed) => past(seed)));

  it('weighs what stood on causes above what stands everywhere', () => {
    const weight = (sign: string): number => experience.weights.get(sign) ?? 0;
    expect(weight('metric cpu_usage up')).toBeGreaterThan(0.5);
    expect(weight('metric cpu_usage up')).toBeGreaterThan(weight('metric latency up') + 0.5);
    expect(weight('calls others: slow')).toBeLessThan(0);
  });

  it('counts how often each kind stood on the cause', () => {
    expect(experience.standings.get('metric cpu_usage up')).toEqual({ onCause: 30, all: 30 });
    expect(experience.incidents).toBe(30);
  });

  it('learns nothing of names: other pods and services teach the same', () => {
    const renamed = (pod: string): string => pod.replace('a-', 'x-').replace('b-', 'y-');
    const others = Array.from({ length: 30 }, (_, seed) => past(seed)).map(({ evidence, cause }) => ({
      evidence: evidence.map((receipt) => {
        const pod = renamed(receipt.labels?.pod ?? '');
        return { ...receipt, service: pod.replace(/-\d$/, ''), labels: { ...receipt.labels, pod } };
      }),
      cause: { service: renamed(cause.service), instance: renamed(cause.instance ?? '') },
    }));
    const again = learn(others).weights;
    expect([...again.keys()].sort()).toEqual([...experience.weights.keys()].sort());
    for (const [sign, weight] of experience.weights) expect(again.get(sign)).toBeCloseTo(weight, 6);
  });

  it('is taught nothing by incidents on whose cause nothing stood', () => {
    const silent = { evidence: [metric('a-0', 'latency')], cause: { service: 'z', instance: 'z-0' } };
    expect(learn([silent])).toMatchObject({ incidents: 0, weights: new Map() });
  });
});

describe('signsOfParts', () => {
  it('tells what stands on one replica from what stands on all', () => {
    const parts = signsOfParts([
      metric('a-0', 'cpu_usage'),
      metric('a-0', 'latency'),
      metric('a-1', 'latency'),
      metric('b-0', 'cpu_usage'),
    ]);
    const [first, second] = parts;
    expect(first?.signs.has('metric cpu_usage up (on no replica of it)')).toBe(true);
    expect(first?.signs.has('metric latency up (on no replica of it)')).toBe(false);
    expect(second?.signs.has('metric cpu_usage up (on a replica of it only)')).toBe(true);
  });
});
