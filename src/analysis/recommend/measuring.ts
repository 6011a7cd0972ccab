/** What to do about how things are measured: what fell silent, has no objective, is sent twice, or tells too much. */
import { formatInstant, MINUTE_MS, shift } from '../../model/index.js';
import { isMeasuredHere, type SpokenMetric, type StalledMetric } from '../hygiene/metrics.js';
import { metricNames } from '../metrics.js';
import { STALLED_MS } from '../trend/subjects.js';
import {
  ask,
  type Findings,
  figure,
  lasting,
  listed,
  seriesPaths,
  servicePath,
  things,
  whereOf,
} from './findings.js';
import type { Proposal } from './recommendation.js';

const serviceOf = (service: string | undefined) => (service === undefined ? {} : { service });
const share = (part: number, whole: number): number => (whole === 0 ? 0 : (part / whole) * 100);
const metricsWord = (many: number): string => (many === 1 ? '1 metric' : `${many} metrics`);

/** Items by the service that they are of. */
function byService<T extends { readonly service: string | undefined }>(
  items: readonly T[],
): ReadonlyMap<string | undefined, readonly T[]> {
  const services = new Map<string | undefined, T[]>();
  for (const item of items) services.set(item.service, [...(services.get(item.service) ?? []), item]);
  return services;
}

const pathsOf = (metrics: readonly SpokenMetric[]): readonly string[] =>
  metrics.flatMap(({ series }) => seriesPaths(series.slice(0, 1)));

function silentProposal(
  service: string | undefined,
  stalled: readonly StalledMetric[],
  { measuring, slos, at }: Findings,
): Proposal {
  const own = measuring.metrics.filter((metric) => metric.service === service).length;
  const names = stalled.map(({ metric }) => metric);
  const isHeld = slos.some(
    (slo) =>
      (slo.service === undefined || slo.service === service) &&
      [slo.metric, slo.goodMetric, slo.badMetric, slo.totalMetric].some((name) => names.includes(name ?? '')),
  );
  const longest = Math.max(...stalled.map(({ silentMs }) => silentMs));
  return {
    ...{ source: 'metric-stalled', subject: 'silent', effort: 'small', ...serviceOf(service) },
    priority: isHeld || stalled.length === own ? 2 : 3,
    title: `${metricsWord(stalled.length)} of ${whereOf(service)} fell silent, ${listed(names)}: up to ${lasting(longest)} without a sample`,
    action:
      'See whether the service runs, whether it is scraped, and whether its sender reaches Genchi; until then nothing is known of it.',
    evidence: [
      ...things([...pathsOf(stalled), ...servicePath(service)]),
      ask('series/stalled', { since: measuring.window.from, silentSince: shift(at, -STALLED_MS) }),
    ],
    expectedGainPercent: share(stalled.length, Math.max(own, stalled.length)),
    gainBasis: `The share of its metrics that would be known again; the last sample of the longest silent one was at ${formatInstant(shift(at, -longest))}.`,
  };
}

/** Whether most services fell silent within a few minutes of each other, wholly: then it is the sender that did. */
function isSenderSilent({ measuring, at }: Findings): boolean {
  const sent = measuring.metrics.filter(({ series }) => !series.every(isMeasuredHere));
  const services = byService(sent);
  const lasts = [...services.values()].map((own) => Math.max(...own.map(({ lastAt }) => lastAt)));
  const silent = lasts.filter((lastAt) => at - lastAt > STALLED_MS);
  const newest = Math.max(...silent);
  const together = silent.filter((lastAt) => newest - lastAt <= 2 * MINUTE_MS);
  return services.size >= 2 && together.length * 2 > services.size;
}

function fromStalled(findings: Findings): readonly Proposal[] {
  const { stalled, metrics } = findings.measuring;
  if (!isSenderSilent(findings)) {
    return [...byService(stalled)].map(([service, own]) => silentProposal(service, own, findings));
  }
  const services = [...byService(stalled).keys()].map(whereOf);
  const proposal = silentProposal(undefined, stalled, findings);
  return [
    {
      ...proposal,
      priority: 1,
      title: `${services.length} services fell silent together, ${listed(services)}: their sender does not reach Genchi`,
      action:
        'See whether Prometheus or the collector runs, and whether its remote write is refused (`genchi_refused_total`).',
      expectedGainPercent: share(stalled.length, metrics.length),
      gainBasis: 'The share of all metrics that would be known again.',
    },
  ];
}

/** Metrics of the pillars that have a target, and no objective that holds them to it, by service. */
function fromUnheld({ measuring, slos, metrics, health }: Findings): readonly Proposal[] {
  const targeted = metricNames.filter((name) => {
    const { judged } = metrics[name];
    return judged.better !== 'trend' && (judged.better === 'band' || judged.target !== undefined);
  });
  const services = new Set(
    [...measuring.metrics, ...health].flatMap(({ service }) => (service === undefined ? [] : [service])),
  );
  return [...services].sort().flatMap((service) => {
    const readings = health.find((one) => one.service === service)?.readings;
    const spoken = measuring.metrics.filter((metric) => metric.service === service);
    const has = targeted.filter(
      (name) => readings?.has(name) === true || spoken.some(({ metric }) => metric === name),
    );
    const isHeld = slos.some((slo) => slo.service === service || slo.service === undefined);
    const unheld = has.filter(
      (name) =>
        !slos.some((slo) => slo.metric === name && (slo.service === undefined || slo.service === service)),
    );
    // One who has an objective has chosen what matters; the rest is context.
    if (isHeld || unheld.length === 0) return [];
    const proposal: Proposal = {
      ...{ source: 'metric-without-slo', subject: 'metrics', service, priority: 4, effort: 'small' },
      title: `${service} has no objective for any of its ${metricsWord(has.length)} with a target, ${listed(unheld)}`,
      action:
        'Agree on one for what its users feel first, the latency or the success rate, and register it with its reason.',
      evidence: [
        ...things([
          ...servicePath(service),
          ...pathsOf(spoken.filter(({ metric }) => has.some((name) => name === metric))),
        ]),
        ask('slo/without', {}),
      ],
      expectedGainPercent: share(1, has.length),
      gainBasis: 'The share of its metrics with a target that one objective would hold.',
    };
    return [proposal];
  });
}

function fromDuplicates({ measuring }: Findings): readonly Proposal[] {
  return measuring.duplicated.map(({ service, how, metrics, told, example, surplus }) => {
    const own = measuring.metrics
      .filter((metric) => metric.service === service)
      .reduce((sum, { series }) => sum + series.length, 0);
    return {
      ...{ source: 'metric-duplicated', subject: `${how} ${told}`, effort: 'small', ...serviceOf(service) },
      priority: 4,
      title:
        how === 'senders'
          ? `${metricsWord(metrics.length)} of ${whereOf(service)} come from several senders (${told}): ${listed(metrics)}`
          : `${whereOf(service)} sends one measurement under two names: ${told}`,
      action:
        how === 'senders'
          ? 'Let one of them send, or take the label away and deduplicate before Genchi: sums count each twice.'
          : 'Keep the name that the rules know, and stop the other one: sums and objectives should not have to choose.',
      evidence: things([...seriesPaths(example), ...servicePath(service)]),
      expectedGainPercent: share(surplus, own),
      gainBasis: 'The share of its series that could be left out.',
    };
  });
}

function fromLabels({ measuring }: Findings): readonly Proposal[] {
  return measuring.sensitive.map(({ service, label, sensitivity, metrics, seriesCount, example }) => {
    const own = measuring.metrics
      .filter((metric) => metric.service === service)
      .reduce((sum, { series }) => sum + series.length, 0);
    const what = sensitivity === 'credential' ? 'a credential' : sensitivity;
    return {
      ...{ source: 'label-sensitive', subject: label, effort: 'small', ...serviceOf(service) },
      priority: sensitivity === 'credential' ? 1 : 2,
      title: `The label ${label} of ${listed(metrics)} of ${whereOf(service)} looks like ${what}, on ${figure(seriesCount)} series`,
      action:
        sensitivity === 'credential'
          ? 'Take the label away where it is made, and replace the credential: it has been copied to wherever these metrics went.'
          : 'Take the label away where it is made: metrics need to tell groups apart, not persons.',
      evidence: things([...seriesPaths([example]), ...servicePath(service)]),
      expectedGainPercent: share(seriesCount, own),
      gainBasis: 'The share of its series that tell what they must not.',
    };
  });
}

/** What measuring asks for. */
export function fromMeasuring(findings: Findings): readonly Proposal[] {
  return [
    ...fromStalled(findings),
    ...fromLabels(findings),
    ...fromDuplicates(findings),
    ...fromUnheld(findings),
  ];
}
