import type { EvidenceStore } from '../evidence/index.js';
import type { Topology } from '../graph/index.js';
import type { Series, SeriesRef } from '../model/index.js';
import type { ServiceEvidence } from './localise-evidence.js';
import { byStrength, type Reading } from './onset.js';
import type { Reach } from './reach.js';

/** The series that a proxy in a service's own pods measures, each with that service. */
export type Sidecars = ReadonlyMap<SeriesRef, string>;

function podOf({ labels: { namespace = '', pod = '' } }: Series): string | undefined {
  return pod === '' ? undefined : `${namespace}\n${pod}`;
}

function standsAlone(topology: Topology, service: string): boolean {
  return topology.callees(service).length === 0 && topology.callers(service).length === 0;
}

/**
 * What is measured beside a service in its pods, under a name that no dependency speaks of, as a mesh's proxies are
 * where all have one job: it counts as that service's. Pods in which several services within reach run tell nothing.
 */
export function sidecarsOf(store: EvidenceStore, topology: Topology, reach: Reach): Sidecars {
  if (!reach.graphKnown) return new Map();
  const owners = new Map<string, Set<string>>();
  for (const series of store.findSeries({ services: reach.services })) {
    const pod = podOf(series);
    if (pod === undefined || series.service === undefined || standsAlone(topology, series.service)) continue;
    owners.set(pod, (owners.get(pod) ?? new Set<string>()).add(series.service));
  }
  if (owners.size === 0) return new Map();
  const alone = topology.services.filter((service) => standsAlone(topology, service));
  return new Map(
    store.findSeries({ services: alone }).flatMap((series): readonly (readonly [SeriesRef, string])[] => {
      const [owner, ...others] = owners.get(podOf(series) ?? '') ?? [];
      return owner === undefined || others.length > 0 ? [] : [[series.ref, owner]];
    }),
  );
}

/** Families of metrics that only proxies, gateways and load balancers have. General knowledge of the field. */
const OF_A_PROXY =
  /^(envoy|nginx|haproxy|traefik|istio|linkerd|kong|caddy|apisix|contour|varnish|squid|gloo|aws_(application|network)?_?elb)_/;

function isProxy({ readings }: ServiceEvidence): boolean {
  const asked = readings.filter(({ role }) => role !== 'resource');
  return asked.length > 0 && asked.every(({ series }) => OF_A_PROXY.test(series.metric));
}

/** Whether anything is recorded of how a service serves, by itself or by others. */
function isFelt({ readings, failures }: ServiceEvidence): boolean {
  return failures.length > 0 || readings.some(({ role }) => role === 'symptom');
}

/** The service of which a proxy alone tells how it serves: its one callee, when nothing inside the proxy is wrong. */
function behind(
  proxy: ServiceEvidence,
  topology: Topology,
  evidence: ReadonlyMap<string, ServiceEvidence>,
): string | undefined {
  const [callee, ...others] = topology.callees(proxy.service);
  const own = callee === undefined ? undefined : evidence.get(callee);
  if (own === undefined || others.length > 0 || !isProxy(proxy) || isFelt(own)) return undefined;
  return proxy.findings.some(({ harmful, role }) => harmful && role === 'resource') ? undefined : callee;
}

function ascribed<R extends Reading>(readings: readonly R[], service: string): readonly R[] {
  return readings
    .filter(({ role }) => role !== 'resource')
    .map((one) => ({ ...one, service, measuredAt: one.measuredAt ?? one.service }));
}

/**
 * Ascribes what a proxy feels to the one service behind it, where that does not tell itself how it serves and nothing
 * inside the proxy is wrong. The proxy keeps what it measured, all of which the service behind it then explains.
 */
export function withProxies(
  evidence: ReadonlyMap<string, ServiceEvidence>,
  topology: Topology,
): ReadonlyMap<string, ServiceEvidence> {
  const all = new Map(evidence);
  for (const proxy of evidence.values()) {
    const service = behind(proxy, topology, evidence);
    const own = service === undefined ? undefined : all.get(service);
    if (service === undefined || own === undefined) continue;
    all.set(service, {
      ...own,
      readings: [...own.readings, ...ascribed(proxy.readings, service)],
      findings: [...own.findings, ...ascribed(proxy.findings, service)].sort(byStrength),
    });
  }
  return all;
}
