/** Choices of a page that stand in its address. */
import { useSearchParams } from 'wouter-preact';

/** A parameter of the address, and what sets it; the empty text takes it away. */
export function useParameter(name: string): readonly [value: string, set: (value: string) => void] {
  const [search, setSearch] = useSearchParams();
  const set = (value: string): void =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === '') next.delete(name);
        else next.set(name, value);
        // A page further on is one of the list before the choice.
        if (name !== 'after') next.delete('after');
        return next;
      },
      { replace: name !== 'after' },
    );
  return [search.get(name) ?? '', set];
}
