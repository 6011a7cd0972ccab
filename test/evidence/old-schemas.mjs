/** The tables of data folders that older versions made. */

/**
 * What each version added, as its code wrote it then: never to be changed.
 * @type {Readonly<Record<number, string>>}
 */
export const SCHEMA_STEPS = {
  1: `
    CREATE TABLE meta (key VARCHAR, value VARCHAR);
    CREATE TABLE batch (number UINTEGER, committedAt BIGINT, events UINTEGER, samples UINTEGER);
    CREATE TABLE series (
      ref UINTEGER, key VARCHAR, metric VARCHAR, service VARCHAR, component VARCHAR, labels VARCHAR
    );
    CREATE TABLE sample (series UINTEGER, "at" BIGINT, value DOUBLE, batch UINTEGER);
    CREATE TABLE event (
      batch UINTEGER, kind VARCHAR, id VARCHAR, "at" BIGINT, "receivedAt" BIGINT, door VARCHAR, service VARCHAR,
      labels VARCHAR, component VARCHAR, reason VARCHAR
    );`,
  2: `
    CREATE TABLE sorted_sample (series UINTEGER, "at" BIGINT, value DOUBLE);
    CREATE TABLE part (number UINTEGER, "from" BIGINT, until BIGINT, samples UBIGINT, "committedAt" BIGINT);
    CREATE VIEW samples AS
      SELECT series, "at", value FROM sample UNION ALL SELECT series, "at", value FROM sorted_sample;`,
  3: 'CREATE TABLE removal (kinds VARCHAR[], "from" BIGINT, until BIGINT, rule VARCHAR, "removedAt" BIGINT);',
  4: `
    CREATE TABLE archive (
      file VARCHAR, kind VARCHAR, "from" BIGINT, until BIGINT, "firstAt" BIGINT, "lastAt" BIGINT, receipts UBIGINT,
      bytes UBIGINT, sha256 VARCHAR, rule VARCHAR, "archivedAt" BIGINT
    );
    CREATE TABLE rollup_minute (series UINTEGER, "at" BIGINT, samples UINTEGER, total DOUBLE, least DOUBLE, most DOUBLE,
      latest DOUBLE, "latestAfterMs" UINTEGER, increases UINTEGER, increase DOUBLE, "leastIncrease" DOUBLE,
      "mostIncrease" DOUBLE, "latestIncrease" DOUBLE);
    CREATE TABLE rollup_hour (series UINTEGER, "at" BIGINT, samples UINTEGER, total DOUBLE, least DOUBLE, most DOUBLE,
      latest DOUBLE, "latestAfterMs" UINTEGER, increases UINTEGER, increase DOUBLE, "leastIncrease" DOUBLE,
      "mostIncrease" DOUBLE, "latestIncrease" DOUBLE);
    CREATE VIEW rollup AS SELECT 60000 AS "spanMs", * FROM rollup_minute
      UNION ALL SELECT 3600000 AS "spanMs", * FROM rollup_hour;`,
};

/**
 * The statements that make the tables of a version.
 * @param {number} version
 */
export function schemaOf(version) {
  return Object.entries(SCHEMA_STEPS)
    .flatMap(([number, step]) => (Number(number) <= version ? [step] : []))
    .join('\n');
}
