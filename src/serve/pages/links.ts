import { formatInstant, type Instant, type Named, parsePath, pathOf } from '../../model/index.js';
import { type Html, html } from './html.js';

/** A time as people read it, in UTC. */
export function readableTime(at: Instant): string {
  return formatInstant(at).replace('T', ' ').replace('.000Z', 'Z');
}

/** A time as people read it and as machines do. */
export function timeElement(at: Instant): Html {
  return html`<time datetime="${formatInstant(at)}">${readableTime(at)}</time>`;
}

/** Words for a kind: `circuit_opened` is "circuit opened". */
export function wordsOf(kind: string): string {
  return kind.replaceAll('_', ' ');
}

function textOf(named: Named): string {
  switch (named.type) {
    case 'event':
      return `${wordsOf(named.kind)}, ${readableTime(named.at)}`;
    case 'sample':
      return `sample, ${readableTime(named.at)}`;
    case 'rollup':
      return `roll-up of the ${named.span}, ${readableTime(named.at)}`;
    case 'series':
      return `series ${named.series.slice(0, 8)}`;
    case 'service':
      return named.name;
    case 'runbook':
    case 'slo':
      return `${named.type} ${named.name}`;
    case 'incident':
      return `incident ${named.id}`;
  }
}

/**
 * A link to the thing at a path below `/id/`. It is relative to the server, so that it leads to the one that the
 * reader talks to, whatever address the IRIs were made for.
 */
export function linkTo(path: string, text?: string): Html {
  const named = parsePath(path);
  return html`<a href="/id/${path}">${text ?? (named === undefined ? path : textOf(named))}</a>`;
}

/** A link to the page of a service. */
export function linkToService(name: string): Html {
  return linkTo(pathOf({ type: 'service', name }), name);
}

/** A link to an address from outside, when it is one of the web; else its text. */
export function linkOutside(address: string): Html {
  return /^https?:\/\//i.test(address)
    ? html`<a href="${address}" rel="noopener noreferrer nofollow">${address}</a>`
    : html`${address}`;
}
