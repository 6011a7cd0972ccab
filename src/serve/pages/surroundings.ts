/** What happened around a time, as a table from before to after. */
import {
  type EventKind,
  type EventReceipt,
  type Instant,
  type KindSpec,
  kinds,
  MINUTE_MS,
  pathOfEvent,
  SECOND_MS,
} from '../../model/index.js';
import { NEIGHBOURHOOD_MS, type Neighbour, type Relation } from '../neighbours.js';
import { type Content, type Html, html } from './html.js';
import { linkTo, linkToService, timeElement, wordsOf } from './links.js';

const RELATIONS: Readonly<Record<Relation, string>> = {
  same: 'this service',
  called: 'called by it',
  caller: 'calls it',
};

const specs: Readonly<Record<EventKind, KindSpec>> = kinds;

/** The field of an event that says most: the first of its kind. */
function gistOf(event: EventReceipt): string | undefined {
  const [first] = Object.keys(specs[event.kind].fields);
  const value = first === undefined ? undefined : new Map<string, unknown>(Object.entries(event)).get(first);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function spanText(spanMs: number): string {
  if (spanMs < SECOND_MS) return `${spanMs} ms`;
  const minutes = Math.floor(spanMs / MINUTE_MS);
  const seconds = Math.floor((spanMs % MINUTE_MS) / SECOND_MS);
  return [minutes === 0 ? '' : `${minutes} min`, seconds === 0 ? '' : `${seconds} s`]
    .filter(Boolean)
    .join(' ');
}

/** How a time lies to another one: `2 min 5 s before`. */
export function offsetText(at: Instant, from: Instant): string {
  if (at === from) return 'at the same time';
  return `${spanText(Math.abs(at - from))} ${at < from ? 'before' : 'after'}`;
}

function neighbourRow({ event, relation }: Neighbour, at: Instant): Html {
  const gist = gistOf(event);
  return html`<tr><th scope="row">${offsetText(event.at, at)}</th><td>${timeElement(event.at)}</td><td>${linkTo(pathOfEvent(event), wordsOf(event.kind))}${gist === undefined ? undefined : ` ${gist}`}</td><td>${
    event.service === undefined
      ? undefined
      : [linkToService(event.service), relation === undefined ? undefined : ` (${RELATIONS[relation]})`]
  }</td></tr>\n`;
}

/** The section on what happened around a time. */
export function neighbourSection(
  neighbours: readonly Neighbour[],
  at: Instant,
  service: string | undefined,
): Content {
  const whose = service === undefined ? 'any service' : `${service} and of what it calls or is called by`;
  const span = `within ${NEIGHBOURHOOD_MS / MINUTE_MS} minutes`;
  if (neighbours.length === 0) {
    return html`<h2>Around it</h2>\n<p class="soft">No change, failure or alert of ${whose} ${span}.</p>`;
  }
  return html`<h2>Around it</h2>
<table>
<caption>The nearest events of ${whose} ${span}; single readings are left out</caption>
<thead><tr><th scope="col">When</th><th scope="col">Time</th><th scope="col">Event</th><th scope="col">Service</th></tr></thead>
<tbody>${neighbours.map((neighbour) => neighbourRow(neighbour, at))}</tbody>
</table>`;
}
