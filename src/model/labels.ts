/** Names and values that identify a series, or describe an event. */
export type Labels = Readonly<Record<string, string>>;

/** The label that holds a series' metric name, as in Prometheus. */
export const METRIC_LABEL = '__name__';

/** The label that says who computed a series, and what it says on Genchi's own. */
export const SOURCE_LABEL = 'computed_by';
export const OWN_SOURCE = 'genchi';

/** Whether labels are those of a figure that Genchi computed: one that comes in from outside tells nothing new. */
export function isOwnFigure(labels: Labels): boolean {
  return labels[SOURCE_LABEL] === OWN_SOURCE;
}

/** Where the service of a series or an alert is read from, first match first. */
export const SERVICE_LABELS = ['service', 'service_name', 'app_kubernetes_io_name', 'app', 'job'] as const;

/** Where the component of a series is read from, first match first. */
export const COMPONENT_LABELS = ['component', 'container', 'pod', 'instance'] as const;

function first(labels: Labels, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = labels[name];
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

/** The service that labels speak of; undefined when they name none. */
export function serviceOf(labels: Labels): string | undefined {
  return first(labels, SERVICE_LABELS);
}

/** The part of a service that labels speak of; undefined when they name none. */
export function componentOf(labels: Labels): string | undefined {
  return first(labels, COMPONENT_LABELS);
}

/** Labels that together name the two ends of a call, as service meshes and service graphs write them. */
const CALL_LABELS = [
  ['source_canonical_service', 'destination_canonical_service'],
  ['source_workload', 'destination_workload'],
  ['source_app', 'destination_app'],
  ['client', 'server'],
] as const;

/**
 * Labels by which the client's side of a call, or the proxy it goes through, names the service at the other end, first
 * match first: span metrics of OpenTelemetry, Istio, Linkerd, Envoy.
 */
const PEER_LABELS = [
  'peer_service',
  'destination_service_name',
  'destination_service',
  'dst_deployment',
  'dst_service',
  'upstream_service',
  'envoy_cluster_name',
  'upstream_cluster',
] as const;

/** What proxies call an end that is no service. */
const NO_SERVICE =
  /^(unknown|passthroughcluster|blackholecluster|inboundpassthroughcluster.*|[\d.]+|\[.*\])?$/i;

/**
 * The service in what names one end of a call: `reviews` of `reviews`, of `reviews.shop.svc.cluster.local:9080` and of
 * Envoy's `outbound|9080||reviews.shop.svc.cluster.local`; undefined for addresses and for what no one knows.
 */
function serviceInName(name: string): string | undefined {
  const host = (name.split('|').at(-1) ?? '').replace(/:\d+$/, '');
  const service = /^([^.]+)\.[^.]+\.svc(\.|$)/.exec(host)?.[1] ?? host;
  return NO_SERVICE.test(service) ? undefined : service;
}

function ends(labels: Labels): readonly (readonly [string | undefined, string | undefined])[] {
  const peer = first(labels, PEER_LABELS);
  return [
    ...CALL_LABELS.map(([source, destination]) => [labels[source], labels[destination]] as const),
    [labels.deployment ?? serviceOf(labels), peer === undefined ? undefined : serviceInName(peer)],
  ];
}

/**
 * Which service calls which, where the labels of a series name both, or its own service and the peer that it calls;
 * undefined for all other series.
 */
export function callOf(labels: Labels): { readonly caller: string; readonly callee: string } | undefined {
  for (const [caller, callee] of ends(labels)) {
    if (caller === undefined || caller === '' || callee === undefined || callee === '') continue;
    // What a mesh says of an end that it does not know.
    if (caller !== 'unknown' && callee !== 'unknown' && caller !== callee) return { caller, callee };
  }
  return undefined;
}

/** Labels as one text that is equal exactly when the labels are: JSON of the pairs sorted by name. */
export function canonicalLabels(labels: Labels): string {
  return JSON.stringify(
    Object.keys(labels)
      .sort()
      .map((name) => [name, labels[name]]),
  );
}
