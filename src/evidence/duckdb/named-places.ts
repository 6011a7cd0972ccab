/** Places in a list by the names of what lies there, so that looking for a name does not walk through all of it. */
export class NamedPlaces {
  readonly #places = new Map<string, number[]>();

  /** Notes what was put at the end of the list. */
  add(name: string, place: number): void {
    const own = this.#places.get(name);
    if (own === undefined) this.#places.set(name, [place]);
    else own.push(place);
  }

  /** Forgets the last place of a name, which was at the end of the list. */
  takeBack(name: string): void {
    const own = this.#places.get(name);
    own?.pop();
    if (own?.length === 0) this.#places.delete(name);
  }

  /** How many places have one of some names. */
  count(names: ReadonlySet<string>): number {
    let count = 0;
    for (const name of names) count += this.#places.get(name)?.length ?? 0;
    return count;
  }

  /** The places of names, ascending. */
  of(names: ReadonlySet<string>): readonly number[] {
    const found = [...names].flatMap((name) => this.#places.get(name) ?? []);
    return names.size > 1 ? found.sort((a, b) => a - b) : found;
  }
}
