/**
 * The webhook of Prometheus' Alertmanager, version 4.
 * https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
import { z } from 'zod';
import {
  canonicalLabels,
  type EventContent,
  type Fault,
  faultOfTime,
  formatInstant,
  type Instant,
  identityOf,
  type Labels,
  serviceOf,
} from '../model/index.js';
import { bounded, DecodedBatch } from './batch.js';
import { contentOf } from './content.js';
import {
  atOnce,
  type Decoded,
  type Decoder,
  type DecoderOptions,
  type DecodingSteps,
  type EncodedRequest,
} from './decoded.js';
import { IngestError } from './errors.js';
import { instant, text } from './fields.js';
import { faultsOfIssues } from './issues.js';
import { jsonText, parseJson } from './json.js';
import { faultOfLabels, withoutSensitive } from './labels.js';
import type { Limits } from './limits.js';
import { mediaTypeOf } from './media-type.js';
import { clip, faultOfText } from './text.js';

/** How Go writes a time that was never set. */
const NO_TIME = '0001-01-01T00:00:00Z';

/** Annotations that have a field of their own; all others become labels `annotation_NAME`. */
const ANNOTATION_FIELDS = new Set(['summary', 'description', 'runbook_url', 'metric']);

/** Makes the schemas of the payload and of one alert; fields that they do not name are tolerated. */
function schemas(limits: Limits) {
  const prose = text('a text', limits.textCharacters);
  const texts = z.record(z.string(), z.string('expected a text'), 'expected an object of texts');
  const time = z
    .union([z.literal(NO_TIME).transform(() => undefined), instant], 'expected an RFC 3339 time')
    .optional();
  return {
    payload: z.object({
      version: z.literal('4', 'expected "4", the only version of the webhook there is').optional(),
      groupKey: prose.optional(),
      receiver: prose.optional(),
      truncatedAlerts: z.int('expected a whole number').nonnegative('expected 0 or more').optional(),
      alerts: z.array(z.unknown(), 'expected a list of alerts'),
    }),
    alert: z.object({
      status: z.literal(['firing', 'resolved'], 'expected "firing" or "resolved"'),
      labels: texts,
      annotations: texts.default({}),
      startsAt: instant,
      endsAt: time,
      generatorURL: prose.optional(),
      fingerprint: prose.optional(),
    }),
  };
}

type Schemas = ReturnType<typeof schemas>;
type Payload = z.output<Schemas['payload']>;
type Alert = z.output<Schemas['alert']>;

/**
 * Reads notifications of Alertmanager. An alert is known by fingerprint, start, status and end, so that what is sent
 * again at every repeat interval is one receipt. One that fires again after its end with the same start repeats its
 * first notification word for word: whoever listens to the recorder hears of the repeat.
 */
export class AlertmanagerDecoder implements Decoder {
  readonly #limits: Limits;
  readonly #schemas: Schemas;

  constructor({ limits }: Pick<DecoderOptions, 'limits'>) {
    this.#limits = limits;
    this.#schemas = schemas(limits);
  }

  decode(request: EncodedRequest, now: Instant): Decoded {
    return atOnce(this.steps(request, now));
  }

  *steps(request: EncodedRequest, now: Instant): DecodingSteps {
    if (mediaTypeOf(request).essence !== 'application/json') {
      throw new IngestError('unsupported-media-type', 'Expected Content-Type application/json.');
    }
    const json = parseJson(jsonText(request.body), this.#limits);
    const payload = this.#schemas.payload.safeParse(json);
    if (!payload.success) {
      throw new IngestError('bad-request', 'The body is not a webhook payload of Alertmanager.', {
        faults: faultsOfIssues(payload.error.issues, undefined),
      });
    }
    const batch = new DecodedBatch('alertmanager', now, this.#limits);
    for (const [item, value] of bounded(payload.data.alerts, this.#limits).entries()) {
      this.#add(batch, payload.data, value, item, now);
      yield;
    }
    return batch.finish();
  }

  #add(batch: DecodedBatch, payload: Payload, value: unknown, item: number, now: Instant): void {
    const parsed = this.#schemas.alert.safeParse(value);
    if (!parsed.success) {
      batch.refuse(faultsOfIssues(parsed.error.issues, item));
      return;
    }
    const alert = parsed.data;
    const at = alert.status === 'firing' ? alert.startsAt : (alert.endsAt ?? now);
    // An alert is never lost for what a label of it should not hold: such values are hidden instead.
    const hidden = withoutSensitive(alert.labels, this.#limits.sensitive);
    const fault = this.#faultOf(alert, hidden, at, now);
    if (fault !== undefined) {
      batch.refuse([{ item, ...fault }]);
      return;
    }
    // Empty is what Go writes for none: as an identity it would make one of all alerts that began together.
    const fingerprint = alert.fingerprint || identityOf('labels', canonicalLabels(alert.labels));
    // One alert may end more than once: Alertmanager takes it for ended when nobody repeats it, and for going on after.
    const end =
      alert.status === 'resolved' && alert.endsAt !== undefined ? [formatInstant(alert.endsAt)] : [];
    const id = identityOf('alertmanager', fingerprint, formatInstant(alert.startsAt), alert.status, ...end);
    batch.event(item, contentOfAlert(alert, payload, at, keptLabels(hidden, alert.annotations)), id);
  }

  #faultOf(alert: Alert, hidden: Labels, at: Instant, now: Instant): Fault | undefined {
    if ((alert.labels.alertname ?? '') === '') {
      return { field: 'labels.alertname', message: 'is required: expected the name of the alert' };
    }
    const field = alert.status === 'firing' ? 'startsAt' : 'endsAt';
    const message = faultOfTime(at, now);
    if (message !== undefined) return { field, message };
    return faultOfLabels(hidden, this.#limits) ?? this.#faultOfAnnotations(alert.annotations);
  }

  /** Annotations are prose: they may be as long as any text. */
  #faultOfAnnotations(annotations: Labels): Fault | undefined {
    const entries = Object.entries(annotations);
    if (entries.length > this.#limits.labels) {
      return { field: 'annotations', message: `expected at most ${this.#limits.labels} annotations` };
    }
    for (const [name, value] of entries) {
      const message =
        faultOfText(name, this.#limits.nameCharacters) ?? faultOfText(value, this.#limits.textCharacters);
      if (message !== undefined) return { field: `annotations.${clip(name)}`, message };
    }
    return undefined;
  }
}

function contentOfAlert(alert: Alert, payload: Payload, at: Instant, kept: Labels): EventContent {
  const { labels, annotations } = alert;
  // Some name the runbook by its address, some by its name alone.
  const { summary, description, runbook, runbook_url: runbookUrl = runbook } = annotations;
  const head = { at, service: serviceOf(labels), labels: kept };
  const values = {
    name: labels.alertname ?? '',
    severity: labels.severity ?? 'none',
    summary,
    description,
    fingerprint: alert.fingerprint,
    startsAt: alert.startsAt,
    endsAt: alert.endsAt,
    runbookUrl,
    generatorUrl: alert.generatorURL,
    groupKey: payload.groupKey,
    receiver: payload.receiver,
    truncatedAlerts: payload.truncatedAlerts,
    metric: annotations.metric ?? labels.metric,
  };
  if (alert.status === 'resolved') return contentOf({ ...head, kind: 'alert_cleared' }, values);
  return contentOf({ ...head, kind: 'alert_fired' }, values);
}

/** All labels of an alert, and the annotations that no field holds as `annotation_NAME`. */
function keptLabels(hidden: Labels, annotations: Labels): Labels {
  const others = Object.entries(annotations).filter(([name]) => !ANNOTATION_FIELDS.has(name));
  return {
    ...hidden,
    ...Object.fromEntries(others.map(([name, value]) => [`annotation_${name}`, value])),
  };
}
