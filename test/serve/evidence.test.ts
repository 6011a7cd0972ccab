import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { Store } from 'oxigraph';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordRemoval } from '../../src/evidence/duckdb/removals.js';
import { readShippedRunbooks } from '../../src/graph/runbooks/read.js';
import { DAY_MS, type EventReceipt, identityOf, pathOf, pathOfEvent, shift } from '../../src/model/index.js';
import { candidateReceipt, incidentReceipt } from '../../src/rca/incident-receipts.js';
import { failure, freshFolder, openStore, T0 } from '../evidence/fixture.js';
import { appendSamples, gauge, MIDNIGHT, openAt, rules } from '../evidence/retention-fixture.js';
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
  const [candidate] = incident.candidates;
  const [rejected] = incident.rejected;
  if (candidate === undefined || rejected === undefined) throw new TypeError('the incident has both');
  await scene.record(
    incidentReceipt(incident, 1, atMinute(14)),
    candidateReceipt(candidate, incident.id, 1, atMinute(14)),
    candidateReceipt(rejected, incident.id, 1, atMinute(14)),
  );
});

afterAll(() => scene.close());

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

const RDF_TYPES = ['text/turtle', 'application/n-triples', 'application/ld+json'];

/** The triples of a document, one a text, in the order of the texts. */
function triplesIn(text: string, format: string): readonly string[] {
  const store = new Store();
  store.load(text, { format });
  return store
    .match()
    .map((quad) => quad.toString())
    .sort();
}

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
    const refused = await get(deployment, 'image/png');
    expect(refused.json()).toMatchObject({ status: 406, code: 'not-acceptable' });
    expect(refused.json().detail).toContain(
      'text/html, text/turtle, application/n-triples, application/ld+json',
    );
  });

  it('gives the form that is asked for by name, whatever is accepted', async () => {
    const asked = await Promise.all(
      ['html', 'turtle', 'ntriples', 'jsonld', 'text/turtle'].map((format) =>
        get(`${deployment}?format=${format}`, format === 'html' ? 'text/turtle' : BROWSER),
      ),
    );
    expect(asked.map(({ headers }) => headers['content-type'])).toEqual(
      ['text/html', 'text/turtle', 'application/n-triples', 'application/ld+json', 'text/turtle'].map(
        (type) => `${type}; charset=utf-8`,
      ),
    );
    expect((await get(`${deployment}?format=docx`)).json()).toMatchObject({ status: 400 });
  });

  it('names the other forms in its header, and each of them is there', async () => {
    const link = String((await get(deployment)).headers.link);
    expect(link).toContain(`<${iris.ofPath(deployment)}>; rel="canonical"`);
    const alternates = [...link.matchAll(/<(\S+)>; rel="(?:alternate|describedby)"; type="(\S+)"/g)];
    expect(alternates).toHaveLength(5);
    for (const [, url = '', type] of alternates) {
      const response = await scene.server.inject(url);
      expect([response.statusCode, response.headers['content-type']]).toEqual([
        200,
        `${type}; charset=utf-8`,
      ]);
    }
  });

  it('says the same in every RDF form', async () => {
    for (const path of [deployment, incidentPath, pathOf({ type: 'service', name: 'payments' })]) {
      const [turtle, triples, json] = await Promise.all(
        RDF_TYPES.map(async (type) => triplesIn((await get(path, type)).body, type)),
      );
      expect(turtle).toEqual(triples);
      expect(json).toEqual(triples);
      expect(triples?.length).toBeGreaterThan(5);
    }
  });

  it('lets receipts be kept, and the rest be asked again with its tag', async () => {
    const receipt = await get(deployment, 'text/turtle');
    expect(receipt.headers['cache-control']).toBe('max-age=86400, immutable');
    for (const [path, accept] of [
      [deployment, 'text/turtle'],
      [deployment, BROWSER],
      [incidentPath, 'text/turtle'],
    ] as const) {
      const { headers } = await get(path, accept);
      const again = await scene.server.inject({
        url: `/id/${path}`,
        headers: { accept, 'if-none-match': String(headers.etag) },
      });
      expect([again.statusCode, again.body]).toEqual([304, '']);
    }
    expect((await get(incidentPath, 'text/turtle')).headers['cache-control']).toBe('no-cache');
    const others = await Promise.all(RDF_TYPES.map((type) => get(deployment, type)));
    expect(new Set(others.map(({ headers }) => headers.etag)).size).toBe(3);
  });

  it('answers HEAD as GET, without the body', async () => {
    const head = await scene.server.inject({ method: 'HEAD', url: `/id/${deployment}` });
    const whole = await get(deployment);
    expect([head.statusCode, head.body]).toEqual([200, '']);
    for (const name of ['content-type', 'content-length', 'etag', 'link']) {
      expect(head.headers[name], name).toBe(whole.headers[name]);
    }
    const never = await scene.server.inject({ method: 'HEAD', url: '/id/service/nobody' });
    expect(never.statusCode).toBe(404);
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

describe('the RDF of a thing', () => {
  const subjectsIn = (ntriples: string): ReadonlySet<string> =>
    new Set(ntriples.split('\n').flatMap((line) => /^<[^>]*\/id\/([^>]*)>/.exec(line)?.[1] ?? []));

  it('of a sample holds its own triples and its whole series, and no other sample', async () => {
    const path = samplePath(scene.store, 5);
    const { body } = await get(path, 'application/n-triples');
    const series = pathOf({
      type: 'series',
      series: scene.store.findSeries({})[0]?.key ?? identityOf('none'),
    });
    expect(subjectsIn(body)).toEqual(new Set([path, series, 'service/web']));
    expect(body).toContain('tps/metricValue> "0.5"');
    expect(body).toContain('tps/label#service> "web"');
  });

  it('of an event says what its service is', async () => {
    const { body } = await get(pathOfEvent(recorded.dependency), 'application/n-triples');
    expect(subjectsIn(body)).toEqual(
      new Set([pathOfEvent(recorded.dependency), 'service/web', 'service/payments']),
    );
    // What a service depends on changes, and a receipt does not.
    expect(body).not.toContain('dependsOn');
  });

  it('of a service leads to its callers, series, incidents and newest changes, with bounds', async () => {
    const { body } = await get('service/web', 'application/n-triples');
    const subjects = subjectsIn(body);
    expect(subjects).toContain('service/payments');
    expect(subjects).toContain(incidentPath);
    expect(subjects).toContain(pathOfEvent(recorded.alert));
    expect([...subjects].some((path) => path.startsWith('series/'))).toBe(true);
    expect([...subjects].some((path) => path.startsWith('sample/'))).toBe(false);
    expect((await get('service/payments', 'application/n-triples')).body).toContain(
      `<${iris.ofPath('service/web')}> <http://example.com/tps/dependsOn> <${iris.ofPath('service/payments')}> .`,
    );
    const mail = subjectsIn((await get('service/mail', 'application/n-triples')).body);
    expect([...mail].filter((path) => path.startsWith('deployment/')).length).toBe(12);
  });
});

describe('what retention removed', () => {
  it('and its archive was deleted is gone by the rule, and leads to the roll-up that holds it', async () => {
    const { folder, remove } = await freshFolder();
    const store = await openAt(folder, { now: T0 });
    await appendSamples(store, [[gauge('web'), MIDNIGHT - 2 * DAY_MS + 90_000, 7]]);
    const [series] = store.findSeries({});
    const at = shift(T0, MIDNIGHT - 2 * DAY_MS + 90_000);
    await store.retention.step({ ...rules, sampleDays: 1, minuteDays: 0 });
    await store.close();
    const scened = await openScene({ folder });
    const path = pathOf({ type: 'sample', at, series: series?.key ?? identityOf('none') });
    const get = (url: string, accept: string) => scened.server.inject({ url, headers: { accept } });
    for (const accept of [BROWSER, 'text/turtle']) {
      expect((await get(`/id/${path}`, accept)).statusCode).toBe(200);
    }
    await rm(join(folder, 'archive'), { recursive: true });
    const rollup = `rollup-minute/20260103T000100.000Z/${series?.key}`;
    for (const accept of [BROWSER, 'text/turtle']) {
      const gone = await get(`/id/${path}`, accept);
      expect(gone.statusCode).toBe(410);
      expect(gone.json()).toMatchObject({
        detail: expect.stringMatching(
          new RegExp(`samples are kept for 1 day, .*sample/2026-01-03.parquet.* deleted.*${rollup}`),
        ),
      });
      expect(gone.headers.link).toBe(`<${iris.ofPath(rollup)}>; rel="alternate"`);
      const held = await get(`/id/${rollup}`, accept);
      expect([held.statusCode, held.body]).toEqual([200, expect.stringContaining('7')]);
      expect((await get(`/id/${rollup.replace('0001', '0003')}`, accept)).statusCode).toBe(404);
    }
    await scened.close();
    await remove();
  });

  it('is gone, with the rule and its time, and the rest is there as before', async () => {
    const { folder, remove } = await freshFolder();
    const old = failure('db', 0);
    await (await openStore(folder)).close();
    const instance = await DuckDBInstance.create(join(folder, 'evidence.duckdb'));
    const connection = await instance.connect();
    await recordRemoval(connection, {
      kinds: ['failure', 'sample'],
      window: { from: old.at, to: shift(old.at, 1_000) },
      rule: 'failures and samples are kept for 30 days',
      removedAt: shift(old.at, 60_000),
    });
    connection.closeSync();
    instance.closeSync();
    const scened = await openScene({ folder });
    const at = (event: EventReceipt, accept: string) =>
      scened.server.inject({ url: `/id/${pathOfEvent(event)}`, headers: { accept } });
    for (const accept of [BROWSER, 'text/turtle']) {
      const gone = await at(old, accept);
      expect(gone.statusCode).toBe(410);
      expect(gone.json()).toMatchObject({
        code: 'gone',
        detail:
          `Whatever was recorded at ${iris.ofPath(pathOfEvent(old))} was removed at 2026-01-05T10:01:00.000Z, with every ` +
          'failure from 2026-01-05T10:00:00.000Z until 2026-01-05T10:00:01.000Z: failures and samples are kept for 30 days.',
      });
      expect((await at(failure('db', 1_000), accept)).statusCode).toBe(404);
      // Recorded after the rule had run: it is there.
      expect((await at(recorded.failure, accept)).statusCode).toBe(200);
    }
    await scened.close();
    await remove();
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

  it('names fields as the ontology does, with what they mean', async () => {
    const { body } = await get(pathOfEvent(recorded.task), BROWSER);
    expect(body).toMatch(
      /<a class="term" href="\/ontology#latencyMs" title="[^"]{10,}">[^<]+<\/a><\/th><td>120 ms</,
    );
  });

  it('shows what happened around it to its service and to those that it calls', async () => {
    const text = readable((await get(pathOfEvent(recorded.alert), BROWSER)).body);
    expect(text).toMatch(/3 min before 2026-01-05 10:10:00Z deployment 2\.0 payments \(called by it\)/);
    expect(text).toMatch(/1 min before 2026-01-05 10:12:00Z failure db web \(this service\)/);
    const other = readable((await get(pathOfEvent(recorded.deployment), BROWSER)).body);
    expect(other).toMatch(/2 min after 2026-01-05 10:12:00Z failure db web \(calls it\)/);
    expect(other).not.toContain('task completed');
    expect(other).not.toContain('at the same time');
    // Nor what Genchi itself wrote of it, a minute after the alert.
    expect(text).not.toContain('1 min after');
    const [ranked] = incident.candidates;
    if (ranked === undefined) throw new TypeError('the incident has a candidate');
    const own = pathOfEvent(candidateReceipt(ranked, incident.id, 1, atMinute(14)));
    expect(readable((await get(own, BROWSER)).body)).toMatch(/rank 1 score 0\.8125 rejected/);
  });

  it('leads to its RDF forms and to a query for it', async () => {
    const { body } = await get(deployment, BROWSER);
    for (const format of ['turtle', 'ntriples', 'jsonld']) {
      expect(body).toContain(`href="/id/${deployment}?format=${format}"`);
    }
    expect(body).toContain(`/sparql?query=${encodeURIComponent(`DESCRIBE <${iris.ofPath(deployment)}>`)}`);
  });

  it('of a sample draws its series around it', async () => {
    const { body } = await get(samplePath(scene.store, 5), BROWSER);
    expect(body).toMatch(/<svg [^>]*role="img" aria-label="20 samples from [^"]+ between 0 and 1.9"/);
    expect(readable(body)).toContain('value 0.5');
    expect(body).not.toContain('NaN');
  });
});

describe('the page of a series', () => {
  it('sums up its latest values and lists the newest', async () => {
    const [series] = scene.store.findSeries({ metrics: ['latency_seconds'] });
    const { body } = await get(
      pathOf({ type: 'series', series: series?.key ?? identityOf('none') }),
      BROWSER,
    );
    const text = readable(body);
    expect(text).toContain('Latest values 21 samples from 2026-01-05 10:00:00Z to 2026-01-05 10:20:00Z');
    expect(text).toContain('least 0 median 0.95 most 1.9');
    expect(body).toContain(`href="/id/${samplePath(scene.store, 19)}"`);
    expect(body).toContain('<svg ');
  });
});

describe('the page of an incident', () => {
  it('says what to do: its runbooks with the reason, and the text with this incident in its links', async () => {
    const { body } = await get(incidentPath, BROWSER);
    expect(readable(body)).toMatch(
      /What to do .*A deployment made the service worse Candidate 1 \(.*\): it blames a deployment\. .*Possible causes/,
    );
    expect(body).toContain('href="/id/runbook/bad-deployment"');
    const link = `/queries/correlation/before-incident?incident=${encodeURIComponent(incident.id)}&amp;since=2026-`;
    expect(body).toContain(link);
  });

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
    const payments = await get(pathOf({ type: 'service', name: 'payments' }), BROWSER);
    expect(readable(payments.body)).toMatch(
      /Changes and alerts.* Deployment, payments.* It is called by web \(http\) · how we know/,
    );
    const web = await get(pathOf({ type: 'service', name: 'web' }), BROWSER);
    expect(readable(web.body)).toMatch(/Incidents open web is slow/);
    expect(readable(payments.body)).toMatch(/What rests on it The one receipt that cites it \(candidate\)/);
    expect(readable(web.body)).toMatch(/Series 1 latency_seconds pod=/);
  });
});

describe('the list of runbooks', () => {
  it('names every runbook in force, and leads to each and back', async () => {
    const names = (await readShippedRunbooks()).map(({ name }) => name).sort();
    const page = await get('runbooks', BROWSER);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(
      [...page.body.matchAll(/<th scope="row"><a href="\/id\/runbook\/([^"]+)"/g)].map(([, name]) => name),
    ).toEqual(names);
    const [first = ''] = names;
    expect((await get(`runbook/${first}`, BROWSER)).body).toContain('href="/id/runbooks"');
  });

  it('tells the same in every form of RDF: a collection with its members', async () => {
    const forms = await Promise.all(
      RDF_TYPES.map(async (type) => {
        const answer = await get('runbooks', type);
        expect(answer.headers['content-type']).toContain(type);
        return triplesIn(answer.body, type);
      }),
    );
    for (const form of forms) expect(form).toEqual(forms[0]);
    const runbooks = await readShippedRunbooks();
    const members = (forms[0] ?? []).filter((triple) => triple.includes('hydra/core#member'));
    expect(members).toHaveLength(runbooks.length);
    const titles = runbooks.map(
      ({ name, title }) =>
        `<${iris.of({ type: 'runbook', name })}> <http://example.com/tps/title> "${title}"`,
    );
    expect(forms[0]).toEqual(expect.arrayContaining(titles));
  });
});
