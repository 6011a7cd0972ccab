/** Counts in the store of a stopped server, beside everything that the server itself would say. */
import { DuckDBInstance } from '@duckdb/node-api';

/**
 * Counts the rows of the store of a stopped server, those in parts, and those that say the same fact as another one; RDF, a set, would
 * not show them.
 * @param {string} file
 * @returns {Promise<{ events: number, repeatedEvents: number, samples: number, repeatedSamples: number, sortedSamples: number, parts: number }>}
 */
export async function countRows(file) {
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  const row = async (/** @type {string} */ sql) =>
    (await connection.runAndReadAll(sql)).getRows()[0]?.map(Number) ?? [];
  const [events = 0, distinctEvents = 0] = await row('SELECT count(*), count(DISTINCT id) FROM event');
  const [samples = 0, distinctSamples = 0] = await row(
    'SELECT count(*), count(DISTINCT (series, "at")) FROM samples',
  );
  const [sortedSamples = 0, parts = 0] = await row(
    'SELECT (SELECT count(*) FROM sorted_sample), (SELECT coalesce(max(number), 0) FROM part)',
  );
  connection.closeSync();
  instance.closeSync();
  return {
    events,
    repeatedEvents: events - distinctEvents,
    samples,
    repeatedSamples: samples - distinctSamples,
    sortedSamples,
    parts,
  };
}
