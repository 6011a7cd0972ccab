import { describe, expect, it } from 'vitest';
import { defaultLimits, readSloFiles } from '../../../src/ingest/index.js';
import { instantOf } from '../../../src/model/index.js';

const now = instantOf(Date.parse('2026-03-01T12:00:00Z'));

const read = (...texts: readonly string[]) =>
  readSloFiles(
    texts.map((text, place) => ({ where: `f${place}.yaml`, text })),
    defaultLimits,
    now,
  );

/** What an objective says, without what every one has. */
function said(...texts: readonly string[]) {
  const { slos, faults, notes } = read(...texts);
  return { slos: slos.map(({ content: { kind, at, ...fields } }) => fields), faults, notes };
}

describe('files of objectives', () => {
  it('hold them by field, several documents or a list, with windows as people write them', () => {
    const { slos, faults } = said(`
slo: checkout-latency
service: checkout
metric: kanban_latency_p99_ms
direction: at_most
target: 200
window: 30d
---
- { slo: a, service: shop, badMetric: errors_total, totalMetric: requests_total, window: 4h, badSelector: '{code=~"5.."}' }
- { name: checkout_success_rate, service: checkout, metric: jidoka_success_rate, target: 99.9, window_secs: 3600, is_maximum: true }
`);
    expect(faults).toEqual([]);
    expect(slos).toEqual([
      {
        slo: 'checkout-latency',
        service: 'checkout',
        metric: 'kanban_latency_p99_ms',
        direction: 'at_most',
        target: 200,
        windowMinutes: 43_200,
      },
      {
        slo: 'a',
        service: 'shop',
        badMetric: 'errors_total',
        totalMetric: 'requests_total',
        windowMinutes: 240,
        badSelector: '{code=~"5.."}',
      },
      {
        slo: 'checkout_success_rate',
        service: 'checkout',
        metric: 'jidoka_success_rate',
        target: 99.9,
        direction: 'at_least',
        windowMinutes: 60,
      },
    ]);
  });

  it('tell of each fault by file and line, and read the rest', () => {
    const { slos, faults } = read(
      'slo: a\nservice: s\nmetric: m\ndirection: lower\ntarget: 1\nwindow: 1h\n---\nslo: b\nservice: s\nmetric: m\ndirection: at_most\ntarget: 1\nwindow: 1h\n',
      'slo: b\nservice: s\nmetric: m\ndirection: at_most\ntarget: 1\nwindow: soon\n---\nslo: [\n',
      '\nslo: b\nservice: s\nmetric: m\ndirection: at_most\ntarget: 2\nwindow: 1h\ncolour: red\n---\njust text\n---\n{ slo: b, service: s, metric: m, direction: at_most, target: 1, window: 1h }\n',
    );
    expect(slos.map(({ content, where }) => [content.slo, where])).toEqual([['b', 'f0.yaml:8']]);
    expect(faults).toEqual([
      expect.stringMatching(/^f1\.yaml:9: /),
      expect.stringMatching(/^f1\.yaml:6: window: expected a duration/),
      expect.stringMatching(/^f2\.yaml:10: expected an objective by field/),
      'f0.yaml:4: direction: expected at_most or at_least',
      expect.stringMatching(/^f2\.yaml:8: colour: unknown field/),
      'f2.yaml:12: the objective b stands in f0.yaml:8 too',
    ]);
  });
});

const slo = (spec: string, more = '') => `apiVersion: openslo/v1
kind: SLO
metadata:
  name: shop-api
  displayName: The shop answers
  labels: { team: shop-team }
spec:
  description: People leave when it does not.
  service: shop
  timeWindow: [{ duration: 28d, isRolling: true }]
${spec}
${more}`;

const ratio = (extra = '') => `  indicator:
    metadata: { name: good }
    spec:
      ratioMetric:
        counter: true
        good: { metricSource: { type: Prometheus, spec: { query: 'sum(rate(http_requests_total{code!~"5.."}[5m]))' } } }
        total: { metricSource: { type: Prometheus, spec: { query: 'sum(rate(http_requests_total[5m]))' } } }
${extra}`;

describe('OpenSLO v1', () => {
  it('is taken with ratios, whose queries name series', () => {
    expect(said(slo(`${ratio()}  budgetingMethod: Occurrences\n  objectives: [{ target: 0.999 }]`))).toEqual({
      slos: [
        {
          ...{ slo: 'shop-api', title: 'The shop answers', service: 'shop', owner: 'shop-team' },
          ...{
            goodMetric: 'http_requests_total',
            goodSelector: '{code!~"5.."}',
            totalMetric: 'http_requests_total',
          },
          ...{ objectivePercent: 99.9, windowMinutes: 40_320, reason: 'People leave when it does not.' },
        },
      ],
      faults: [],
      notes: [],
    });
  });

  it('is taken with thresholds, referred indicators of other files, slices and several objectives', () => {
    const sli = `apiVersion: openslo/v1
kind: DataSource
metadata: { name: prom }
spec: { type: prometheus }
---
apiVersion: openslo/v1
kind: SLI
metadata: { name: latency }
spec:
  thresholdMetric:
    metricSource: { metricSourceRef: prom, spec: { query: 'max(latency_seconds{job="shop-web", quantile="0.99"})' } }
---
apiVersion: openslo/v1
kind: Service
metadata: { name: shop }
---
apiVersion: openslo/v1
kind: AlertPolicy
metadata: { name: page }
`;
    const objectives = `  indicatorRef: latency
  budgetingMethod: Timeslices
  alertPolicies: [page]
  objectives:
    - { displayName: Fast, op: lt, value: 0.2, target: 0.95, timeSliceWindow: 5m }
    - { displayName: Not slow, op: lte, value: 1, targetPercent: 99.5, timeSliceWindow: 5m }`;
    const { slos, faults, notes } = said(slo(objectives), sli);
    expect(faults).toEqual([]);
    expect(slos).toMatchObject([
      {
        slo: 'shop-api-fast',
        service: 'shop-web',
        metric: 'latency_seconds',
        direction: 'at_most',
        target: 0.2,
        objectivePercent: 95,
        sliceMinutes: 5,
      },
      {
        slo: 'shop-api-not-slow',
        selector: '{job="shop-web",quantile="0.99"}',
        target: 1,
        objectivePercent: 99.5,
      },
    ]);
    expect(notes).toEqual([
      'f1.yaml:18: AlertPolicy page, kind: left out: every objective has the four rules on its burn rate',
      'f0.yaml:13: SLO shop-api, spec.alertPolicies: left out: every objective has the four rules on its burn rate',
      'f0.yaml:15: SLO shop-api, spec.objectives.0.op: a value equal to 0.2 counts as good',
      'f0.yaml:9: SLO shop-api, spec.service: the query selects job="shop-web": taken as the service shop-web',
    ]);
  });

  it.each<[string, string, RegExp]>([
    [
      'another data source',
      ratio().replaceAll('Prometheus', 'Datadog'),
      /good\.metricSource: metrics of Datadog are not taken/,
    ],
    [
      'a query that is none',
      ratio().replace('sum(rate(http_requests_total[5m]))', 'a / b'),
      /total\.metricSource\.spec\.query: expected one series/,
    ],
    [
      'no counters',
      ratio()
        .replace('counter: true', 'counter: false')
        .replaceAll(/sum\(rate\(|\[5m\]\)\)/g, ''),
      /ratioMetric\.counter: expected counters/,
    ],
    [
      'a ratio measured as such',
      ratio().replace('counter: true', 'raw: {}'),
      /ratioMetric\.raw: a ratio that is measured/,
    ],
    ['an indicator nobody gave', '  indicatorRef: nowhere', /spec\.indicatorRef: there is no SLI nowhere/],
    [
      'a strange target',
      `${ratio()}  objectives: [{ target: 99 }]`,
      /spec\.objectives\.0\.target: expected a share/,
    ],
    [
      'ratio slices',
      `${ratio()}  budgetingMethod: RatioTimeslices`,
      /budgetingMethod: RatioTimeslices are not taken/,
    ],
    [
      'slices without a target',
      `${ratio()}  budgetingMethod: Timeslices`,
      /objectives\.0: expected timeSliceTarget/,
    ],
    [
      'two sorts of metrics at once',
      ratio().replace(
        '      ratioMetric:',
        '      thresholdMetric: { metricSource: { type: Prometheus, spec: { query: load } } }\n      ratioMetric:',
      ),
      /indicator\.spec: expected either a thresholdMetric or a ratioMetric/,
    ],
    [
      'two targets',
      `${ratio()}  objectives: [{ target: 0.99, targetPercent: 99 }]`,
      /objectives\.0\.targetPercent: expected either target or targetPercent/,
    ],
    [
      'a composite',
      `${ratio()}  objectives: [{ target: 0.9, indicatorRef: x }]`,
      /objectives\.0: an objective of a composite/,
    ],
  ])('says what of %s cannot be taken, by document and field', (_, spec, fault) => {
    const whole = spec.includes('objectives:') ? spec : `${spec}\n  objectives: [{ target: 0.99 }]`;
    const { slos, faults } = said(slo(whole));
    expect(slos).toEqual([]);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/^f0\.yaml:\d+: SLO shop-api, spec\./);
    expect(faults[0]).toMatch(fault);
  });

  it.each<[string, string, readonly string[]]>([
    [
      'fields that nothing is made of',
      slo(
        `${ratio()}  budgetingMethod: Occurrences\n  budgetMethod: x\n  objectives: [{ target: 0.99 }]`,
      ).replace(
        'labels: { team: shop-team }',
        'labels: { team: shop-team, tier: one, cost: low }\n  annotations: { a: b }',
      ),
      [
        'SLO shop-api, metadata.annotations: left out',
        'SLO shop-api, metadata.labels: left out: tier, cost',
        'SLO shop-api, spec.budgetMethod: left out',
      ],
    ],
    [
      'a method and slices that are not there',
      slo(`${ratio()}  objectives: [{ target: 0.99 }]`),
      ['SLO shop-api, spec.budgetingMethod: not there: taken as Occurrences'],
    ],
    [
      'slices without a length',
      slo(`${ratio()}  budgetingMethod: Timeslices\n  objectives: [{ target: 0.99, timeSliceTarget: 0.9 }]`),
      ['SLO shop-api, spec.objectives.0: no timeSliceWindow: slices of one minute are taken'],
    ],
    [
      'what belongs to another sort of objective',
      slo(
        `${ratio()}  budgetingMethod: Occurrences\n  objectives: [{ target: 0.99, op: lt, value: 2, timeSliceWindow: 5m }]`,
      ),
      [
        'SLO shop-api, spec.objectives.0.op: left out: a ratioMetric has no threshold',
        'SLO shop-api, spec.objectives.0.value: left out: a ratioMetric has no threshold',
        'SLO shop-api, spec.objectives.0.timeSliceWindow: left out: Occurrences have no slices',
      ],
    ],
    [
      'queries in groups, of sources that nobody gave, with fields of their own',
      slo(
        ratio('  budgetingMethod: Occurrences\n  objectives: [{ target: 0.99 }]')
          .replace('type: Prometheus, spec: {', 'metricSourceRef: lost, spec: { step: 1m,')
          .replace('type: Prometheus, ', '')
          .replace('sum(rate(http_requests_total[5m]))', 'sum by (code) (rate(http_requests_total[5m]))'),
      ),
      [
        'SLO shop-api, spec.indicator.spec.ratioMetric.good.metricSource.spec.step: left out',
        'SLO shop-api, spec.indicator.spec.ratioMetric.good.metricSource.metricSourceRef: there is no DataSource lost among the documents that were given: taken as Prometheus',
        'SLO shop-api, spec.indicator.spec.ratioMetric.total.metricSource: no type and no metricSourceRef: taken as a query of Prometheus',
        'SLO shop-api, spec.indicator.spec.ratioMetric.total.metricSource.spec.query: by (code) is left out: all series are judged together',
      ],
    ],
    [
      'a window of the calendar, and a reference beside an indicator',
      slo(
        `${ratio()}  indicatorRef: x\n  budgetingMethod: Occurrences\n  objectives: [{ target: 0.99 }]`,
      ).replace(
        '{ duration: 28d, isRolling: true }',
        '{ duration: 1M, calendar: { startTime: 2026-01-01 00:00:00, timeZone: UTC } }',
      ),
      [
        'SLO shop-api, spec.indicatorRef: left out beside indicator',
        'SLO shop-api, spec.timeWindow.0.duration: taken as 30 days',
        'SLO shop-api, spec.timeWindow.0: a window of the calendar is taken as a rolling one of the same length',
      ],
    ],
  ])('says of %s, and takes the rest', (_, text, expected) => {
    const { slos, faults, notes } = said(text);
    expect(faults).toEqual([]);
    expect(slos).toHaveLength(1);
    expect(notes.map((note) => note.replace(/^f0\.yaml:\d+: /, ''))).toEqual(expected);
  });

  it('says of documents that nothing is made of, and of names that stand there twice', () => {
    const sli = `apiVersion: openslo/v1
kind: SLI
metadata: { name: lonely, displayName: Lonely }
spec:
  thresholdMetric: { metricSource: { type: Prometheus, spec: { query: load } } }
`;
    const source = `apiVersion: openslo/v1
kind: DataSource
metadata: { name: prom }
spec: { type: Prometheus, connectionDetails: { url: x } }
`;
    expect(said(sli, `${source}---\n${sli}`)).toEqual({
      slos: [],
      faults: ['f1.yaml:8: SLI lonely, metadata.name: lonely stands there twice: expected one of a name'],
      notes: [
        'f0.yaml:3: SLI lonely, metadata.displayName: left out',
        'f1.yaml:4: DataSource prom, spec.connectionDetails: left out',
        'f1.yaml:8: SLI lonely, metadata.displayName: left out',
        'f0.yaml:1: SLI lonely: left out: no SLO that was given refers to it',
      ],
    });
  });

  it('of another version is refused, and slices of ratios are taken', () => {
    const sliced = slo(
      `${ratio()}  budgetingMethod: Timeslices\n  objectives: [{ target: 0.99, timeSliceTarget: 0.95, timeSliceWindow: 1m }]`,
    );
    expect(said(sliced).slos).toMatchObject([
      { sliceMinutes: 1, sliceTargetPercent: 95, objectivePercent: 99 },
    ]);
    expect(said(sliced.replace('openslo/v1', 'openslo/v2')).faults[0]).toMatch(
      /apiVersion: expected openslo\/v1, not openslo\/v2/,
    );
  });
});
