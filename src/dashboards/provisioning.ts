/** Files that Grafana and Prometheus are set up by. */
import { stringify } from 'yaml';
import type { DashboardSettings } from './spec.js';

/** Where things are that the files speak of. */
export interface ProvisioningSettings extends DashboardSettings {
  /** Where Grafana reaches Prometheus. */
  readonly prometheusUrl: string;
  /** Where Grafana finds the folder of dashboards on its own machine. */
  readonly dashboardsPath: string;
}

const yaml = (head: string, value: unknown): string => `${head}${stringify(value, { lineWidth: 0 })}`;

/** The data source: Prometheus, whose exemplars lead to the receipts that they name. */
export function datasourceFile({ datasource, prometheusUrl, genchiUrl }: ProvisioningSettings): string {
  const head =
    '# Grafana: put this into provisioning/datasources/. Leave it out where Grafana has this data source already, and\n' +
    '# give its uid to `genchi dashboards --prometheus-datasource`.\n';
  return yaml(head, {
    apiVersion: 1,
    datasources: [
      {
        name: 'Prometheus of Genchi',
        type: 'prometheus',
        uid: datasource,
        access: 'proxy',
        url: prometheusUrl,
        jsonData: {
          httpMethod: 'POST',
          timeInterval: '30s',
          // Grafana fills in variables of the environment here, so that a dollar sign of its own is doubled.
          exemplarTraceIdDestinations: [
            {
              name: 'receipt',
              url: `${genchiUrl.replaceAll('$', '$$$$')}$\${__value.raw}`,
              urlDisplayLabel: 'Open the receipt in Genchi',
            },
          ],
        },
      },
    ],
  });
}

/** The provider: the folder of dashboards, read again every minute. */
export function providerFile({ dashboardsPath }: ProvisioningSettings): string {
  return yaml('# Grafana: put this into provisioning/dashboards/.\n', {
    apiVersion: 1,
    providers: [
      {
        name: 'genchi',
        folder: 'Genchi',
        folderUid: 'genchi',
        type: 'file',
        disableDeletion: false,
        allowUiUpdates: false,
        updateIntervalSeconds: 60,
        options: { path: dashboardsPath },
      },
    ],
  });
}

/** What Prometheus is told to scrape. */
export function scrapeFile({ genchiUrl }: ProvisioningSettings): string {
  const { protocol, host, pathname } = new URL(genchiUrl);
  const head =
    '# Prometheus: put this under scrape_configs. Exemplars are kept with --enable-feature=exemplar-storage.\n' +
    "# honor_labels keeps Genchi's label `service`, whatever labels the target has.\n";
  return yaml(head, {
    scrape_configs: [
      {
        job_name: 'genchi',
        honor_labels: true,
        scrape_interval: '30s',
        scheme: protocol.replace(':', ''),
        metrics_path: `${pathname.replace(/\/+$/, '')}/metrics`,
        static_configs: [{ targets: [host] }],
      },
    ],
  });
}
