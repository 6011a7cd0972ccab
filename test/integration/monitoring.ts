import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, type Program, startAlertmanager, startPrometheus } from './programs.mjs';

/** A Prometheus and an Alertmanager that watch an exporter and tell Genchi of it. */
export interface Monitoring {
  readonly prometheus: Program;
  readonly alertmanager: Program;
  stop(): Promise<void>;
}

function prometheusConfig(ports: { exporter: number; alertmanager: number }, genchi: string): string {
  return `
global:
  scrape_interval: 1s
  scrape_timeout: 900ms
  evaluation_interval: 1s
rule_files: [rules.yml]
alerting:
  alertmanagers:
    - static_configs:
        - targets: ['127.0.0.1:${ports.alertmanager}']
scrape_configs:
  - job_name: shop
    honor_labels: true
    static_configs:
      - targets: ['127.0.0.1:${ports.exporter}']
remote_write:
  - url: ${genchi}/api/v1/write
    queue_config:
      batch_send_deadline: 1s
`;
}

const rules = `
groups:
  - name: gateway
    rules:
      - alert: GatewaySlow
        expr: request_latency_seconds{service="gateway"} > 1
        for: 5s
        labels:
          severity: critical
        annotations:
          summary: The gateway answers slowly
          runbook_url: https://runbooks.example.org/gateway-slow
`;

function alertmanagerConfig(genchi: string): string {
  return `
route:
  receiver: genchi
  group_by: [alertname]
  group_wait: 1s
  group_interval: 5s
receivers:
  - name: genchi
    webhook_configs:
      - url: ${genchi}/api/v1/alertmanager
        send_resolved: true
`;
}

/** Starts both; they scrape `exporterPort` every second and send what they see and think to `genchi`. */
export async function startMonitoring(
  folder: string,
  exporterPort: number,
  genchi: string,
): Promise<Monitoring> {
  await mkdir(folder, { recursive: true });
  const alertmanagerPort = await freePort();
  const ports = { exporter: exporterPort, alertmanager: alertmanagerPort };
  const files = {
    prometheus: join(folder, 'prometheus.yml'),
    rules: join(folder, 'rules.yml'),
    alertmanager: join(folder, 'alertmanager.yml'),
  };
  await writeFile(files.prometheus, prometheusConfig(ports, genchi));
  await writeFile(files.rules, rules);
  await writeFile(files.alertmanager, alertmanagerConfig(genchi));
  const alertmanager = await startAlertmanager({
    folder,
    port: alertmanagerPort,
    config: files.alertmanager,
  });
  const prometheus = await startPrometheus({ folder, port: await freePort(), config: files.prometheus });
  return {
    prometheus,
    alertmanager,
    stop: async () => {
      await Promise.all([prometheus.stop(), alertmanager.stop()]);
    },
  };
}
