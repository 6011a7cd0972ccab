/** Times, names and links in running text. */
import type { ComponentChildren } from 'preact';
import { Link } from 'wouter-preact';
import { incidentPath, servicePath } from '../paths.js';
import { agoOf, fullTimeOf, timeOf } from '../time/format.js';
import { present } from '../time/range.js';

/** A time as the reader likes it; pointing at it tells it in full, in both zones. */
export function Time({
  at,
  hasSeconds = false,
  isAgo = false,
}: {
  /** RFC 3339, or milliseconds since the epoch. */
  readonly at: string | number;
  readonly hasSeconds?: boolean;
  /** Tells how long ago it was in its place. */
  readonly isAgo?: boolean;
}) {
  const ms = typeof at === 'number' ? at : Date.parse(at);
  return (
    <time dateTime={new Date(ms).toISOString()} title={fullTimeOf(ms)}>
      {isAgo ? agoOf(ms, present.value) : timeOf(ms, hasSeconds, present.value)}
    </time>
  );
}

/** A link to the page of a service. */
export function ServiceLink({ name }: { readonly name: string }) {
  return <Link href={servicePath(name)}>{name}</Link>;
}

/** A link to the page of an incident. */
export function IncidentLink({
  id,
  children,
}: {
  readonly id: string;
  readonly children: ComponentChildren;
}) {
  return <Link href={incidentPath(id)}>{children}</Link>;
}

/** A part of a page with its heading. */
export function Section({
  title,
  id,
  aside,
  children,
}: {
  readonly title: string;
  readonly id?: string;
  /** What stands at the end of the heading's line. */
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  const heading = id ?? title.toLowerCase().replace(/\W+/g, '-');
  return (
    <section class="section" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{title}</h2>
        {aside !== undefined && <div class="aside">{aside}</div>}
      </header>
      {children}
    </section>
  );
}
