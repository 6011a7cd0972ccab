import { Command } from 'commander';
import { z } from 'zod';
import { type Config, type LoadedConfig, settingNames } from '../../config/index.js';
import { GenchiError, type Instant, instantOf } from '../../model/index.js';
import { fetchTrusting } from '../../outgoing/index.js';
import { urlOption } from '../client.js';
import { fetchOf } from '../credentials.js';
import { CliError, EXIT_HELP } from '../exit.js';
import type { Outside } from '../outside.js';
import { addSettings, settingsOf } from '../settings-options.js';
import { formatTable } from '../table.js';
import { type Finding, saysOf, whyOf } from './finding.js';
import { checkFolder, checkKey, checkSpace, checkTokens } from './folder-checks.js';
import { type Asking, checkOutgoing, checkSender, checkServer } from './reach-checks.js';
import { checkLog, checkStore } from './store-checks.js';
import { checkAuthorities, checkCertificate } from './tls-checks.js';

/** The oldest Node that Genchi runs on, as package.json says. */
const OLDEST_NODE = [20, 19] as const;

const optionsShape = z.looseObject({
  url: z.string(),
  json: z.boolean().optional(),
  prometheus: z.string().optional(),
  alertmanager: z.string().optional(),
});

function checkNode(version: string): Finding {
  const says = saysOf('Node');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldest, oldestMinor] = OLDEST_NODE;
  if (major > oldest || (major === oldest && minor >= oldestMinor)) return says.good(version);
  return says.bad(`${version} is too old`, `use Node ${OLDEST_NODE.join('.')} or later`);
}

function settingsFinding({ origins, warnings }: LoadedConfig): Finding {
  const says = saysOf('settings');
  const given = settingNames.filter((name) => origins[name] !== 'default');
  const from = [...new Set(given.map((name) => origins[name]))].slice(0, 10).join(', ');
  const found = given.length === 0 ? 'all by default' : `${given.length} given, by ${from}`;
  if (warnings.length === 0) return says.good(found);
  return says.warning(
    warnings.join('; '),
    'unset it, or mend its name; genchi config check prints what is in force',
  );
}

/** Where the server of the settings listens, as this machine reaches it. */
function urlOf({ host, port, tlsCert }: Config): string {
  const near = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host;
  return `${tlsCert === '' ? 'http' : 'https'}://${near.includes(':') && !near.startsWith('[') ? `[${near}]` : near}:${port}`;
}

async function findings(
  self: Command,
  outside: Outside,
  { config }: LoadedConfig,
): Promise<readonly Finding[]> {
  const options = optionsShape.parse(self.opts());
  const clock = (): Instant => instantOf(Date.now());
  const at = clock();
  const { data } = config;
  const folder = await checkFolder(data);
  const key = await checkKey(data);
  const { look, findings: ofStore } = await checkStore(data, at);
  const isNamed = self.getOptionValueSource('url') === 'cli' || (outside.env.GENCHI_URL ?? '') !== '';
  const authorities = checkAuthorities(config);
  const { env } = outside;
  const trusting = authorities.state === 'good' ? fetchTrusting(config.caFile) : outside.fetch;
  const asking: Asking = { fetch: trusting, env, clock };
  const toServer: Asking = { ...asking, fetch: fetchOf(self, outside) };
  const server = isNamed ? options.url.replace(/\/+$/, '') : urlOf(config);
  const expected = isNamed ? 'named' : look.state === 'in-use' ? 'on the folder' : 'none';
  return [
    folder,
    await checkSpace(data, look.state === 'readable' ? look.bytes : 0),
    ...ofStore,
    key,
    key.state === 'bad' ? saysOf('log').skipped('its key cannot be used, see above') : await checkLog(data),
    await checkTokens(data, at),
    await checkCertificate(config, at),
    authorities,
    await checkServer(server, expected, toServer),
    ...(await checkOutgoing(config, asking)),
    ...(options.prometheus === undefined
      ? []
      : [await checkSender('prometheus', options.prometheus, asking)]),
    ...(options.alertmanager === undefined
      ? []
      : [await checkSender('alertmanager', options.alertmanager, asking)]),
  ];
}

const MARKS = { good: 'ok', warning: 'warning', bad: 'BAD', skipped: '-' } as const;

function tell(all: readonly Finding[], isJson: boolean, { out }: Outside): void {
  if (isJson) return void out.write(`${JSON.stringify(all, undefined, 2)}\n`);
  const rows = all.map(({ check, state, found }) => [MARKS[state], check, found]);
  out.write(formatTable({ columns: ['', 'check', 'found'], rows }));
  const mends = all.flatMap(({ check, mend }) => (mend === undefined ? [] : [`  ${check}: ${mend}\n`]));
  if (mends.length > 0) out.write(`\nTo mend:\n${mends.join('')}`);
}

/** The settings; undefined, and told, when they are not good: then nothing else can be looked at. */
function settingsIn(self: Command, { env }: Outside): LoadedConfig | Finding {
  try {
    return settingsOf(self, env);
  } catch (error) {
    if (!(error instanceof GenchiError)) throw error;
    return saysOf('settings').bad(whyOf(error), 'genchi serve --help lists the settings with what they take');
  }
}

async function run(self: Command, outside: Outside): Promise<void> {
  const loaded = settingsIn(self, outside);
  const node = checkNode(process.versions.node);
  const isJson = optionsShape.parse(self.opts()).json === true;
  if ('check' in loaded) {
    tell([node, loaded], isJson, outside);
    throw new CliError('bad-usage', 'the settings have to be mended before anything else can be looked at');
  }
  const all = [node, settingsFinding(loaded), ...(await findings(self, outside, loaded))];
  tell(all, isJson, outside);
  const bad = all.filter(({ state }) => state === 'bad').length;
  if (bad > 0)
    throw new CliError('checks-failed', `${bad} of ${all.length} checks found what has to be mended`);
}

/** `genchi doctor`: looks at everything that a server needs, and says how to mend what is amiss. */
export function doctorCommand(outside: Outside): Command {
  const command = new Command('doctor')
    .description(
      'look at settings, data folder, clock, log, TLS and whom Genchi talks to, and say how to mend what is amiss',
    )
    .addOption(urlOption(outside))
    .option('--prometheus <URL>', 'a Prometheus that should send samples here')
    .option('--alertmanager <URL>', 'an Alertmanager that should send alerts here')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Nothing is changed, and a running server is not disturbed: its store is left alone, and it is asked itself, at the
address of the settings unless --url names another. Without a server the store is opened for reading, for a moment.
Webhooks are reached for, and sent nothing. A warning does not count as a failure.

Examples:
  genchi doctor --config /etc/genchi/genchi.yaml
  genchi doctor --data /var/lib/genchi --prometheus http://localhost:9090 --alertmanager http://localhost:9093
  genchi doctor --json
${EXIT_HELP}`,
    )
    .action((_, self: Command) => run(self, outside));
  return addSettings(command, ['data']);
}
