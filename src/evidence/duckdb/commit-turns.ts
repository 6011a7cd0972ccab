/**
 * Lets the transactions of a store commit one at a time. The engine writes what it has to the file within a commit once its
 * write-ahead log has grown; what another transaction deletes and commits meanwhile is then both in the file and in the new
 * log, and after a crash the engine refuses that log (duckdb/duckdb#25395).
 */
export class CommitTurns {
  #last: Promise<unknown> = Promise.resolve();

  /** Commits when no other transaction does; fails as the commit does. */
  take<T>(commit: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(commit);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
