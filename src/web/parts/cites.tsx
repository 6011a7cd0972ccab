/** The receipts that a sentence rests on. */
import { useState } from 'preact/hooks';
import { documentPath } from '../paths.js';
import { timeOf, wordsOf } from '../time/format.js';

/** How many are shown before the rest is asked for. */
const SHOWN = 3;

/** `2026-01-02T03:04:05.678Z` of a name's `20260102T030405.678Z`. */
function timeIn(segment: string): number {
  return Date.parse(segment.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(.*)$/, '$1-$2-$3T$4:$5:$6'));
}

/** When what an IRI names was, in milliseconds since the epoch; undefined where its name does not tell. */
export function timeOfIri(iri: string): number | undefined {
  const at = timeIn(documentPath(iri).split('/')[3] ?? '');
  return Number.isNaN(at) ? undefined : at;
}

/** A receipt in a few words: what it is, and when. */
function nameOf(iri: string): string {
  const [kind = '', second = '', third] = documentPath(iri).slice('/id/'.length).split('/');
  if (third === undefined)
    return kind === 'series' ? `series ${second.slice(0, 8)}` : `${kind} ${decodeURIComponent(second)}`;
  const at = timeIn(second);
  return Number.isNaN(at) ? wordsOf(kind) : `${wordsOf(kind)} ${timeOf(at, true)}`;
}

/** A link to the document of one receipt. */
export function Cite({ iri }: { readonly iri: string }) {
  return <a href={documentPath(iri)}>{nameOf(iri)}</a>;
}

/** Links to the documents of receipts, the first few at once. */
export function Cites({
  iris,
  label = 'Receipts',
}: {
  readonly iris: readonly string[];
  readonly label?: string;
}) {
  const [isOpen, setOpen] = useState(false);
  if (iris.length === 0) return null;
  const shown = isOpen ? iris : iris.slice(0, SHOWN);
  return (
    <span class="cites">
      <span class="soft">{label}: </span>
      {shown.map((iri, index) => (
        <span key={iri}>
          {index > 0 && <span class="soft"> · </span>}
          <Cite iri={iri} />
        </span>
      ))}
      {shown.length < iris.length && (
        <>
          {' '}
          <button type="button" class="link" onClick={() => setOpen(true)}>
            {iris.length - shown.length} more
          </button>
        </>
      )}
    </span>
  );
}
