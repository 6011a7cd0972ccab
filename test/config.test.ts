import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  ConfigError,
  type ConfigSources,
  flagOf,
  isLoopback,
  loadConfig,
  printConfig,
  resolveSecrets,
  settingNames,
  settings,
  variableOf,
  withDefaults,
} from '../src/config/index.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'genchi-config-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(text: string): string {
  const path = join(folder, `${Math.abs(hash(text))}.yaml`);
  writeFileSync(path, text);
  return path;
}

function hash(text: string): number {
  return [...text].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) | 0, 7);
}

function load(sources: Partial<ConfigSources>) {
  return loadConfig({ flags: {}, env: {}, ...sources });
}

/** The one line that a load fails with. */
function lineOf(sources: Partial<ConfigSources>): string {
  try {
    load(sources);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'it was taken';
}

describe('precedence', () => {
  it('takes a flag before the environment, that before the file, that before the default', () => {
    const env = { GENCHI_PORT: '2', GENCHI_LOG_LEVEL: 'warn' };
    const path = file('port: 1\nlogLevel: error\nthreads: 7\n');
    const { config, origins } = load({ flags: { port: '3' }, env, file: path });
    expect(config).toMatchObject({ port: 3, logLevel: 'warn', threads: 7, host: '127.0.0.1' });
    expect(origins).toMatchObject({
      port: '--port',
      logLevel: 'GENCHI_LOG_LEVEL',
      threads: path,
      host: 'default',
    });
  });

  it('takes every setting from its flag, its variable and its key alike', () => {
    const given = {
      host: '127.0.0.2',
      port: '17',
      data: '/var/lib/genchi',
      publicUrl: 'https://genchi.example.com/base',
      corsOrigins: 'https://grafana.example.com, http://localhost:3000',
      witnesses: 'witness.example.com+8d66cf3f+BDpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
      auth: 'required',
      redaction: '{"rules":[{"name":"badge","pattern":"B-[0-9]{6}"}]}',
      tlsCert: '/etc/genchi/tls.crt',
      tlsKey: '/etc/genchi/tls.key',
      tlsClientCa: '/etc/genchi/clients.pem',
      caFile: '/etc/genchi/ca.pem',
      oidc: '[{"issuer":"https://idp.example","audience":"genchi"}]',
      basicAuth: JSON.stringify([
        { name: 'prometheus', passwordHash: `$2b$10$${'a'.repeat(53)}`, scopes: ['ingest'] },
      ]),
      insecure: 'true',
      logLevel: 'debug',
      logFormat: 'json',
      memoryMib: '128',
      threads: '3',
      checkpointMib: '32',
      compactionEveryMs: '5000',
      evaluationEveryMs: '15000',
      minuteGraceMs: '20000',
      retentionSampleDays: '14',
      retentionMinuteDays: '60',
      retentionHourDays: '400',
      retentionReadingDays: '20',
      retentionEventDays: '0',
      retentionEveryMs: '90000',
      backupDir: '/backups',
      backupEveryMs: '86400000',
      backupKeep: '3',
      sparqlWorkers: '5',
      sparqlTimeoutMs: '1234',
      sparqlMaxReceipts: '99',
      queries: '/etc/genchi/queries',
      runbooks: '/srv/runbooks',
      signals: '/etc/genchi/signals.yaml',
      slos: '/etc/genchi/slos',
      postmortemTemplate: '/etc/genchi/postmortem.md',
      reviewTemplate: '/etc/genchi/review.md',
      federation: '{"endpoints":[{"name":"emea","url":"https://emea.example/sparql"}]}',
      webhooks: '[{"name":"pager","url":"https://pager.example/"}]',
      bodyBytes: '2048',
      decompressedBytes: '4096',
      inFlightBytes: '8192',
      maxConnections: '50',
      maxConnectionsPerAddress: '20',
      maxSeries: '5000',
      maxServices: '300',
      maxAlertNames: '400',
      incidentWindowMinutes: '45',
      metricsServices: '40',
      graphqlPersistedOperations: '/etc/genchi/operations.json',
      graphqlPersistedOnly: 'true',
      graphqlSubscribers: '7',
      graphiql: 'false',
    } as const;
    expect(Object.keys(given).sort()).toEqual([...settingNames].sort());
    const env = Object.fromEntries(settingNames.map((name) => [variableOf(name), given[name]]));
    const fromEnv = load({ env }).config;
    expect(load({ flags: given }).config).toEqual(fromEnv);
    expect(load({ file: file(JSON.stringify(given)) }).config).toEqual(fromEnv);
    expect(fromEnv).not.toEqual(withDefaults({}));
    for (const name of settingNames) expect(fromEnv[name], name).not.toEqual(settings[name].fallback);
  });

  it('names flags and variables after the key', () => {
    expect([flagOf('sparqlTimeoutMs'), variableOf('sparqlTimeoutMs')]).toEqual([
      '--sparql-timeout-ms',
      'GENCHI_SPARQL_TIMEOUT_MS',
    ]);
  });

  it('reads the file that GENCHI_CONFIG names, and a flag names another before it', () => {
    const [one, two] = [file('port: 11\n'), file('port: 12\n')];
    expect(load({ env: { GENCHI_CONFIG: one } }).config.port).toBe(11);
    expect(load({ env: { GENCHI_CONFIG: one }, file: two }).config.port).toBe(12);
  });

  it('takes a list from repeated flags, from a list in the file, and from a text with commas', () => {
    const corsOrigins = ['https://a.example', 'http://b.example:3000'];
    const sources = [
      { flags: { corsOrigins } },
      { file: file(`corsOrigins: ${JSON.stringify(corsOrigins)}\n`) },
      { env: { GENCHI_CORS_ORIGINS: 'https://a.example,http://b.example:3000' } },
    ];
    for (const source of sources) expect(load(source).config.corsOrigins).toEqual(corsOrigins);
    expect(load({ flags: { corsOrigins: ['*'] } }).config.corsOrigins).toEqual(['*']);
    expect(flagOf('corsOrigins')).toBe('--cors-origin');
  });

  it('writes a public URL as IRIs do', () => {
    const { config } = load({ flags: { publicUrl: 'HTTPS://Genchi.example.com:443/a b/' } });
    expect(config.publicUrl).toBe('https://genchi.example.com/a%20b');
  });

  it('treats an empty variable as unset', () => {
    expect(load({ env: { GENCHI_PORT: '' } }).config.port).toBe(4600);
  });

  it('prints settings that load to the same settings', () => {
    const loaded = load({
      env: {
        GENCHI_PUBLIC_URL: 'http://x.example/',
        GENCHI_GRAPHIQL: 'false',
        GENCHI_CORS_ORIGINS: `http://${'x'.repeat(90)}.example,http://b`,
      },
    });
    expect(load({ file: file(printConfig(loaded)) }).config).toEqual(loaded.config);
    expect(parse(printConfig(loaded))).toEqual(loaded.config);
    expect(printConfig(loaded)).toContain('graphiql: false # GENCHI_GRAPHIQL\n');
  });
});

describe('a bad setting is one line that says which, from where, and what was expected', () => {
  it.each([
    [{ flags: { port: 'abc' } }, 'port from --port: expected a whole number from 0 to 65535, got "abc"'],
    [
      { env: { GENCHI_PORT: '65536' } },
      'port from GENCHI_PORT: expected a whole number from 0 to 65535, got "65536"',
    ],
    [
      { env: { GENCHI_THREADS: '1.5' } },
      'threads from GENCHI_THREADS: expected a whole number from 1 to 256, got "1.5"',
    ],
    [
      { env: { GENCHI_LOG_LEVEL: 'loud' } },
      'logLevel from GENCHI_LOG_LEVEL: expected one of trace, debug, info, warn, error, silent, got "loud"',
    ],
    [
      { env: { GENCHI_GRAPHIQL: 'maybe' } },
      'graphiql from GENCHI_GRAPHIQL: expected auto, true or false, got "maybe"',
    ],
    [
      { flags: { publicUrl: 'ftp://x' } },
      'publicUrl from --public-url: expected an http or https URL without query, got "ftp://x"',
    ],
    ...['https://a.example/', 'https://a.example/page', 'a.example', 'null', 'https://A.example'].map(
      (corsOrigins) =>
        [
          { flags: { corsOrigins } },
          'corsOrigins from --cors-origin: expected origins such as https://grafana.example.com, without a path, ' +
            `or * for every one, got "${corsOrigins}"`,
        ] as const,
    ),
    [
      { flags: { publicUrl: 'https://me:secret@x.example' } },
      'publicUrl from --public-url: expected an http or https URL without query, got "https://me:secret@x.example"',
    ],
    [
      { flags: { port: '-1', threads: '0' } },
      'port from --port: expected a whole number from 0 to 65535, got "-1"; ' +
        'threads from --threads: expected a whole number from 1 to 256, got "0"',
    ],
  ] as const)('%j', (sources, line) => {
    expect(lineOf(sources)).toBe(line);
  });

  it.each([
    ['port: [1]', /^port from .*\.yaml: expected a whole number from 0 to 65535, got \[1\]$/],
    ['log-level: info', /^config file .*\.yaml: unknown setting log-level; did you mean logLevel\?$/],
    ['colour: red', /^config file .*\.yaml: unknown setting colour$/],
    ['- port', /^config file .*\.yaml: expected settings as "name: value" lines$/],
    ['port: {', /^config file .*\.yaml: [^\n]+ at line 1, column \d+$/],
    ['port: 1\nport: 2', /^config file .*\.yaml: Map keys must be unique at line 2, column 1$/],
    ['a: &a [x]\nb: *a', /^config file .*\.yaml: aliases are not taken$/],
  ])('in a file: %j', (text, line) => {
    expect(lineOf({ file: file(text) })).toMatch(line);
  });

  it('says so when a named file is not there', () => {
    expect(lineOf({ file: join(folder, 'none.yaml') })).toMatch(
      /^config file .*none\.yaml: there is no such file$/,
    );
  });

  it('warns of variables that mean nothing', () => {
    const env = { GENCHI_PROT: '1', GENCHI_URL: 'http://x', OTHER: '1' };
    expect(load({ env }).warnings).toEqual(['GENCHI_PROT is set but is no setting of Genchi']);
  });
});

describe('bytes under way', () => {
  it('must have room for one body, which would else be put off for ever', () => {
    const flags = { inFlightBytes: '2048', bodyBytes: '4096' };
    expect(() => load({ flags })).toThrow(
      /^inFlightBytes from --in-flight-bytes: expected at least the 4096 of bodyBytes .*, got 2048$/,
    );
    expect(load({ flags: { ...flags, bodyBytes: '2048' } }).config.inFlightBytes).toBe(2048);
  });
});

describe('how long evidence is kept', () => {
  it('is longer for what is coarser, and for good where it is 0', () => {
    expect(() => load({ flags: { retentionSampleDays: '100' } })).toThrow(
      /^retentionMinuteDays from default: expected at least the 100 days of retentionSampleDays .*, got 90$/,
    );
    expect(() => load({ flags: { retentionMinuteDays: '0' } })).toThrow(/^retentionHourDays from default/);
    const flags = { retentionSampleDays: '100', retentionMinuteDays: '0', retentionHourDays: '0' };
    expect(load({ flags }).config.retentionHourDays).toBe(0);
  });
});

describe('an address that others reach', () => {
  it('is refused unless --insecure is said', () => {
    expect(lineOf({ env: { GENCHI_HOST: '0.0.0.0' } })).toMatch(
      /^host from GENCHI_HOST: 0\.0\.0\.0 can be reached from other machines .*--insecure$/,
    );
    expect(load({ flags: { host: '0.0.0.0', insecure: true } }).config.host).toBe('0.0.0.0');
  });

  it.each([
    ['127.0.0.1', true],
    ['127.9.9.9', true],
    ['::1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['::', false],
    ['127.example.com', false],
    ['genchi.example.com', false],
  ])('%s stays on this machine: %s', (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });
});

describe('federation endpoints', () => {
  const one = { name: 'emea', url: 'https://emea.example/sparql' };

  it('are taken from YAML with their defaults, and keep references to the environment until they are used', () => {
    const path = file(
      'federation:\n  endpoints:\n    - name: emea\n      url: https://emea.example/sparql\n' +
        `      headers: { Authorization: "Bearer \${EMEA_TOKEN}" }\n`,
    );
    const env = { EMEA_TOKEN: 's3cret' };
    const loaded = load({ file: path, env });
    const { endpoints } = loaded.config.federation;
    expect(endpoints).toEqual([
      { ...one, headers: { Authorization: `Bearer \${EMEA_TOKEN}` }, timeoutMs: 10_000 },
    ]);
    expect(resolveSecrets(endpoints, env)[0]?.headers).toEqual({ Authorization: 'Bearer s3cret' });
    expect(load({ file: file(printConfig(loaded)), env }).config).toEqual(loaded.config);
  });

  it('are never printed with a header that stands in the file word for word', () => {
    const federation = { endpoints: [{ ...one, headers: { Authorization: 'Bearer s3cret' } }] };
    const printed = printConfig(load({ env: { GENCHI_FEDERATION: JSON.stringify(federation) } }));
    expect(printed).not.toContain('s3cret');
    expect(printed).toContain('Authorization');
  });

  it.each([
    [[{ ...one, url: 'ftp://x/' }], 'federation.endpoints[0].url from FILE: expected an http or https URL'],
    [
      [{ ...one, url: 'https://u:p@x/' }],
      'federation.endpoints[0].url from FILE: expected an http or https URL without credentials, which belong into headers',
    ],
    [[{ url: one.url }], 'federation.endpoints[0].name from FILE: expected a name'],
    [[one, { ...one, name: 'b' }], 'federation.endpoints[1].url from FILE: expected each url once'],
    [
      [{ ...one, timeoutMs: 0 }],
      'federation.endpoints[0].timeoutMs from FILE: expected a whole number of milliseconds from 1 to 600000, or a span ' +
        'such as 90s, 15m, 12h or 30d',
    ],
    [
      [{ ...one, header: {} }],
      'federation.endpoints[0] from FILE: unknown header; expected an endpoint with name, url, headers and timeoutMs',
    ],
    [
      [{ ...one, headers: { authorization: 'a\nb' } }],
      'federation.endpoints[0].headers.authorization from FILE: expected a text of printable ASCII',
    ],
    [
      [{ ...one, headers: { authorization: `Bearer \${NOT_SET}` } }],
      'federation.endpoints[0].headers.authorization from FILE: expected the environment variable NOT_SET to be set',
    ],
    ['x', 'federation.endpoints from FILE: expected a list of endpoints'],
  ])('%j: the line names the field', (endpoints, line) => {
    const path = file(JSON.stringify({ federation: { endpoints } }));
    expect(lineOf({ file: path }).replace(path, 'FILE')).toBe(line);
  });

  it('are no reason to print the value of a setting that cannot be read', () => {
    expect(lineOf({ env: { GENCHI_FEDERATION: 'Bearer s3cret' } })).toBe(
      'federation from GENCHI_FEDERATION: expected endpoints, each with name, url, and maybe headers and timeoutMs',
    );
  });

  it('may refer to variables that begin like settings', () => {
    const federation = { endpoints: [{ ...one, headers: { authorization: `\${GENCHI_EMEA}` } }] };
    const env = { GENCHI_FEDERATION: JSON.stringify(federation), GENCHI_EMEA: 'x' };
    expect(load({ env }).warnings).toEqual([]);
  });
});

describe('webhooks', () => {
  const one = { name: 'pager', url: 'https://pager.example/in' };
  const secret = `\${PAGER_SECRET}`;
  const loadWith = (webhooks: unknown, env = {}) =>
    load({ env: { GENCHI_WEBHOOKS: JSON.stringify(webhooks), ...env } });

  it('have defaults, and secrets from the environment that are never printed', () => {
    const given = [{ ...one, secret, headers: { authorization: 'Bearer s3cret' } }];
    const loaded = loadWith(given, { PAGER_SECRET: 'hush' });
    expect(loaded.config.webhooks).toMatchObject([{ timeoutMs: 10_000, secret }]);
    expect(loaded.config.webhooks[0]?.events).toContain('opened');
    expect(resolveSecrets(loaded.config.webhooks, { PAGER_SECRET: 'hush' })[0]?.secret).toBe('hush');
    expect(printConfig(loaded)).not.toMatch(/hush|s3cret/);
    expect(printConfig(loadWith([{ ...one, secret: 'word-for-word' }]))).not.toContain('word-for-word');
  });

  it('take secrets from files, which have to hold one line, and print what refers to them and nothing beside', () => {
    const path = file('from-a-file\n');
    const from = `\${file:${path}}`;
    const given = [
      { ...one, secret: from, headers: { authorization: `Bearer ${from}`, 'x-key': `half-${secret}` } },
    ];
    const loaded = loadWith(given, { PAGER_SECRET: 'hush' });
    const [resolved] = resolveSecrets(loaded.config.webhooks, { PAGER_SECRET: 'hush' });
    expect(resolved).toMatchObject({
      secret: 'from-a-file',
      headers: { authorization: 'Bearer from-a-file', 'x-key': 'half-hush' },
    });
    const printed = printConfig(loaded);
    expect(printed).toContain(`"authorization":"Bearer ${from}"`);
    expect(printed).toContain(`"x-key":"(not shown)${secret}"`);
    expect(printed).not.toMatch(/half-|hush|from-a-file/);
    for (const broken of [`${path}.gone`, file('two\nlines'), file('')]) {
      expect(() => loadWith([{ ...one, secret: `\${file:${broken}}` }])).toThrow(
        `webhooks[0].secret from GENCHI_WEBHOOKS: expected the file ${broken} to hold one line, the secret`,
      );
    }
  });

  it.each([
    [[one, one], 'webhooks[1].name from GENCHI_WEBHOOKS: expected each name once'],
    [
      [{ ...one, events: ['closed'] }],
      'webhooks[0].events[0] from GENCHI_WEBHOOKS: expected one of opened, changed',
    ],
    [[{ ...one, url: 'ftp://x' }], 'webhooks[0].url from GENCHI_WEBHOOKS: expected an http or https URL'],
    [
      [{ ...one, secret }],
      'webhooks[0].secret from GENCHI_WEBHOOKS: expected the environment variable PAGER_SECRET to be set',
    ],
  ])('are refused by their field: %j', (webhooks, message) => {
    expect(() => loadWith(webhooks)).toThrow(message);
  });
});
