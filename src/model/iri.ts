import { type Identity, isIdentity } from './ids.js';
import { formatInstant, type Instant, parseInstant } from './instant.js';
import { type EventKind, isEventKind } from './kinds.js';
import { type RollupSpan, rollupSpans } from './samples.js';

/** The namespace of the ontology. */
export const TPS = 'http://example.com/tps/';

/**
 * What an IRI of this server names. Paths stand below `/id/` of the base IRI and carry kind and time, so that a
 * look-up touches one part of the store:
 * `KIND/TIME/IDENTITY` an event, `sample/TIME/SERIES` a sample, `rollup-hour/TIME/SERIES` and `rollup-minute/TIME/SERIES`
 * what the samples of a series add up to over the hour or the minute from that time on, `series/SERIES`, `service/NAME`, `incident/ID`,
 * `runbook/NAME`, `slo/NAME`.
 */
export type Named =
  | { readonly type: 'event'; readonly kind: EventKind; readonly at: Instant; readonly id: Identity }
  | { readonly type: 'sample'; readonly at: Instant; readonly series: Identity }
  | {
      readonly type: 'rollup';
      readonly span: RollupSpan;
      readonly at: Instant;
      readonly series: Identity;
    }
  | { readonly type: 'series'; readonly series: Identity }
  | { readonly type: 'service' | 'runbook' | 'slo'; readonly name: string }
  | { readonly type: 'incident'; readonly id: string };

/** A time as a path segment: RFC 3339 basic format, `20260102T030405.678Z`. */
function timeSegment(at: Instant): string {
  return formatInstant(at).replaceAll('-', '').replaceAll(':', '');
}

function parseTimeSegment(text: string): Instant | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2}\.\d{3}Z)$/.exec(text);
  return match === null
    ? undefined
    : parseInstant(`${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}`);
}

/**
 * Percent-encodes everything but RFC 3986's unreserved characters, as DuckDB's `url_encode` does. Halves of
 * surrogate pairs become U+FFFD, as they do wherever text is written as UTF-8.
 */
export function encodeSegment(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD')).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The path of a name below `/id/`. */
export function pathOf(named: Named): string {
  switch (named.type) {
    case 'event':
      return `${named.kind}/${timeSegment(named.at)}/${named.id}`;
    case 'sample':
      return `sample/${timeSegment(named.at)}/${named.series}`;
    case 'rollup':
      return `rollup-${named.span}/${timeSegment(named.at)}/${named.series}`;
    case 'series':
      return `series/${named.series}`;
    case 'service':
    case 'runbook':
    case 'slo':
      return `${named.type}/${encodeSegment(named.name)}`;
    case 'incident':
      return `incident/${encodeSegment(named.id)}`;
  }
}

/** The path below `/id/` of an event receipt. */
export function pathOfEvent(event: {
  readonly kind: EventKind;
  readonly at: Instant;
  readonly id: Identity;
}): string {
  return pathOf({ type: 'event', kind: event.kind, at: event.at, id: event.id });
}

function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/** Reads a path below `/id/`; undefined when it names nothing that this server could have made. */
export function parsePath(path: string): Named | undefined {
  const [head, second, third, ...rest] = path.split('/');
  if (head === undefined || second === undefined || rest.length > 0) return undefined;
  if (third === undefined) {
    const name = decodeSegment(second);
    if (name === undefined || name === '') return undefined;
    if (head === 'service' || head === 'runbook' || head === 'slo') return { type: head, name };
    if (head === 'series') return isIdentity(second) ? { type: 'series', series: second } : undefined;
    return head === 'incident' ? { type: 'incident', id: name } : undefined;
  }
  const at = parseTimeSegment(second);
  if (at === undefined || !isIdentity(third)) return undefined;
  if (head === 'sample') return { type: 'sample', at, series: third };
  const span = rollupSpans.find((one) => head === `rollup-${one}`);
  if (span !== undefined) return { type: 'rollup', span, at, series: third };
  return isEventKind(head) ? { type: 'event', kind: head, at, id: third } : undefined;
}

/** Makes and reads full IRIs below one base, such as `http://127.0.0.1:4600`. */
export class Iris {
  /** The base without a slash at its end. */
  readonly base: string;
  /** What every IRI of a thing starts with. */
  readonly prefix: string;

  constructor(base: string) {
    this.base = base.replace(/\/+$/, '');
    this.prefix = `${this.base}/id/`;
  }

  of(named: Named): string {
    return this.prefix + pathOf(named);
  }

  /** The IRI of a path below `/id/`, as stored in fields of type `receipt`. */
  ofPath(path: string): string {
    return this.prefix + path;
  }

  parse(iri: string): Named | undefined {
    return iri.startsWith(this.prefix) ? parsePath(iri.slice(this.prefix.length)) : undefined;
  }
}
