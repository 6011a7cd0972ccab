/** What `genchi hygiene` asks the server, and the shape of its answer. */
import { z } from 'zod';

/** Asks for the first of each list. */
export const HYGIENE_QUERY = `query Hygiene($service: String, $at: DateTime, $first: Int!) {
  dataQuality(service: $service, at: $at) {
    metricCount seriesCount
    stalled(first: $first) { totalCount nodes { service metric lastAt silentSeconds stepSeconds } }
    gaps(first: $first) { totalCount nodes { service metric from until } }
    duplicated(first: $first) { totalCount nodes { service how metrics told surplusSeries } }
    sensitiveLabels(first: $first) { totalCount nodes { service label sensitivity metrics seriesCount } }
  }
  alertHygiene(at: $at) {
    fired busiestMinute { from fired }
    storms(first: $first) { totalCount nodes { from fired } }
    alerts(first: $first) { totalCount nodes { name service fired } }
    flapping(first: $first) { totalCount nodes { name service hour fired cleared } }
    unattended(first: $first) {
      totalCount nodes { incident title service severity isOpen wasTakenOn waitedSeconds }
    }
    ofOneCause(first: $first) { totalCount nodes { service incidents alerts surplus } }
    tightThresholds(first: $first) { totalCount nodes { name service metric threshold slo } }
  }
}`;

/** A page of a list, and how long all of it is. */
export interface Page<T> {
  readonly totalCount: number;
  readonly nodes: readonly T[];
}

const page = <T extends z.ZodType>(item: T) => z.object({ totalCount: z.number(), nodes: z.array(item) });

const service = z.string().nullable();
const firedIn = z.object({ from: z.string(), fired: z.number() });
/** What it answers. */
export const hygieneShape = z.object({
  dataQuality: z.object({
    metricCount: z.number(),
    seriesCount: z.number(),
    stalled: page(
      z.object({
        ...{ service, metric: z.string(), lastAt: z.string(), silentSeconds: z.number() },
        stepSeconds: z.number().nullable(),
      }),
    ),
    gaps: page(z.object({ service, metric: z.string(), from: z.string(), until: z.string().nullable() })),
    duplicated: page(
      z.object({
        ...{ service, how: z.string(), metrics: z.array(z.string()), told: z.string() },
        surplusSeries: z.number(),
      }),
    ),
    sensitiveLabels: page(
      z.object({
        ...{ service, label: z.string(), sensitivity: z.string(), metrics: z.array(z.string()) },
        seriesCount: z.number(),
      }),
    ),
  }),
  alertHygiene: z.object({
    fired: z.number(),
    busiestMinute: firedIn.nullable(),
    storms: page(firedIn),
    alerts: page(z.object({ name: z.string(), service, fired: z.number() })),
    flapping: page(
      z.object({ name: z.string(), service, hour: z.string(), fired: z.number(), cleared: z.number() }),
    ),
    unattended: page(
      z.object({
        ...{ incident: z.string(), title: z.string(), service, severity: z.string() },
        ...{ isOpen: z.boolean(), wasTakenOn: z.boolean(), waitedSeconds: z.number() },
      }),
    ),
    ofOneCause: page(
      z.object({
        ...{ service, incidents: z.array(z.string()), alerts: z.array(z.string()), surplus: z.number() },
      }),
    ),
    tightThresholds: page(
      z.object({
        ...{ name: z.string(), service, metric: z.string(), threshold: z.number(), slo: z.string() },
      }),
    ),
  }),
});

/** An answer to it. */
export type HygieneAnswer = z.output<typeof hygieneShape>;
