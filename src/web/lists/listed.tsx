/** A list with everything that stands in its place: what is waited for, what failed, nothing at all, nothing like that. */
import type { ComponentChildren } from 'preact';
import type { Query } from '../data/query.js';
import { useParameter } from '../parts/address.js';
import { Answered, Empty } from '../states/states.js';
import { useNarrowed } from './filters.js';

/** Some of a list, and where it goes on. */
export interface Slice<T> {
  readonly nodes: readonly T[];
  readonly pageInfo?: { readonly hasNextPage: boolean; readonly endCursor?: string | null };
}

/** A page further on is another view: it has an address of its own, and back leads to the one before. */
function Pager({ pageInfo }: Pick<Slice<unknown>, 'pageInfo'>) {
  const [after, setAfter] = useParameter('after');
  const isLast = pageInfo?.hasNextPage !== true;
  if (isLast && after === '') return null;
  return (
    <nav class="row pager" aria-label="Pages of the list">
      <button type="button" disabled={after === ''} onClick={() => setAfter('')}>
        First
      </button>
      <button type="button" disabled={isLast} onClick={() => setAfter(pageInfo?.endCursor ?? '')}>
        Next
      </button>
      <span class="soft small">Columns sort what is on this page.</span>
    </nav>
  );
}

function Nothing({ isNarrowed, widen, none, advice }: NothingProps) {
  if (!isNarrowed) return <Empty title={none}>{advice}</Empty>;
  return (
    <Empty title="None is like that">
      Others may be.
      <div class="acts">
        <button type="button" onClick={widen}>
          Take the filters away
        </button>
      </div>
    </Empty>
  );
}

interface NothingProps {
  readonly isNarrowed: boolean;
  readonly widen: () => void;
  /** What is said where there is nothing at all, and what to do then. */
  readonly none: string;
  readonly advice: ComponentChildren;
}

/** Shows what a question found, with pages where there are more. */
export function Listed<T, Q>({
  query,
  what,
  slice,
  filters,
  children,
  ...nothing
}: Pick<NothingProps, 'none' | 'advice'> & {
  readonly query: Query<Q>;
  /** What is listed, in words. */
  readonly what: string;
  /** The list in the answer. */
  readonly slice: (data: Q) => Slice<T>;
  /** The names of the filters in the address. */
  readonly filters: readonly string[];
  readonly children: (nodes: readonly T[]) => ComponentChildren;
}) {
  const narrowed = useNarrowed([...filters, 'after']);
  return (
    <Answered query={query} what={what} lines={8}>
      {(data) => {
        const { nodes, pageInfo } = slice(data);
        return (
          <div aria-busy={query.isAsking}>
            {nodes.length === 0 ? <Nothing {...narrowed} {...nothing} /> : children(nodes)}
            <Pager pageInfo={pageInfo} />
          </div>
        );
      }}
    </Answered>
  );
}
