import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { metricTableOf } from '../analysis/index.js';
import type { CustomDashboard, FileState, PlannedFile, ProvisioningSettings } from '../dashboards/index.js';
import { readOntologyTerms } from '../graph/index.js';
import { CliError, EXIT_HELP } from './exit.js';
import type { Outside } from './outside.js';
import { printable } from './table.js';

interface DashboardsOptions {
  readonly genchiUrl: string;
  readonly prometheusDatasource: string;
  readonly prometheusUrl: string;
  readonly dashboardsPath?: string;
  readonly custom: readonly string[];
  readonly force?: true;
  readonly check?: true;
  readonly json?: true;
}

/** What is said of a file, by what becomes of it. */
const SAID: Readonly<Record<FileState, string>> = {
  same: 'as it was',
  new: 'written',
  changed: 'written anew',
  foreign: 'written over what was there',
  obsolete: 'removed',
};

/** The same of a check, which writes nothing. */
const CHECKED: Readonly<Record<FileState, string>> = {
  same: 'as it should be',
  new: 'is not there',
  changed: 'would be written anew',
  foreign: 'was not written by genchi dashboards, or was changed since',
  obsolete: 'is not wanted any more',
};

function webUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new InvalidArgumentError('expected an http or https URL without query.');
  }
  return url.href.replace(/\/+$/, '');
}

function uid(text: string): string {
  if (/^[A-Za-z0-9_-]{1,40}$/.test(text)) return text;
  throw new InvalidArgumentError('expected 1 to 40 letters, digits, - or _.');
}

async function readCustom(files: readonly string[]): Promise<readonly CustomDashboard[]> {
  const { parseCustomDashboard } = await import('../dashboards/index.js');
  return Promise.all(
    files.map(async (file) => {
      const source = await readFile(file, 'utf8').catch((cause: unknown) => {
        throw new CliError('bad-file', `${file} cannot be read`, { cause });
      });
      return parseCustomDashboard(file, source);
    }),
  );
}

function tell(outside: Outside, planned: readonly PlannedFile[], options: DashboardsOptions): void {
  const files = planned.map(({ path, state }) => ({ path, state }));
  if (options.json !== undefined) {
    outside.out.write(`${JSON.stringify({ files }, undefined, 2)}\n`);
    return;
  }
  const said = options.check === undefined ? SAID : CHECKED;
  for (const { path, state, text } of planned) {
    const left = options.check === undefined && state === 'foreign' && text === undefined;
    outside.out.write(`${printable(path)}: ${left ? 'left, since it was changed' : said[state]}\n`);
  }
}

async function dashboards(folder: string, options: DashboardsOptions, outside: Outside): Promise<void> {
  // The SDK of Grafana is many files; only this verb waits for them.
  const { dashboardFiles, planFolder, writeFolder } = await import('../dashboards/index.js');
  const settings: ProvisioningSettings = {
    genchiUrl: options.genchiUrl,
    datasource: options.prometheusDatasource,
    prometheusUrl: options.prometheusUrl,
    dashboardsPath: options.dashboardsPath ?? join(resolve(folder), 'dashboards'),
  };
  const table = metricTableOf(await readOntologyTerms());
  const planned = await planFolder(folder, dashboardFiles(table, settings, await readCustom(options.custom)));
  if (options.check !== undefined) {
    tell(outside, planned, options);
    const off = planned.filter(({ state }) => state !== 'same').length;
    if (off > 0)
      throw new CliError('bad-file', `${off} of ${planned.length} files are not as they should be`);
    return;
  }
  await writeFolder(folder, planned, options.force !== undefined);
  tell(outside, planned, options);
}

const HELP = `
Below DIR it writes dashboards/*.json (the Kaizen dashboard, objectives, incidents and causes, one for a service, and
those of your own), provisioning/ for Grafana and prometheus/genchi.yaml for Prometheus. The same options give the same
files; what others wrote or changed there is left alone unless --force is given.

A dashboard of your own is a YAML file:
  title: Payment Service SLO Dashboard
  time_range: 24h
  panels:
    - title: Latency P99 vs SLO
      query: kanban_latency_p99_ms{service="payments"}
      panel_type: graph            # or gauge, stat, bar, table
      ylabel: ms
      min: 0
      max: 200
Panels may also have description, legend, unit, width (of 24) and height. A query with $service makes a choice of
services; one of a pillar's metric gets its unit, target and alert threshold.

Examples:
  genchi dashboards ./grafana
  genchi dashboards ./grafana --genchi-url https://genchi.example.com --prometheus-datasource prometheus
  genchi dashboards ./grafana --custom payments.yaml --custom search.yaml
  genchi dashboards ./grafana --check
${EXIT_HELP}`;

/** `genchi dashboards DIR`: dashboards for Grafana, and the files that Grafana and Prometheus are set up by. */
export function dashboardsCommand(outside: Outside): Command {
  return new Command('dashboards')
    .description('write dashboards for Grafana, and the files that Grafana and Prometheus are set up by')
    .argument('<DIR>', 'the folder to write them to')
    .option('--genchi-url <URL>', 'where people reach Genchi', webUrl, 'http://127.0.0.1:4600')
    .option(
      '--prometheus-datasource <UID>',
      "uid of Grafana's data source for Prometheus",
      uid,
      'genchi-prometheus',
    )
    .option('--prometheus-url <URL>', 'where Grafana reaches Prometheus', webUrl, 'http://127.0.0.1:9090')
    .option(
      '--dashboards-path <PATH>',
      'where Grafana finds the dashboards on its machine (default: DIR/dashboards of this one)',
    )
    .option(
      '--custom <FILE>',
      'a dashboard of your own; may be repeated',
      (file: string, files: readonly string[]) => [...files, file],
      [],
    )
    .option('--force', 'write over files that Genchi did not write, or that were changed since')
    .option('--check', 'write nothing; end with 1 where a file is not as it should be')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action((folder: string, options: DashboardsOptions) => dashboards(folder, options, outside));
}
