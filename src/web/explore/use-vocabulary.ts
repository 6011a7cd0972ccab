/** Reads what is completed, once a visit. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { useQuery } from '../data/query.js';
import { ExploreNamesDocument } from '../generated/graphql.js';
import { prefixesOf } from './prefixes.js';
import { run } from './run.js';
import { type OntologyTerm, readTerms, type Vocabulary } from './vocabulary.js';

const TPS = 'http://example.com/tps/';
const METRICS =
  'SELECT DISTINCT ?metric { ?series a tps:Series ; tps:metric ?metric } ORDER BY ?metric LIMIT 2000';

/** What stands still while the page is open. */
interface Read {
  readonly terms: readonly OntologyTerm[];
  readonly metrics: readonly string[];
}

async function readMetrics(signal: AbortSignal): Promise<readonly string[]> {
  const outcome = await run({ text: METRICS }, signal);
  const isTable = outcome.type === 'answered' && outcome.result.type === 'table';
  return isTable ? outcome.result.table.rows.map(([cell]) => cell?.text ?? '') : [];
}

/** The vocabulary as far as it is known by now. */
export function useVocabulary(): Vocabulary {
  const names = useQuery(ExploreNamesDocument, {});
  const [known, setKnown] = useState<Read>({ terms: [], metrics: [] });
  useEffect(() => {
    const abort = new AbortController();
    const learn = (part: Partial<Read>): void => {
      if (!abort.signal.aborted) setKnown((before) => ({ ...before, ...part }));
    };
    // Without the ontology the editor completes less, and runs all the same.
    readTerms(TPS).then(
      (terms) => learn({ terms }),
      () => undefined,
    );
    void readMetrics(abort.signal).then((metrics) => learn({ metrics }));
    return () => abort.abort();
  }, []);
  return useMemo(
    () => ({
      ...known,
      prefixes: prefixesOf(names.data?.connections.baseIri ?? window.location.origin),
      services: names.data?.services.map(({ name }) => name) ?? [],
    }),
    [known, names.data],
  );
}
