/** A value of a row: IRIs shortened and linked, times as the reader likes them. */
import { Link } from 'wouter-preact';
import { Time } from '../parts/text.js';
import { linkOf, shortIri } from './prefixes.js';
import type { Cell } from './results.js';

const isDocument = (path: string): boolean => path.startsWith('/id/') || path.startsWith('/ontology');

function Iri({ iri, prefixes }: { readonly iri: string; readonly prefixes: ReadonlyMap<string, string> }) {
  const [name, path] = [shortIri(iri, prefixes), linkOf(iri)];
  if (path === undefined) return <code title={iri}>{name}</code>;
  if (isDocument(path)) {
    return (
      <a href={path} title={iri}>
        {name}
      </a>
    );
  }
  return (
    <Link href={path} title={iri}>
      {name}
    </Link>
  );
}

/** Shows a cell. */
export function CellView({
  cell,
  prefixes,
}: {
  readonly cell: Cell;
  readonly prefixes: ReadonlyMap<string, string>;
}) {
  switch (cell.type) {
    case 'iri':
      return <Iri iri={cell.text} prefixes={prefixes} />;
    case 'time':
      return <Time at={cell.at} hasSeconds />;
    case 'number':
    case 'text':
      return <span title={cell.text}>{cell.text}</span>;
    case 'empty':
      return <span class="soft">–</span>;
  }
}
