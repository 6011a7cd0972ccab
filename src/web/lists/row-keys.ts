/** Goes through the rows of a list by keys: `j` to the next, `k` to the one before; what is in them opens by Enter. */
import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import { isForPage } from '../shell/keys.js';

/** The row to go to from one, by its place; before the first step there is none. */
export function nextRow(key: string, from: number, rows: number): number | undefined {
  if (rows === 0 || (key !== 'j' && key !== 'k')) return undefined;
  if (from < 0) return 0;
  return Math.min(rows - 1, Math.max(0, from + (key === 'j' ? 1 : -1)));
}

/** Listens while the table is shown. The first link of a row takes the focus, so that nothing new has to be learnt. */
export function useRowKeys(table: RefObject<HTMLTableElement>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || !isForPage(event)) return;
      const rows = [...(table.current?.tBodies[0]?.rows ?? [])];
      const from = rows.findIndex((row) => row.contains(document.activeElement));
      const row = rows[nextRow(event.key, from, rows.length) ?? -1];
      if (row === undefined) return;
      row.querySelector('a')?.focus();
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [table]);
}
