/** What names a row: its title as the link, and its name below where the title is another. */
import { Link } from 'wouter-preact';

/** The cell. */
export function NameCell({
  href,
  title,
  name,
}: {
  readonly href: string;
  readonly title: string | null;
  readonly name: string;
}) {
  return (
    <>
      <Link href={href}>{title ?? name}</Link>
      {title !== null && title !== name && <div class="soft small">{name}</div>}
    </>
  );
}
