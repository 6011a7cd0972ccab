import { z } from 'zod';
import { accessSettings } from './access-settings.js';
import { federationSchema } from './federation.js';
import { limitSettings } from './limit-settings.js';
import { days, integer, measured, oneOf, type Setting, text, toggle } from './setting.js';
import { webhooksSchema } from './webhooks.js';

/** As URLs are compared and as IRIs may write them: `HTTP://A.example:80/x y/` is `http://a.example/x%20y`. */
const httpUrl = z
  .url({ protocol: /^https?$/ })
  .regex(/^[^?#@]*$/)
  .transform((url) => new URL(url).href.replace(/\/+$/, ''));

const origin = z.union([
  z.literal('*'),
  z.url({ protocol: /^https?$/ }).refine((url) => URL.canParse(url) && new URL(url).origin === url),
]);

/** A list in the config file or of repeated flags, or a text with commas in between. */
const list = z
  .union([z.array(z.string()), z.string().transform((text) => text.split(','))])
  .transform((items) => items.map((item) => item.trim()).filter((item) => item !== ''));

/**
 * Every setting, declared once. The name `logLevel` is the key of the config file, the flag `--log-level` and the
 * variable `GENCHI_LOG_LEVEL`; units are in the names.
 */
export const settings = {
  host: text('address to listen on', 'ADDRESS', '127.0.0.1'),
  port: integer('port to listen on; 0 takes any free one', 'PORT', 0, 65_535, 4600),
  data: text('folder of the evidence store', 'DIR', './genchi-data'),
  publicUrl: {
    schema: z.union([httpUrl, z.literal('')]),
    fallback: '',
    expected: 'an http or https URL without query',
    value: 'URL',
    help:
      'URL that receipts are named by, fixed when the data folder is made: another one is refused later, since links ' +
      'to evidence must not rot (default: what the folder was made with; for a fresh one http://HOST:PORT)',
  },
  corsOrigins: {
    schema: list.pipe(z.array(origin)),
    fallback: [],
    expected: 'origins such as https://grafana.example.com, without a path, or * for every one',
    value: 'ORIGIN',
    repeated: '--cors-origin',
    help: 'origin whose pages may read the answers of this server; may be repeated, * is every one (default: none)',
  },
  witnesses: {
    schema: list.pipe(z.array(z.string().regex(/^[^\s+]+\+[0-9a-f]{8}\+\S+$/))),
    fallback: [],
    expected: 'verifier keys of witnesses, NAME+ID+KEY, as C2SP has them in signed-note',
    value: 'KEY',
    repeated: '--witness',
    help: 'verifier key of a witness that may cosign checkpoints of the log; may be repeated (default: none)',
  },
  ...accessSettings,
  logLevel: oneOf(
    'least severe log line to write',
    ['trace', 'debug', 'info', 'warn', 'error', 'silent'],
    'info',
  ),
  logFormat: oneOf(
    'how log lines are written: auto is text on a terminal, else json',
    ['auto', 'json', 'text'],
    'auto',
  ),
  memoryMib: measured('mebibytes', 'memory of the evidence store, in MiB', [64, 1_048_576], 512),
  threads: integer('threads of the evidence store', 'N', 1, 256, 2),
  checkpointMib: measured(
    'mebibytes',
    'how large the write-ahead log grows before it is folded into the store, in MiB: a large one makes commits even ' +
      'and a start after a crash longer',
    [1, 4_096],
    64,
  ),
  compactionEveryMs: measured(
    'milliseconds',
    'how often old samples are looked for to sort into parts, in milliseconds',
    [10, 86_400_000],
    60_000,
  ),
  evaluationEveryMs: measured(
    'milliseconds',
    'how often health, SLOs and recommendations are evaluated again, in milliseconds',
    [100, 86_400_000],
    30_000,
  ),
  minuteGraceMs: measured(
    'milliseconds',
    'how long after its end a minute stays open for receipts that are on their way, in milliseconds',
    [2_000, 3_600_000],
    30_000,
  ),
  retentionSampleDays: days('samples stay in the store before they go to the archive', 30),
  retentionMinuteDays: days('roll-ups by the minute are kept', 90),
  retentionHourDays: days('roll-ups by the hour are kept', 730),
  retentionReadingDays: days(
    'queue readings, completed tasks and log volumes stay in the store before they go to the archive',
    90,
  ),
  retentionEventDays: days('other events stay in the store before they go to the archive', 730),
  retentionEveryMs: measured(
    'milliseconds',
    'how often is looked for evidence that is older than it is kept, in milliseconds',
    [10, 86_400_000],
    600_000,
  ),
  backupDir: {
    schema: z.string().trim(),
    fallback: '',
    expected: 'a folder',
    value: 'DIR',
    help: 'folder that a running server writes backups to, better on another disk (default: backups in the data folder)',
  },
  backupEveryMs: measured(
    'milliseconds',
    'how often a backup is made unasked, in milliseconds; 0 is never',
    [0, 2_592_000_000],
    0,
  ),
  backupKeep: integer(
    'backups that stay in that folder; older ones are removed, 0 keeps all',
    'N',
    0,
    10_000,
    7,
  ),
  sparqlWorkers: integer(
    'SPARQL queries that run at once; one client gets at most half of them',
    'N',
    1,
    64,
    4,
  ),
  sparqlTimeoutMs: measured(
    'milliseconds',
    'deadline of a SPARQL query, in milliseconds',
    [10, 3_600_000],
    30_000,
  ),
  sparqlMaxReceipts: integer('receipts that one SPARQL query may touch', 'N', 1, 10_000_000, 100_000),
  queries: {
    schema: z.string().trim(),
    fallback: '',
    expected: 'a folder',
    value: 'DIR',
    help: 'folder of query packs of your own, beside those that come with Genchi',
  },
  federation: {
    schema: federationSchema,
    fallback: { endpoints: [] },
    expected: 'endpoints, each with name, url, and maybe headers and timeoutMs',
    value: 'JSON',
    help: `SPARQL endpoints that queries may ask by SERVICE; headers may refer to the environment as \${NAME}, and to files with secrets as \${file:PATH}`,
  },
  webhooks: {
    schema: webhooksSchema,
    fallback: [],
    expected: 'a list of webhooks, each with name, url, and maybe headers, secret, events and timeoutMs',
    value: 'JSON',
    help: `who is told of incidents by HTTP; headers and the secret may refer to the environment as \${NAME}, and to files as \${file:PATH}`,
  },
  runbooks: {
    schema: z.string().trim(),
    fallback: '',
    expected: 'a folder',
    value: 'DIR',
    help: 'folder of runbooks of your own, beside those that come with Genchi; read again when it changes',
  },
  signals: {
    schema: z.string().trim(),
    fallback: '',
    expected: 'a file',
    value: 'FILE',
    help: 'file of signals of your own, which say what metrics tell of the pillars, before those that come with Genchi',
  },
  slos: {
    schema: z.string().trim(),
    fallback: '',
    expected: 'a folder',
    value: 'DIR',
    help: 'folder of service level objectives, YAML by field or OpenSLO v1; read again when it changes',
  },
  postmortemTemplate: {
    schema: z.string().trim(),
    fallback: '',
    expected: 'a file',
    value: 'FILE',
    help: 'template of post-mortems of your own, Markdown with Mustache; see templates/postmortem.md.mustache',
  },
  reviewTemplate: {
    schema: z.string().trim(),
    fallback: '',
    expected: 'a file',
    value: 'FILE',
    help: 'template of weekly reviews of your own, Markdown with Mustache; see templates/review.md.mustache',
  },
  ...limitSettings,
  incidentWindowMinutes: measured('minutes', 'how far back an analysis looks, in minutes', [1, 10_080], 30),
  metricsServices: integer(
    'services that have series of their own at /metrics; genchi_services_left_out counts the others',
    'N',
    1,
    100_000,
    1_000,
  ),
  graphqlPersistedOperations: {
    schema: z.string().trim(),
    fallback: '',
    expected: 'a file',
    value: 'FILE',
    help: 'JSON file with GraphQL operations by their ids, which clients may name by documentId instead of sending them',
  },
  graphqlPersistedOnly: toggle('refuse GraphQL operations that are not in that file', false),
  graphqlSubscribers: integer(
    'clients that may listen to GraphQL subscriptions at once',
    'N',
    0,
    10_000,
    100,
  ),
  graphiql: {
    schema: z.union([z.literal('auto'), toggle('', true).schema]),
    fallback: 'auto',
    expected: 'auto, true or false',
    value: 'auto|true|false',
    help: 'serve GraphiQL to browsers at /graphql: auto is where those who ask need not say who they are',
  },
} as const satisfies Readonly<Record<string, Setting>>;

/** The name of a setting. */
export type SettingName = keyof typeof settings;

/** The settings of a server, checked. */
export type Config = { readonly [N in SettingName]: z.output<(typeof settings)[N]['schema']> };

/** Every setting's name, in the order of the table. */
export const settingNames = Object.keys(settings) as readonly SettingName[];

/** Makes one thing for each setting. */
export function eachSetting<T>(make: (name: SettingName) => T): Readonly<Record<SettingName, T>> {
  const made = settingNames.map((name) => [name, make(name)] as const);
  // TypeScript does not follow names through Object.fromEntries; they are those of the table by construction.
  return Object.fromEntries(made) as Record<SettingName, T>;
}

/** The flag of a setting: `--log-level`. */
export function flagOf(name: SettingName): string {
  const setting: Setting = settings[name];
  if (setting.repeated !== undefined) return setting.repeated;
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The environment variable of a setting: `GENCHI_LOG_LEVEL`. */
export function variableOf(name: SettingName): string {
  return `GENCHI_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
