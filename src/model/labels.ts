/** Names and values that identify a series, or describe an event. */
export type Labels = Readonly<Record<string, string>>;

/** The label that holds a series' metric name, as in Prometheus. */
export const METRIC_LABEL = '__name__';

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

/** Labels as one text that is equal exactly when the labels are: JSON of the pairs sorted by name. */
export function canonicalLabels(labels: Labels): string {
  return JSON.stringify(
    Object.keys(labels)
      .sort()
      .map((name) => [name, labels[name]]),
  );
}
