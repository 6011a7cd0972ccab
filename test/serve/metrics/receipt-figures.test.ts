import { describe, expect, it } from 'vitest';
import { type EventReceipt, identityOf, instantOf, parsePath } from '../../../src/model/index.js';
import { BoundedValues } from '../../../src/serve/metrics/bounded-values.js';
import { writeFamilies } from '../../../src/serve/metrics/exposition.js';
import { LatestChanges } from '../../../src/serve/metrics/latest-changes.js';
import { ReceiptFigures } from '../../../src/serve/metrics/receipt-figures.js';

const at = instantOf(Date.UTC(2026, 0, 2, 3, 4, 5));
const head = (name: string, service: string, later = 0) => ({
  ...{ id: identityOf(name), at: instantOf(at + later), receivedAt: at, door: 'events', service },
});

const task = (name: string, latencyMs: number): EventReceipt => ({
  ...head(name, 'checkout'),
  ...{ kind: 'task_completed', latencyMs },
});

const release = (version: string, service: string, later: number): EventReceipt => ({
  ...head(version, service, later),
  ...{ kind: 'deployment', version },
});

function linesOf(figures: ReceiptFigures, name: string): readonly string[] {
  const text = writeFamilies([figures.received(), ...figures.families()], 'open');
  return text.split('\n').filter((line) => line.startsWith(name));
}

describe('ReceiptFigures', () => {
  it('counts what came in, with the receipt of the last one behind each count', () => {
    const figures = new ReceiptFigures(new BoundedValues(9));
    const failures: EventReceipt[] = ['a', 'b'].map((name) => ({
      ...head(name, 'checkout'),
      ...{ kind: 'failure', component: 'db', reason: name },
    }));
    figures.heard(failures, 'events');
    const [line = ''] = linesOf(figures, 'jidoka_failures_total');
    expect(line).toMatch(
      /^jidoka_failures_total\{service="checkout"\} 2 # \{receipt="[^"]+"\} 1 1767323045$/,
    );
    const path = /receipt="\/id\/([^"]+)"/.exec(line)?.[1] ?? '';
    expect(parsePath(path)).toEqual({ type: 'event', kind: 'failure', at, id: identityOf('b') });
    expect(linesOf(figures, 'genchi_receipts_total')).toHaveLength(1);
  });

  it('spreads latencies over cumulative buckets, each with the receipt that fell into it last', () => {
    const figures = new ReceiptFigures(new BoundedValues(9));
    figures.heard([task('one', 40), task('two', 45), task('three', 99_000)], 'events');
    const lines = linesOf(figures, 'kanban_latency_histogram');
    const bucket = (upTo: string) => lines.find((line) => line.includes(`le="${upTo}"`));
    expect(bucket('25')).toBe('kanban_latency_histogram_bucket{service="checkout",le="25"} 0');
    expect(bucket('50')).toContain(
      `} 2 # {receipt="/id/task_completed/20260102T030405.000Z/${identityOf('two')}"} 45 `,
    );
    expect(bucket('30000')).toBe('kanban_latency_histogram_bucket{service="checkout",le="30000"} 2');
    expect(bucket('+Inf')).toContain(`${identityOf('three')}"} 99000 `);
    expect(lines.slice(-2)).toEqual([
      'kanban_latency_histogram_sum{service="checkout"} 99085',
      'kanban_latency_histogram_count{service="checkout"} 3',
    ]);
  });

  it('counts services without a place together, so that sums stay whole', () => {
    const figures = new ReceiptFigures(new BoundedValues(1));
    figures.heard(
      ['checkout', 'cart', 'search'].map((service) => release('2.0', service, 0)),
      'cloudevents',
    );
    expect(linesOf(figures, 'genchi_changes_total').map((line) => line.split(' # ')[0])).toEqual([
      'genchi_changes_total{service="checkout",kind="deployment"} 1',
      'genchi_changes_total{service="other services",kind="deployment"} 2',
    ]);
  });

  it('keeps the labels of an exemplar within the 128 characters of OpenMetrics, whatever the kind', () => {
    const figures = new ReceiptFigures(new BoundedValues(9));
    figures.heard([{ ...head('x', 'checkout'), kind: 'worker_deactivated', worker: 'w' }], 'events');
    const [, labels = ''] = linesOf(figures, 'genchi_receipts_total')[0]?.split(' # ') ?? [];
    expect(labels).toMatch(/^\{receipt="/);
    expect([...(/^\{(.*)\} /.exec(labels)?.[1] ?? '')].length).toBeLessThan(128);
  });
});

describe('LatestChanges', () => {
  it('tells the newest change of each kind and service, in whatever order they came', () => {
    const changes = new LatestChanges(new BoundedValues(1));
    changes.heard([release('2.0', 'checkout', 2_000), release('1.0', 'checkout', 1_000)]);
    changes.heard([release('9.0', 'cart', 9_000), task('one', 4)]);
    const { points } = changes.family();
    expect(points).toEqual([
      {
        labels: {
          ...{ service: 'checkout', kind: 'deployment', subject: '2.0' },
          receipt: `/id/deployment/20260102T030407.000Z/${identityOf('2.0')}`,
        },
        value: 1_767_323_047,
      },
    ]);
  });
});
