/** Dashboards for Grafana over what the exporter serves, and the files that Grafana and Prometheus are set up by. */
export { type CustomDashboard, parseCustomDashboard } from './custom-file.js';
export { DashboardError } from './errors.js';
export { type DashboardFile, dashboardFiles, dashboardsOf } from './files.js';
export { type FileState, type PlannedFile, planFolder, writeFolder } from './folder.js';
export type { ProvisioningSettings } from './provisioning.js';
export type { DashboardSpec, Panel } from './spec.js';
