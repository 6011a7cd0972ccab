import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadConfig, settings } from '../../src/config/index.js';

const load = (env: Record<string, string>) => loadConfig({ flags: {}, env }).config;

describe('a setting that is a size or a span', () => {
  it.each([
    ['GENCHI_BODY_BYTES', '64 MiB', 'bodyBytes', 64 * 1024 * 1024],
    ['GENCHI_BODY_BYTES', '64mb', 'bodyBytes', 64_000_000],
    ['GENCHI_BODY_BYTES', '1.5 KiB', 'bodyBytes', 1_536],
    ['GENCHI_BODY_BYTES', '4096', 'bodyBytes', 4_096],
    ['GENCHI_MEMORY_MIB', '2GiB', 'memoryMib', 2_048],
    ['GENCHI_MEMORY_MIB', '1GB', 'memoryMib', 953],
    ['GENCHI_MEMORY_MIB', '700', 'memoryMib', 700],
    ['GENCHI_SPARQL_TIMEOUT_MS', '15s', 'sparqlTimeoutMs', 15_000],
    ['GENCHI_BACKUP_EVERY_MS', '1h30m', 'backupEveryMs', 5_400_000],
    ['GENCHI_BACKUP_EVERY_MS', '0', 'backupEveryMs', 0],
    ['GENCHI_INCIDENT_WINDOW_MINUTES', '2h', 'incidentWindowMinutes', 120],
    ['GENCHI_RETENTION_EVENT_DAYS', '104w', 'retentionEventDays', 728],
  ] as const)('%s=%s is %s %d', (variable, text, name, value) => {
    expect(load({ [variable]: text })[name]).toBe(value);
  });

  it.each([
    ['GENCHI_BODY_BYTES', '64 M'],
    ['GENCHI_BODY_BYTES', '15m'],
    ['GENCHI_BODY_BYTES', '2 GiB'],
    ['GENCHI_BODY_BYTES', '-1 MiB'],
    ['GENCHI_BODY_BYTES', '1e9'],
    ['GENCHI_MEMORY_MIB', '1 kB'],
    ['GENCHI_SPARQL_TIMEOUT_MS', '5 MiB'],
    ['GENCHI_SPARQL_TIMEOUT_MS', '1 fortnight'],
    ['GENCHI_SPARQL_TIMEOUT_MS', '1constructor'],
    ['GENCHI_INCIDENT_WINDOW_MINUTES', '90s'],
    ['GENCHI_RETENTION_EVENT_DAYS', '36h'],
  ] as const)('%s=%s is refused with what is expected', (variable, text) => {
    expect(() => load({ [variable]: text })).toThrow(
      /from GENCHI_\w+: expected a whole number of \w+ from \d+ to \d+, or a (?:size|span) such as .*, got "/,
    );
  });

  it('is in the config file and in parts of settings what it is elsewhere', () => {
    const federation = { endpoints: [{ name: 'a', url: 'https://a.example/', timeoutMs: '15s' }] };
    const oidc = [{ issuer: 'https://idp.example', audience: 'genchi', clockToleranceS: '1m' }];
    const config = load({ GENCHI_FEDERATION: JSON.stringify(federation), GENCHI_OIDC: JSON.stringify(oidc) });
    expect(config.federation.endpoints[0]?.timeoutMs).toBe(15_000);
    expect(config.oidc[0]?.clockToleranceS).toBe(60);
  });

  it('means the same in every unit that it is a whole number of', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), (mebibytes) => {
        const { schema } = settings.bodyBytes;
        const bytes = mebibytes * 1024 * 1024;
        for (const text of [
          `${mebibytes} MiB`,
          `${mebibytes * 1024}KiB`,
          `${bytes} B`,
          `${bytes}`,
          `${mebibytes}mib`,
        ])
          expect(schema.parse(text)).toBe(bytes);
        const seconds = settings.retentionEveryMs.schema;
        expect(seconds.parse(`${mebibytes}m`)).toBe(seconds.parse(`${mebibytes * 60} s`));
      }),
      { numRuns: 50, seed: 7 },
    );
  });
});
