import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pathOf, pathOfEvent } from '../../src/model/index.js';
import {
  atMinute,
  HOSTILE,
  incident,
  iris,
  openScene,
  recorded,
  type Scene,
  samplePath,
} from './graphql/scene.js';

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});

afterAll(() => scene.close());

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

/** The one script of the pages, at their end. */
const SCRIPT = /<script>(.*?)<\/script>\n<\/body>/s;

const get = (path: string, accept?: string) =>
  scene.server.inject({ url: `/id/${path}`, headers: accept === undefined ? {} : { accept } });

/** The text of a page as a reader has it. */
const readable = (page: string): string =>
  page
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

const deployment = pathOfEvent(recorded.deployment);
const incidentPath = pathOf({ type: 'incident', id: incident.id });

async function pages(): Promise<readonly string[]> {
  const [series] = scene.store.findSeries({ metrics: ['latency_seconds'] });
  if (series === undefined) throw new Error('the scene has a series');
  const paths = [
    deployment,
    pathOfEvent(recorded.alert),
    incidentPath,
    samplePath(scene.store, 5),
    pathOf({ type: 'series', series: series.key }),
    pathOf({ type: 'service', name: 'payments' }),
  ];
  const responses = await Promise.all(paths.map((path) => get(path, BROWSER)));
  expect(responses.map((response) => response.statusCode)).toEqual(paths.map(() => 200));
  return responses.map((response) => response.body);
}

describe('GET /id/*', () => {
  it('gives pages to browsers and RDF to everyone else', async () => {
    const page = await get(deployment, BROWSER);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers.vary).toContain('accept');
    for (const accept of [undefined, '*/*', 'text/turtle', 'text/turtle, text/html;q=0.5']) {
      const rdf = await get(deployment, accept);
      expect(rdf.headers['content-type'], String(accept)).toContain('text/turtle');
      expect(rdf.body).toContain('2.0');
    }
    const triples = await get(deployment, 'application/n-triples');
    expect(triples.headers['content-type']).toContain('application/n-triples');
    expect(triples.body).toContain(`<${iris.ofPath(deployment)}> <http://example.com/tps/version> "2.0" .`);
    expect((await get(deployment, 'image/png')).statusCode).toBe(406);
  });

  it('is a problem document where nothing ever was', async () => {
    const never = [
      'nothing',
      'service/nobody',
      'incident/none',
      `series/${'0'.repeat(32)}`,
      samplePath(scene.store, 50),
      deployment.replace(/[0-9a-f]{32}$/, '0'.repeat(32)),
      '../../etc/passwd',
      'service/',
      '',
    ];
    for (const path of never) {
      for (const accept of [BROWSER, 'text/turtle']) {
        const response = await get(path, accept);
        expect([path, response.statusCode]).toEqual([path, 404]);
        expect(response.json()).toMatchObject({ code: 'not-found', status: 404 });
      }
    }
  });

  it('refuses an address that is not one', async () => {
    expect((await get('service/%E0%A4%A', BROWSER)).statusCode).toBe(400);
  });

  it('keeps hostile values as text on every page, and carries no script but its own', async () => {
    for (const whole of await pages()) {
      const page = whole.replace(SCRIPT, '');
      expect(page).not.toMatch(/<script|<img|javascript:alert\(1\)"|onerror=alert\(1\)>/i);
      expect(page).not.toContain(HOSTILE);
      // Every tag is one that the pages are written with.
      const tags = new Set([...page.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, name]) => name));
      for (const tag of tags)
        expect('script img iframe object embed form input base'.split(' ')).not.toContain(tag);
    }
    const page = (await get(deployment, BROWSER)).body;
    expect(page).toContain('&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;');
    const alert = (await get(pathOfEvent(recorded.alert), BROWSER)).body;
    expect(alert).toContain('<a href="https://runbooks.example.com/slow"');
    expect(alert).toContain('<td>javascript:alert(1)</td>');
  });

  it('allows its pages their one style, their one script and nothing else', async () => {
    const response = await get(deployment, BROWSER);
    const style = /<style>(.*?)<\/style>/s.exec(response.body)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    const policy = String(response.headers['content-security-policy']);
    expect(policy).toContain(`style-src 'sha256-${hash}'`);
    const script = SCRIPT.exec(response.body)?.[1] ?? '';
    expect(policy).toContain(`script-src 'sha256-${createHash('sha256').update(script).digest('base64')}';`);
    expect(policy).toContain("default-src 'none'");
    expect(response.body).not.toMatch(/ style=/);
  });
});

describe('the page of a receipt', () => {
  it('states its facts and who rests on it', async () => {
    const text = readable((await get(deployment, BROWSER)).body);
    expect(text).toContain('Deployment, payments');
    expect(text).toContain('version 2.0');
    expect(text).toContain('region eu');
    expect(text).toContain('blamed by');
    const failure = (await get(pathOfEvent(recorded.failure), BROWSER)).body;
    expect(readable(failure)).toContain('speaks against &quot;db of web&quot;');
    expect(failure).toContain(`href="/id/${incidentPath}"`);
  });

  it('of a sample draws its series around it', async () => {
    const { body } = await get(samplePath(scene.store, 5), BROWSER);
    expect(body).toMatch(/<svg [^>]*role="img" aria-label="20 samples from [^"]+ between 0 and 1.9"/);
    expect(readable(body)).toContain('value 0.5');
    expect(body).not.toContain('NaN');
  });
});

describe('the page of an incident', () => {
  it('leads from the symptom over ranked causes to the receipts, both sides and the rejected ones', async () => {
    const { body } = await get(incidentPath, BROWSER);
    const text = readable(body);
    expect(text).toContain('open , severity critical');
    expect(text).toMatch(/1\. payments 2\.0 .* Score 0\.81 0\.81/);
    expect(text).toContain('latency_seconds +212 %');
    expect(text).toContain('Against no failure in payments');
    expect(text).toContain('Ruled out: it began after the symptom');
    expect(text).toContain('Evidence that is missing no logs of payments');
    expect(text).toMatch(/nearness a minute before .* 0\.90 0\.50 0\.45/);
    for (const name of ['deployment', 'dependency', 'failure', 'alert'] as const) {
      expect(body).toContain(`href="/id/${pathOfEvent(recorded[name])}"`);
    }
    expect(body).toContain(`<time datetime="${new Date(atMinute(11)).toISOString()}">`);
  });
});

describe('the page of a service', () => {
  it('shows its changes, its callers and how they are known', async () => {
    const { body } = await get(pathOf({ type: 'service', name: 'payments' }), BROWSER);
    expect(readable(body)).toMatch(
      /Changes and alerts.* Deployment, payments.* It is called by web \(http\) · how we know/,
    );
    const web = await get(pathOf({ type: 'service', name: 'web' }), BROWSER);
    expect(readable(web.body)).toMatch(/Incidents open web is slow/);
  });
});
