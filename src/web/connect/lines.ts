/** The exact lines that connect a sender to this server; pure. */

/** Where the server is, and whether senders must say who they are. */
export interface Place {
  /** The address that senders reach it at, without a slash at its end: `https://genchi.example:4600`. */
  readonly address: string;
  readonly asksForTokens: boolean;
}

/** Lines to paste, and the file that they go to or where they are run. */
export interface Lines {
  readonly file: string;
  readonly text: string;
}

/** Where the file with a token is put beside the files of a program. */
const tokenFile = (program: string): string => `/etc/${program}/genchi.token`;

const indented = (text: string, by: number): string =>
  text
    .split('\n')
    .map((line) => ' '.repeat(by) + line)
    .join('\n');

const authorization = (program: string): string =>
  `authorization:\n  credentials_file: ${tokenFile(program)}`;

const authority = (program: string): string =>
  `# where the certificate of this server is of an authority of your own:\n# tls_config:\n#   ca_file: /etc/${program}/genchi-ca.pem`;

/** What a program that reads a token or a certificate from files needs beside the address; empty where it needs nothing. */
function access({ address, asksForTokens }: Place, program: string, by: number): string {
  const token = asksForTokens ? `\n${indented(authorization(program), by)}` : '';
  const isTls = new URL(address).protocol === 'https:';
  return token + (isTls ? `\n${indented(authority(program), by)}` : '');
}

/** Where the command line finds the tokens of the server. */
const MAKING = 'on the machine of Genchi, in its folder or with its --data';

/** What makes the token of a sender that reads it from a file. */
export function tokenLines(program: string, scope: 'ingest' | 'read'): Lines {
  return {
    file: MAKING,
    text: `genchi token create ${program} --scope ${scope} > genchi.token\n# then move it to ${tokenFile(program)}, readable by ${program} alone\n`,
  };
}

/** What makes the token of a sender that has it in its environment. */
export function tokenVariableLines(program: string): Lines {
  return {
    file: MAKING,
    text: `genchi token create ${program} --scope ingest   # goes into GENCHI_TOKEN of ${program}\n`,
  };
}

/** Whether only programs on the machine of the server itself reach it by an address. */
export function isLoopback(address: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(address).hostname);
}

/** Prometheus sends its samples by remote write. */
export function prometheusLines(place: Place): Lines {
  return {
    file: 'prometheus.yml',
    text: `remote_write:\n  - url: ${place.address}/api/v1/write${access(place, 'prometheus', 4)}\n`,
  };
}

/** Alertmanager tells of alerts; `continue` lets everyone else hear of them as before. */
export function alertmanagerLines(place: Place): Lines {
  const http = place.asksForTokens ? `\n        http_config:${access(place, 'alertmanager', 10)}` : '';
  return {
    file: 'alertmanager.yml',
    text: `route:
  # … the route that you have stays; this goes first among its routes:
  routes:
    - receiver: genchi
      continue: true

receivers:
  - name: genchi
    webhook_configs:
      - url: ${place.address}/api/v1/alertmanager
        send_resolved: true${http}
`,
  };
}

/** A step of a pipeline that tells of a deployment by the command line. */
export function recordLines({ address, asksForTokens }: Place): Lines {
  const token = asksForTokens
    ? '# GENCHI_TOKEN holds a token of the scope ingest, from the secrets of the pipeline.\n'
    : '';
  return {
    file: 'after a deployment',
    text: `${token}genchi record deployment --url ${address} --service checkout \\
  --set version=1.4.2 --set commit="$(git rev-parse HEAD)" --set author="$(git log -1 --format=%an)"
`,
  };
}

/** The same as a CDEvent, for pipelines without Genchi's command line. */
export function cdEventLines({ address, asksForTokens }: Place): Lines {
  const token = asksForTokens ? `\n  -H "Authorization: Bearer $GENCHI_TOKEN" \\` : '';
  return {
    file: 'after a deployment',
    text: `ID="$(uuidgen)" NOW="$(date -u +%FT%TZ)"
curl -sSf ${address}/api/v1/cloudevents \\${token}
  -H 'content-type: application/cloudevents+json' -d @- <<EVENT
{
  "specversion": "1.0", "id": "$ID", "source": "/ci/checkout", "time": "$NOW",
  "type": "dev.cdevents.service.deployed.0.2.0", "datacontenttype": "application/json",
  "data": {
    "context": {
      "version": "0.4.1", "id": "$ID", "source": "/ci/checkout", "timestamp": "$NOW",
      "type": "dev.cdevents.service.deployed.0.2.0"
    },
    "subject": {
      "id": "checkout", "type": "service",
      "content": {
        "environment": { "id": "production" },
        "artifactId": "pkg:oci/checkout@sha256%3A0b31b1c02ff458ad9b7b81cbdf8f028bd54699fa151f221d1e8de6817db93427?tag=1.4.2"
      }
    }
  }
}
EVENT
`,
  };
}

/** The collector of OpenTelemetry sends metrics by Prometheus' remote write. */
export function openTelemetryLines({ address, asksForTokens }: Place): Lines {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the collector puts the variable in
  const headers = asksForTokens ? '\n    headers:\n      Authorization: Bearer ${env:GENCHI_TOKEN}' : '';
  return {
    file: 'otel-collector.yaml',
    text: `exporters:
  prometheusremotewrite:
    endpoint: ${address}/api/v1/write
    resource_to_telemetry_conversion:
      enabled: true   # service.name becomes the label service_name${headers}

service:
  pipelines:
    metrics:
      exporters: [prometheusremotewrite]   # beside those that you have
`,
  };
}

/** Prometheus scrapes what Genchi finds, which its dashboards in Grafana show. */
export function scrapeLines(place: Place): Lines {
  const { protocol, host } = new URL(place.address);
  const scheme = protocol === 'https:' ? '\n    scheme: https' : '';
  return {
    file: 'prometheus.yml',
    text: `scrape_configs:
  - job_name: genchi${scheme}${access(place, 'prometheus', 4)}
    static_configs:
      - targets: ['${host}']
`,
  };
}

/** Writes the dashboards, with the files that Grafana finds them by. */
export function dashboardLines({ address }: Place): Lines {
  return {
    file: 'on the machine of Grafana',
    text: `genchi dashboards /var/lib/genchi-dashboards --genchi-url ${address}
cp -r /var/lib/genchi-dashboards/provisioning/. /etc/grafana/provisioning/
`,
  };
}
