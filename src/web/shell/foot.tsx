/** The foot of every page: the documents and doors beside the pages. */

const PLACES: readonly (readonly [path: string, name: string])[] = [
  ['/documents', 'Documents'],
  ['/graphql', 'GraphQL'],
  ['/sparql', 'SPARQL'],
  ['/queries', 'Queries'],
  ['/ontology', 'Ontology'],
  ['/metrics', 'Metrics'],
];

/** Links to what the server has beside these pages. */
export function Foot() {
  return (
    <footer class="foot">
      {PLACES.map(([path, name]) => (
        <a key={path} href={path}>
          {name}
        </a>
      ))}
      <span>
        <kbd>?</kbd> for keys
      </span>
    </footer>
  );
}
