/** Hands what happens to whoever listens at the time; nobody is told of what was before. */
export class Feed<T> {
  readonly #listeners = new Set<(item: T) => void>();

  /** Tells everyone who listens, each of whom must neither throw nor block. */
  publish(item: T): void {
    for (const listener of this.#listeners) listener(item);
  }

  /** Adds a listener; answers the function that takes it away. */
  subscribe(listener: (item: T) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
