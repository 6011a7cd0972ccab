/** A choice of the reader that the browser keeps. */
import { type Signal, signal } from '@preact/signals';

function read(name: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(name) ?? 'null');
  } catch {
    // No storage, or something else wrote it: the choice is as if it had never been made.
    return null;
  }
}

/** A choice among some values, kept under a name; the first value unless another was chosen. */
export function storedChoice<const T extends string>(name: string, values: readonly [T, ...T[]]): Signal<T> {
  const known = read(name);
  const choice = signal<T>(values.find((value) => value === known) ?? values[0]);
  choice.subscribe((value) => {
    try {
      localStorage.setItem(name, JSON.stringify(value));
    } catch {
      // A browser that keeps nothing still shows it until the page is left.
    }
  });
  return choice;
}
