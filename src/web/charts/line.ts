/** What charts draw. */

/** One line: times in milliseconds since the epoch, rising, and values; null breaks the line. */
export interface Line {
  readonly name: string;
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
}
