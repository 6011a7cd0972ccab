/**
 * CDEvents about services, which become deployments. The data of such a CloudEvent is
 * `{context, subject: {id, content: {environment: {id}, artifactId}}, customData}`.
 * https://github.com/cdevents/spec/blob/main/continuous-deployment.md
 */
import { z } from 'zod';
import type { EventContent, Fault, Instant, Labels } from '../model/index.js';
import { contentOf } from './content.js';
import { instant, scalarText, text } from './fields.js';
import { faultsOfIssues } from './issues.js';
import { isObject } from './json.js';
import type { Limits } from './limits.js';
import { parsePackageUrl } from './package-url.js';

/** The version is left open: `0.2.0` and `v1` say the same here. */
const SERVICE_EVENT = /^dev\.cdevents\.service\.(deployed|upgraded|rolledback|removed)(?:\.[0-9A-Za-z.-]+)?$/;

/** What happened to a service: `deployed`, `upgraded`, `rolledback` or `removed`; undefined for other types. */
export function deploymentAction(type: string): string | undefined {
  return SERVICE_EVENT.exec(type)?.[1];
}

function schemaOf(limits: Limits) {
  const named = text('a text that is not empty', limits.nameCharacters, 1);
  const prose = text('a text', limits.textCharacters).optional();
  const subject = z.object(
    {
      id: named,
      content: z
        .object({
          environment: z.object({ id: named }).optional(),
          artifactId: text('a package URL', limits.textCharacters, 1).optional(),
        })
        .default({}),
    },
    'is required: expected {id, content}',
  );
  const custom = z.object({
    service: named.optional(),
    version: scalarText(limits.nameCharacters).optional(),
    previousVersion: scalarText(limits.nameCharacters).optional(),
    commit: prose,
    message: prose,
    author: prose,
    diff: prose,
  });
  return z.object(
    {
      context: z.object({ timestamp: instant.optional() }).optional(),
      subject,
      // It may also be a text in another format; only an object is read.
      customData: z.preprocess((value) => (isObject(value) ? value : undefined), custom.optional()),
    },
    'is required: expected a CDEvent, {context, subject}',
  );
}

type ServiceData = z.output<ReturnType<typeof schemaOf>>;

/** What the envelope says that the data may not. */
export interface DeploymentEnvelope {
  readonly action: string;
  readonly time: Instant | undefined;
  readonly labels: Labels;
}

/** Reads the data of CDEvents about services. */
export class CdEventsReader {
  readonly #schema: ReturnType<typeof schemaOf>;

  constructor(limits: Limits) {
    this.#schema = schemaOf(limits);
  }

  /** Makes a deployment of the data at position `item`; `now` is its time when neither envelope nor data has one. */
  read(
    data: unknown,
    envelope: DeploymentEnvelope,
    item: number,
    now: Instant,
  ): { readonly content: EventContent } | { readonly faults: readonly Fault[] } {
    const parsed = this.#schema.safeParse(data);
    if (!parsed.success) {
      const faults = faultsOfIssues(parsed.error.issues, item);
      return { faults: faults.map((fault) => ({ ...fault, field: under('data', fault.field) })) };
    }
    const { context, subject, customData } = parsed.data;
    const version = versionOf(parsed.data) ?? (envelope.action === 'removed' ? NO_VERSION : undefined);
    if (version === undefined) {
      const message = 'is required: expected a package URL with a version, or customData.version';
      return { faults: [{ item, field: 'data.subject.content.artifactId', message }] };
    }
    const at = envelope.time ?? context?.timestamp ?? now;
    const service = customData?.service ?? lastSegment(subject.id);
    const content = contentOf(
      { kind: 'deployment', at, service, labels: labelsOf(parsed.data, envelope.labels) },
      {
        version,
        action: envelope.action,
        commit: customData?.commit,
        previousVersion: customData?.previousVersion,
        message: customData?.message,
        diff: customData?.diff,
        author: customData?.author,
        environment: subject.content.environment?.id,
      },
    );
    return { content };
  }
}

/** The version of a service that was removed by an event that names no artifact. */
const NO_VERSION = 'none';

/** The version in words people use, where there is one: custom data, the image's tag, the package's version. */
function versionOf({ subject, customData }: ServiceData): string | undefined {
  if (customData?.version !== undefined) return customData.version;
  const { artifactId } = subject.content;
  if (artifactId === undefined) return undefined;
  const artifact = parsePackageUrl(artifactId);
  return artifact === undefined ? artifactId : (artifact.qualifiers.get('tag') ?? artifact.version);
}

/** Metrics and alerts call `service/checkout` and `/shop/checkout` just `checkout`. */
function lastSegment(id: string): string {
  return id.replace(/\/+$/, '').split('/').at(-1) || id;
}

function labelsOf({ subject }: ServiceData, labels: Labels): Labels {
  const { artifactId } = subject.content;
  return {
    ...labels,
    cdevents_subject: subject.id,
    ...(artifactId === undefined ? {} : { artifact_id: artifactId }),
  };
}

function under(parent: string, field: string | undefined): string {
  return field === undefined ? parent : `${parent}.${field}`;
}
