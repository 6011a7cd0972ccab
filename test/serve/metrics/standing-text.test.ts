import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { metricNames, type Standing } from '../../../src/analysis/index.js';
import { MINUTE_MS, shift } from '../../../src/model/index.js';
import { BoundedValues } from '../../../src/serve/metrics/bounded-values.js';
import { StandingText } from '../../../src/serve/metrics/standing-text.js';
import {
  at,
  burning,
  everyReading,
  healthWith,
  pillarMetrics,
  standingOf,
  trendTo,
} from './standing-scene.js';

function linesOf(standing: Standing, name: string, services = 100): readonly string[] {
  const places = new BoundedValues(services);
  const text = new StandingText(pillarMetrics, (service) => places.has(service)).write(
    standing,
    at,
    'classic',
  );
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(lines.filter((line) => !/computed_by="genchi"\} /.test(line))).toEqual([]);
  const bare = lines.map((line) => line.replace(/,?computed_by="genchi"\}/, '}').replace('{}', ''));
  return bare.filter((line) => line.startsWith(name));
}

const checkout = healthWith('checkout', everyReading);
const system = healthWith(undefined, everyReading);

describe('StandingText', () => {
  it.each(metricNames)(
    'serves %s of each service, and of the whole system under a name of its own',
    (name) => {
      const standing = standingOf([system, checkout]);
      const value = everyReading.get(name);
      expect(linesOf(standing, `${name}{`)).toEqual([`${name}{service="checkout"} ${value}`]);
      expect(linesOf(standing, `genchi_system_${name} `)).toEqual([`genchi_system_${name} ${value}`]);
    },
  );

  it('has no series for what has no data, never 0', () => {
    const half = healthWith('checkout', new Map([['jidoka_failure_rate', 0] as const]));
    const standing = standingOf([healthWith(undefined, new Map()), half]);
    expect(linesOf(standing, 'kanban_')).toEqual([]);
    expect(linesOf(standing, 'jidoka_')).toEqual(['jidoka_failure_rate{service="checkout"} 0']);
    expect(linesOf(standing, 'genchi_service_pillar_health_score')).toEqual([
      'genchi_service_pillar_health_score{service="checkout",pillar="jidoka"} 100',
    ]);
    expect(linesOf(standing, 'genchi_system_')).toEqual([]);
  });

  it('says in which band the system is, and how many services are in each', () => {
    const well = healthWith('cart', new Map([['jidoka_failure_rate', 2] as const]));
    const ill = healthWith('search', new Map([['jidoka_failure_rate', 90] as const]));
    const none = healthWith('mail', new Map());
    const standing = standingOf([healthWith(undefined, well.readings), well, ill, none]);
    expect(linesOf(standing, 'genchi_system_health_band{pillar="all"')).toEqual([
      'genchi_system_health_band{pillar="all",band="GREEN"} 1',
      'genchi_system_health_band{pillar="all",band="YELLOW"} 0',
      'genchi_system_health_band{pillar="all",band="ORANGE"} 0',
      'genchi_system_health_band{pillar="all",band="RED"} 0',
    ]);
    expect(linesOf(standing, 'genchi_services_by_band{pillar="jidoka"')).toEqual([
      'genchi_services_by_band{pillar="jidoka",band="GREEN"} 1',
      'genchi_services_by_band{pillar="jidoka",band="YELLOW"} 0',
      'genchi_services_by_band{pillar="jidoka",band="ORANGE"} 1',
      'genchi_services_by_band{pillar="jidoka",band="RED"} 0',
      'genchi_services_by_band{pillar="jidoka",band="none"} 1',
    ]);
  });

  it('gives series to the services that most is known of, where there is not a place for each', () => {
    const services = ['a', 'b', 'c'].map((name, index) => healthWith(name, everyReading, index));
    expect(linesOf(standingOf([system, ...services]), 'jidoka_failure_rate', 2)).toEqual([
      'jidoka_failure_rate{service="c"} 1.25',
      'jidoka_failure_rate{service="b"} 1.25',
    ]);
  });

  it('serves objectives: attainment, budget, burn rates by rule, and what fires; what is unknown is absent', () => {
    const standing = standingOf([], { slos: [burning] });
    const of = 'slo="checkout-latency",service="checkout"';
    const value = (name: string) => linesOf(standing, name);
    expect(value('genchi_slo_attainment_percent')).toEqual([`genchi_slo_attainment_percent{${of}} 97.5`]);
    expect(value('genchi_slo_error_budget_left_percent')).toEqual([
      `genchi_slo_error_budget_left_percent{${of}} -150`,
    ]);
    expect(value('genchi_slo_headroom_percent')).toEqual([`genchi_slo_headroom_percent{${of}} 7.5`]);
    expect(value('genchi_slo_state')).toEqual(
      Object.entries({ met: 0, missed: 1, unknown: 0 }).map(
        ([state, is]) => `genchi_slo_state{${of},state="${state}"} ${is}`,
      ),
    );
    expect(value('genchi_slo_burn_rate').filter((line) => line.includes('window="short"'))).toEqual([
      `genchi_slo_burn_rate{${of},rule="page-fast",window="short"} 20`,
    ]);
    expect(value('genchi_slo_burn_alert_firing')).toEqual([
      `genchi_slo_burn_alert_firing{${of},rule="page-fast",urgency="page"} 1`,
    ]);
  });

  it('serves slopes and directions of trends, and none where there is too little data', () => {
    const trends = [
      trendTo('degrading', 'kanban_latency_p99_ms'),
      trendTo('not-enough-data', 'kanban_queue_depth'),
      trendTo('rising', 'heijunka_workers_active'),
    ];
    const standing = standingOf([], { trends });
    const labels = 'service="checkout",metric="kanban_latency_p99_ms",window="24h"';
    expect(linesOf(standing, 'genchi_trend_direction')).toEqual([`genchi_trend_direction{${labels}} -1`]);
    expect(linesOf(standing, 'genchi_trend_slope_per_day')).toEqual([
      `genchi_trend_slope_per_day{${labels}} 2.2`,
      'genchi_trend_slope_per_day{service="checkout",metric="heijunka_workers_active",window="24h"} 2.2',
    ]);
  });

  it('does not pass off as present what was found over five minutes ago', () => {
    const text = new StandingText(pillarMetrics, () => true);
    const standing = standingOf([system, checkout]);
    expect(text.write(standing, shift(at, 5 * MINUTE_MS), 'open')).toContain('\njidoka_failure_rate{');
    const late = text.write(standing, shift(at, 5 * MINUTE_MS + 1), 'open');
    expect(late.split('\n').filter((line) => !line.startsWith('#') && line !== '')).toEqual([
      `genchi_standing_timestamp_seconds{computed_by="genchi"} ${at / 1_000}`,
    ]);
  });
});

it('is described in docs/metrics.md, series by series', async () => {
  const text = new StandingText(pillarMetrics, () => true).write(
    standingOf([system, checkout], {
      slos: [burning],
      trends: [trendTo('degrading', 'kanban_latency_p99_ms')],
    }),
    at,
    'classic',
  );
  const names = [...text.matchAll(/^# TYPE (genchi_\S+) /gm)].map(([, name = '']) => name);
  const document = await readFile('docs/metrics.md', 'utf8');
  const told = names.filter((name) => !/^genchi_system_(jidoka|kanban|andon|heijunka)/.test(name));
  expect(told.length).toBeGreaterThan(15);
  expect(
    told.filter((name) => !document.includes(name.replace(/^genchi_slo(?=_(objective|coverage)_)/, ''))),
  ).toEqual([]);
});

describe('StandingText, written ahead,', () => {
  it('writes the same ahead as at a scrape, as far as it got, and for both formats at once', async () => {
    const standing = standingOf([system, checkout]);
    const written = (text: StandingText) =>
      (['classic', 'open'] as const).map((format) => text.write(standing, at, format));
    const fresh = () => new StandingText(pillarMetrics, () => true);
    const expected = (['classic', 'open'] as const).map((format) => fresh().write(standing, at, format));
    expect(expected[0]).not.toBe(expected[1]);
    const ahead = fresh();
    await ahead.prepare(standing);
    expect(written(ahead)).toEqual(expected);
    const halfway = fresh();
    const preparing = halfway.prepare(standing);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(written(halfway)).toEqual(expected);
    await preparing;
    expect(written(halfway)).toEqual(expected);
  });

  it('gives up what it writes ahead once there is a newer standing', async () => {
    const text = new StandingText(pillarMetrics, () => true);
    const older = text.prepare(standingOf([system, checkout]));
    const newer = standingOf([system]);
    const told = text.write(newer, at, 'classic');
    await older;
    expect(text.write(newer, at, 'classic')).toBe(told);
    expect(told).not.toContain('service="checkout"');
  });
});
