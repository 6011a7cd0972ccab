/** Whether memory stays flat once it has warmed up, told from readings that jump up and down with every collection. */
import { median } from '../../bench/table.mjs';

/** @typedef {{ atMs: number, bytes: number }} Reading */
/** @typedef {{ flat: boolean, quartersMib: number[], mibPerHour: number, grownMib: number, allowedMib: number }} Verdict */

const MIB = 1_048_576;
const HOUR_MS = 3_600_000;
/** Readings are gathered into so many medians before lines are drawn through them: enough, and quick. */
const POINTS = 120;
/** How much more memory the end may need than the time after the warm-up: a share of that, and at least so much. */
const ALLOWED_SHARE = 0.05;
const ALLOWED_MIB = 16;

/**
 * The slope through some points that a few wild ones do not move: the median of the slopes between all pairs
 * (Theil 1950, Sen 1968), in bytes a millisecond. NaN of fewer than two.
 * @param {readonly Reading[]} points
 */
export function robustSlope(points) {
  return median(
    points.flatMap((one, index) =>
      points
        .slice(index + 1)
        .flatMap((other) =>
          other.atMs > one.atMs ? [(other.bytes - one.bytes) / (other.atMs - one.atMs)] : [],
        ),
    ),
  );
}

/**
 * @param {readonly Reading[]} readings
 * @param {number} parts
 * @returns {Reading[][]}
 */
function inParts(readings, parts) {
  const length = readings.length / parts;
  return Array.from({ length: parts }, (_, part) =>
    readings.slice(Math.round(part * length), Math.round((part + 1) * length)),
  ).filter((part) => part.length > 0);
}

/** @param {readonly Reading[]} part */
const middleOf = (part) => ({
  atMs: median(part.map(({ atMs }) => atMs)),
  bytes: median(part.map(({ bytes }) => bytes)),
});

/**
 * Judges readings in the order of time. The first quarter is the warm-up; memory is flat when neither the slope over the
 * rest, carried over its length, nor the median of the last quarter against that of the second comes to more than is
 * allowed.
 * @param {readonly Reading[]} readings
 * @returns {Verdict}
 */
export function judgeMemory(readings) {
  const quarters = inParts(readings, 4).map(middleOf);
  const warm = readings.slice(Math.round(readings.length / 4));
  const slope = robustSlope(inParts(warm, POINTS).map(middleOf));
  const lengthMs = (warm.at(-1)?.atMs ?? Number.NaN) - (warm[0]?.atMs ?? Number.NaN);
  const [, second, , last] = quarters.map(({ bytes }) => bytes / MIB);
  const grownMib = Math.max((slope * lengthMs) / MIB, (last ?? Number.NaN) - (second ?? Number.NaN));
  const allowedMib = Math.max(ALLOWED_MIB, (second ?? Number.NaN) * ALLOWED_SHARE);
  return {
    // NaN, of too few readings, is not flat.
    flat: grownMib <= allowedMib,
    quartersMib: quarters.map(({ bytes }) => bytes / MIB),
    mibPerHour: (slope * HOUR_MS) / MIB,
    grownMib,
    allowedMib,
  };
}
