/** What narrows a list: every choice stands in the address. */
import type { ComponentChildren } from 'preact';
import { useSearchParams } from 'wouter-preact';
import { useParameter } from '../parts/address.js';

interface FilterProps {
  /** Its name in the address. */
  readonly name: string;
  readonly label: string;
}

/** One of a few values, or all. A value of the address that is none of them is shown as it is, since it holds. */
export function ChoiceFilter({
  name,
  label,
  all = 'All',
  choices,
}: FilterProps & {
  readonly all?: string;
  readonly choices: readonly (readonly [value: string, label: string, ...unknown[]])[];
}) {
  const [value, set] = useParameter(name);
  const isStrange = value !== '' && !choices.some(([each]) => each === value);
  return (
    <label>
      <span>{label}</span>
      <select value={value} onChange={({ currentTarget }) => set(currentTarget.value)}>
        <option value="">{all}</option>
        {choices.map(([each, words]) => (
          <option key={each} value={each}>
            {words}
          </option>
        ))}
        {isStrange && <option value={value}>{value}</option>}
      </select>
    </label>
  );
}

/** A word; `isLive` narrows as it is written, for lists that are here whole. Else Enter or leaving it asks again. */
export function WordFilter({
  name,
  label,
  isLive = false,
  placeholder,
}: FilterProps & { readonly isLive?: boolean; readonly placeholder?: string }) {
  const [value, set] = useParameter(name);
  return (
    <label>
      <span>{label}</span>
      <input
        type="search"
        value={value}
        placeholder={placeholder}
        onInput={({ currentTarget }) => isLive && set(currentTarget.value)}
        onChange={({ currentTarget }) => set(currentTarget.value.trim())}
      />
    </label>
  );
}

/** Which filters of some names are set in the address, and what takes all of them away. */
export function useNarrowed(names: readonly string[]) {
  const [search, setSearch] = useSearchParams();
  const isNarrowed = names.some((name) => (search.get(name) ?? '') !== '');
  const widen = (): void =>
    setSearch((before) => {
      const next = new URLSearchParams(before);
      for (const name of [...names, 'after']) next.delete(name);
      return next;
    });
  return { isNarrowed, widen };
}

/** The line of filters; `said` tells how many were found. */
export function Filters({
  said,
  children,
}: {
  readonly said?: string | undefined;
  readonly children: ComponentChildren;
}) {
  return (
    <search class="filters">
      {children}
      <span class="soft filters-said" role="status">
        {said}
      </span>
    </search>
  );
}
