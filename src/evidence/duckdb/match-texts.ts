import type { DuckDBConnection } from '@duckdb/node-api';
import type { TextMatch } from '../store.js';

/** Kept for what is asked again and again: which labels a pattern matches never changes. */
const MOST_KEPT = 100_000;

/** Answers whether RE2 expressions match whole texts; those that are no expressions match nothing. */
export class TextMatcher {
  readonly #known = new Map<string, boolean>();

  /** The answers in the order asked; one statement for all that were not asked before. */
  async match(
    asked: readonly TextMatch[],
    read: <T>(work: (connection: DuckDBConnection) => Promise<T>) => Promise<T>,
  ): Promise<readonly boolean[]> {
    const keyOf = ({ pattern, text }: TextMatch): string => `${pattern}\0${text}`;
    const news = asked.filter((one) => !this.#known.has(keyOf(one)));
    const answers = new Map<string, boolean>();
    if (news.length > 0) {
      const rows = await read(async (connection) => {
        const reader = await connection.runAndReadAll(
          `SELECT coalesce(TRY(regexp_full_match(row.text, row.pattern)), false)
           FROM (SELECT unnest(from_json($asked, '[{"pattern":"VARCHAR","text":"VARCHAR"}]')) AS row)`,
          { asked: JSON.stringify(news) },
        );
        return reader.getRows();
      });
      for (const [place, one] of news.entries()) answers.set(keyOf(one), rows[place]?.[0] === true);
    }
    const found = asked.map((one) => answers.get(keyOf(one)) ?? this.#known.get(keyOf(one)) === true);
    if (this.#known.size + answers.size > MOST_KEPT) this.#known.clear();
    for (const [key, matches] of answers) this.#known.set(key, matches);
    return found;
  }
}
