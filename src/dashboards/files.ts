import type { MetricTable } from '../analysis/index.js';
import { buildDashboard } from './build.js';
import { customDashboard } from './custom.js';
import type { CustomDashboard } from './custom-file.js';
import { DashboardError } from './errors.js';
import { incidentsDashboard } from './incidents.js';
import { kaizenDashboard } from './kaizen.js';
import { datasourceFile, type ProvisioningSettings, providerFile, scrapeFile } from './provisioning.js';
import { serviceDashboard } from './service.js';
import { slosDashboard } from './slos.js';
import type { DashboardSpec } from './spec.js';

/** A file to write: its path below the folder, with slashes, and what stands in it. */
export interface DashboardFile {
  readonly path: string;
  readonly text: string;
}

/** The dashboards that there are, Genchi's own first. */
export function dashboardsOf(
  table: MetricTable,
  settings: ProvisioningSettings,
  custom: readonly CustomDashboard[],
): readonly DashboardSpec[] {
  const specs = [
    kaizenDashboard(table, settings),
    slosDashboard(settings),
    incidentsDashboard(settings),
    serviceDashboard(table, settings),
    ...custom.map((each) => customDashboard(each, table, settings)),
  ];
  const titles = new Set<string>();
  for (const { title } of specs) {
    if (titles.has(title)) throw new DashboardError('bad-file', `two dashboards have the title ${title}`);
    titles.add(title);
  }
  return specs;
}

/** Every file of the folder; the same from the same. Fails with `bad-file` where two dashboards have one title. */
export function dashboardFiles(
  table: MetricTable,
  settings: ProvisioningSettings,
  custom: readonly CustomDashboard[],
): readonly DashboardFile[] {
  const dashboards = dashboardsOf(table, settings, custom).map((spec) => ({
    path: `dashboards/${spec.uid}.json`,
    text: `${JSON.stringify(buildDashboard(spec, settings), undefined, 2)}\n`,
  }));
  return [
    ...dashboards,
    { path: 'provisioning/datasources/genchi.yaml', text: datasourceFile(settings) },
    { path: 'provisioning/dashboards/genchi.yaml', text: providerFile(settings) },
    { path: 'prometheus/genchi.yaml', text: scrapeFile(settings) },
  ];
}
