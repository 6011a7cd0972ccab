/** Names for the lines of a chart: what tells each from the others. */

/** A label of a series. */
export interface SeriesLabel {
  readonly name: string;
  readonly value: string;
}

/** For each series the labels in which it differs from another one, as `instance a, code 500`. */
export function namesOfSeries(all: readonly (readonly SeriesLabel[])[]): readonly string[] {
  const values = new Map<string, Set<string>>();
  const names = new Set(all.flatMap((labels) => labels.map(({ name }) => name)));
  for (const labels of all) {
    const own = new Map(labels.map(({ name, value }) => [name, value]));
    for (const name of names) {
      const known = values.get(name) ?? new Set();
      values.set(name, known.add(own.get(name) ?? ''));
    }
  }
  const differs = (name: string): boolean => (values.get(name)?.size ?? 0) > 1;
  return all.map((labels, place) => {
    const own = labels.filter(({ name }) => differs(name)).map(({ name, value }) => `${name} ${value}`);
    if (own.length > 0) return own.join(', ');
    return all.length === 1 ? 'value' : `series ${place + 1}`;
  });
}
