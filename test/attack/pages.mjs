/** Scripts in names, labels and texts, looked for in every page that browsers are shown. */
import { postJson, send } from './send.mjs';

/** @typedef {import('./attack.mjs').Attack} Attack */
/** @typedef {import('./attack.mjs').Target} Target */

const SCRIPT = `<script>alert(1)</script>`;
const HANDLER = `"><img src=x onerror=alert(1)>`;
const MARKDOWN = `[click](javascript:alert(1)) <svg onload=alert(1)> \n# ${SCRIPT}`;
/** What of it may stand in no page: tags, attributes and addresses that a browser would act on. */
const LIVE = /<script>alert|<img src=x|<svg onload|href="javascript:/i;

/**
 * Tells of a service that fails, changes and alarms, each with a script wherever a text may stand.
 * @param {URL} url
 */
async function tell(url) {
  const labels = { note: SCRIPT, other: HANDLER, more: MARKDOWN };
  const at = { time: new Date().toISOString(), service: HANDLER, labels };
  const events = [
    { ...at, kind: 'failure', component: SCRIPT, reason: MARKDOWN },
    { ...at, kind: 'deployment', version: SCRIPT, commit: HANDLER },
    { ...at, kind: 'dependency', from: HANDLER, to: SCRIPT, service: undefined },
  ];
  const alert = {
    ...{ status: 'firing', fingerprint: 'page-script', startsAt: new Date().toISOString() },
    labels: { alertname: SCRIPT, service: HANDLER, severity: 'critical', label: MARKDOWN },
    annotations: { summary: MARKDOWN, description: HANDLER, runbook_url: 'javascript:alert(1)' },
  };
  return [
    await postJson(url, '/api/v1/events', events),
    await postJson(url, '/api/v1/alertmanager', { version: '4', status: 'firing', alerts: [alert] }),
  ];
}

/**
 * The incident of the alert, once there is one.
 * @param {URL} url
 * @returns {Promise<string | undefined>}
 */
async function incidentOf(url) {
  for (let round = 0; round < 50; round += 1) {
    const query = '{ incidents(first: 20) { nodes { iri title } } }';
    const { text } = await postJson(url, '/graphql', { query });
    const { nodes } = JSON.parse(text).data?.incidents ?? { nodes: [] };
    const found = nodes.find((/** @type {{ title: string }} */ { title }) => title.includes('alert(1)'));
    if (found !== undefined) return new URL(found.iri).pathname;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return undefined;
}

/** @type {readonly Attack[]} */
export const pageAttacks = [
  {
    name: 'pages: scripts in names, labels, Markdown and addresses',
    expect: { statuses: [200], withinMs: 5_000, loopMs: 250 },
    run: async ({ url }) => {
      const told = await tell(url);
      const receipts = told.flatMap(({ text }) => JSON.parse(text).receipts ?? []);
      const incident = await incidentOf(url);
      const paths = [
        '/',
        '/reviews',
        '/ontology',
        `/id/service/${encodeURIComponent(HANDLER)}`,
        `/id/service/${encodeURIComponent(SCRIPT)}`,
        `/sparql?query=${encodeURIComponent(`SELECT ?n { ?s tps:name ?n FILTER(CONTAINS(?n, "alert(1)")) }`)}`,
        ...receipts.map((/** @type {string} */ iri) => new URL(iri).pathname),
        incident ?? '/no-incident',
        `/postmortems/${incident?.split('/').at(-1)}`,
      ];
      const pages = await Promise.all(
        paths.map(async (path) => ({
          path,
          page: await send(url, { path, headers: { accept: 'text/html' }, keeps: 1_000_000 }),
        })),
      );
      return [
        ...told,
        ...pages.map(({ path, page }) => {
          const text = `${path}: ${LIVE.exec(page.text)?.[0] ?? page.text.slice(0, 80)}`;
          return LIVE.test(page.text) ? { ...page, status: 0, text } : { ...page, text };
        }),
      ];
    },
  },
];
