/**
 * Readings of the pillars and health, as the last evaluation found them. Services have the settled names with the label
 * `service`; the whole system has names of its own with `genchi_system_` before them, so that sums over services count
 * nothing twice. What has no data has no series.
 */
import {
  type Band,
  type Health,
  type MetricTable,
  metricNames,
  type Pillar,
  type PillarMetric,
  pillars,
  type Standing,
} from '../../analysis/index.js';
import type { Gauges, Point, SeriesLabels } from './exposition.js';

const bands = ['GREEN', 'YELLOW', 'ORANGE', 'RED'] as const satisfies readonly Band[];

/** A scope that has series, with its labels. */
interface Served {
  readonly health: Health;
  readonly labels: SeriesLabels;
}

function readings(served: readonly Served[], metric: PillarMetric): readonly Point[] {
  return served.flatMap(({ health, labels }) => {
    const value = health.readings.get(metric);
    return value === undefined ? [] : [{ labels, value }];
  });
}

function readingFamilies(prefix: string, served: readonly Served[], table: MetricTable): readonly Gauges[] {
  return metricNames.map((metric) => ({
    // A figure that goes up and down, whatever the guide calls it.
    type: metric.endsWith('_total') ? 'unknown' : 'gauge',
    name: `${prefix}${metric}`,
    help: `${table[metric].meaning} Unit: ${table[metric].unit}.`,
    points: readings(served, metric),
  }));
}

function scoreFamilies(prefix: string, served: readonly Served[]): readonly Gauges[] {
  const gauge = (name: string, help: string, points: readonly Point[]): Gauges => ({
    type: 'gauge',
    name: `${prefix}${name}`,
    help,
    points,
  });
  return [
    gauge(
      'health_score',
      'The mean of the pillars that have data, 0 to 100.',
      served.flatMap(({ health, labels }) =>
        health.score === undefined ? [] : [{ labels, value: health.score }],
      ),
    ),
    gauge(
      'pillar_health_score',
      'The health of a pillar, 0 to 100.',
      served.flatMap(({ health, labels }) =>
        health.pillars.flatMap(({ pillar, score }) =>
          score === undefined ? [] : [{ labels: { ...labels, pillar }, value: score }],
        ),
      ),
    ),
  ];
}

/** The bands of a scope: of the whole and of each pillar. */
function bandsOf(health: Health): readonly (readonly [pillar: Pillar | 'all', band: Band | undefined])[] {
  return [['all', health.band], ...health.pillars.map(({ pillar, band }) => [pillar, band] as const)];
}

function bandFamilies(system: Health | undefined, services: readonly Health[]): readonly Gauges[] {
  const own = system === undefined ? [] : bandsOf(system);
  const counts = new Map<string, number>();
  for (const health of services) {
    for (const [pillar, band] of bandsOf(health)) {
      const key = `${pillar} ${band ?? 'none'}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  const each = ['all', ...pillars].flatMap((pillar) =>
    [...bands, 'none'].map((band) => ({
      labels: { pillar, band },
      value: counts.get(`${pillar} ${band}`) ?? 0,
    })),
  );
  return [
    {
      type: 'gauge',
      name: 'genchi_system_health_band',
      help: 'The band of the whole system, by pillar and of all: 1 for the band that it is in.',
      points: own.flatMap(([pillar, is]) =>
        is === undefined
          ? []
          : bands.map((band) => ({ labels: { pillar, band }, value: band === is ? 1 : 0 })),
      ),
    },
    {
      type: 'gauge',
      name: 'genchi_services_by_band',
      help: 'How many services are in a band, by pillar and of all; none has not enough data for a score.',
      points: services.length === 0 ? [] : each,
    },
  ];
}

/** The series of readings and scores; `hasSeries` says which services have some of their own. */
export function standingFamilies(
  { scopes }: Standing,
  table: MetricTable,
  hasSeries: (service: string) => boolean,
): readonly Gauges[] {
  const system = scopes.find(({ service }) => service === undefined);
  const services = scopes.filter(({ service }) => service !== undefined);
  // Where there is not a place for every service, those that most is known of come first.
  const placed = services
    .toSorted((one, other) => other.receipts - one.receipts)
    .flatMap((health) =>
      health.service !== undefined && hasSeries(health.service) ? [{ health, service: health.service }] : [],
    );
  const whole: readonly Served[] = system === undefined ? [] : [{ health: system, labels: {} }];
  const each = placed.map(({ health, service }) => ({ health, labels: { service } }));
  return [
    ...readingFamilies('', each, table),
    ...readingFamilies('genchi_system_', whole, table),
    ...scoreFamilies('genchi_service_', each),
    ...scoreFamilies('genchi_system_', whole),
    ...bandFamilies(system, services),
  ];
}
