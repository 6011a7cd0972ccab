/** The settings that bound what senders may send and open. */
import { integer, measured, type Setting } from './setting.js';

const KIB = 1_024;
const MIB = 1_024 * KIB;
const GIB = 1_024 * MIB;

/** Part of the table of all settings. */
export const limitSettings = {
  bodyBytes: measured('bytes', 'largest request body, in bytes', [KIB, GIB], 16 * MIB),
  decompressedBytes: measured(
    'bytes',
    'largest request body once decompressed, in bytes',
    [KIB, GIB],
    64 * MIB,
  ),
  inFlightBytes: measured(
    'bytes',
    'request bytes held at once before doors answer 503, in bytes',
    [KIB, 16 * GIB],
    256 * MIB,
  ),
  maxConnections: integer(
    'connections that may be open at once; further ones are answered 503 and closed',
    'N',
    1,
    1_000_000,
    2_000,
  ),
  maxConnectionsPerAddress: integer(
    'connections that one address may have open at once',
    'N',
    1,
    1_000_000,
    500,
  ),
  maxSeries: integer(
    'series that are recorded; samples of further ones are refused, all others taken',
    'N',
    1,
    100_000_000,
    1_000_000,
  ),
  maxServices: integer(
    'services that events may name; events that name further ones are refused, all others taken',
    'N',
    1,
    10_000_000,
    20_000,
  ),
  maxAlertNames: integer(
    'names of alerts that are taken; alerts with further ones are refused, all others taken',
    'N',
    1,
    10_000_000,
    20_000,
  ),
} as const satisfies Readonly<Record<string, Setting>>;
