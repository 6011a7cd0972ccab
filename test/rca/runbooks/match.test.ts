import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  bindPack,
  type Graph,
  openGraph,
  type Runbook,
  type RunbookClause,
} from '../../../src/graph/index.js';
import { parseRunbook } from '../../../src/graph/runbooks/parse.js';
import { type CauseKind, Iris, pathOfEvent } from '../../../src/model/index.js';
import { candidateReceipt, incidentReceipt } from '../../../src/rca/incident-receipts.js';
import type { Incident, RecordedCandidate } from '../../../src/rca/index.js';
import { matchRunbooks, proposeRunbook } from '../../../src/rca/index.js';
import { metClauses } from '../../../src/rca/runbooks/clauses.js';
import { runbookNamed } from '../../../src/rca/runbooks/named.js';
import { ago, NOW, openWorld, random, type World } from '../world.js';

const nothing: RunbookClause = {
  ...{ alerts: [], causes: [], changes: [], components: [], metrics: [], titles: [] },
  ask: undefined,
};
const book = (
  name: string,
  match: readonly Partial<RunbookClause>[],
  rest: Partial<Runbook> = {},
): Runbook => ({
  name,
  title: name,
  match: match.map((clause) => ({ ...nothing, ...clause })),
  ...{
    services: [],
    severities: [],
    evidence: ['x'],
    owner: undefined,
    steps: ['y'],
    markdown: '',
    origin: 'own',
  },
  ...rest,
});
const candidate = (rank: number, rest: Partial<RecordedCandidate> = {}): RecordedCandidate => ({
  ...{ rank, score: 1 / rank, causeKind: 'metric', title: `cause ${rank}`, service: 'checkout' },
  ...{ terms: [], supporting: [], opposing: [], receipt: `candidate/${rank}` },
  ...rest,
});
const incident = (candidates: readonly RecordedCandidate[], rest: Partial<Incident> = {}): Incident => ({
  ...{
    id: 'i-1',
    state: 'open',
    title: 'Slow',
    closed: undefined,
    acknowledgements: [],
    verdicts: [],
    severity: 'Critical',
    service: 'checkout',
    metric: undefined,
  },
  ...{ startsAt: ago(5), onsetAt: ago(10), endsAt: undefined, runbookUrl: undefined, alerts: [] },
  ...{ evidenceUntil: NOW, analysis: 1, candidates, rejected: [], missing: [], why: undefined },
  ...rest,
});
const met = (one: Incident, books: readonly Runbook[], alertNames: readonly string[] = []) =>
  metClauses({ incident: one, alertNames }, books).map(
    ({ runbook, candidate: by, reasons }) => `${runbook.name} ${by?.rank ?? '-'}: ${reasons.join('; ')}`,
  );

describe('metClauses', () => {
  it('wants all that a clause asks for of one and the same candidate', () => {
    const both = book('both', [{ causes: ['metric'], metrics: ['*cpu*'], components: ['pod-?'] }]);
    const split = incident([
      candidate(1, { metric: 'cpu' }),
      candidate(2, { component: 'pod-1', metric: 'rss' }),
    ]);
    expect(met(split, [both])).toEqual([]);
    expect(
      met(incident([candidate(1), candidate(2, { component: 'Pod-1', metric: 'CPU_busy' })]), [both]),
    ).toEqual([
      'both 2: it is of the kind metric; its component "Pod-1" matches pod-?; its metric "CPU_busy" matches *cpu*',
    ]);
  });

  it('takes any one of several clauses, and of several patterns', () => {
    const any = book('any', [{ titles: ['never'] }, { titles: ['x', 'cause*'] }]);
    expect(met(incident([candidate(1)]), [any])).toEqual(['any 1: its title "cause 1" matches cause*']);
  });

  it('knows the change that a candidate blames by its receipt', () => {
    const changed = book('changed', [{ changes: ['flag_change', 'config_change'] }]);
    const id = '0123456789abcdef0123456789abcdef';
    const blaming = (kind: string) =>
      incident([candidate(1, { cause: `${kind}/20260304T115000.000Z/${id}` })]);
    expect(met(blaming('config_change'), [changed])).toEqual(['changed 1: it blames a config change']);
    expect(met(blaming('failure'), [changed])).toEqual([]);
  });

  it('matches alerts by themselves, behind what candidates meet, and together with them', () => {
    const books = [
      book('alone', [{ alerts: ['*Cpu*'] }]),
      book('with', [{ alerts: ['*Cpu*'], causes: ['metric'] }]),
      book('less', [{ causes: ['metric'] }]),
    ];
    expect(met(incident([candidate(1)]), books, ['Other', 'HighCPU'])).toEqual([
      'with 1: it is of the kind metric; the alert HighCPU matches *Cpu*',
      'less 1: it is of the kind metric',
      'alone -: the alert HighCPU matches *Cpu*',
    ]);
    expect(met(incident([candidate(1)]), books, ['Other'])).toEqual(['less 1: it is of the kind metric']);
  });

  it('holds services against the candidate, or else the incident, and severities against the incident', () => {
    const ours = book('ours', [{ causes: ['metric'] }, { alerts: ['*'] }], { services: ['pay*'] });
    expect(met(incident([candidate(1, { service: 'payments' })]), [ours])).toHaveLength(1);
    expect(met(incident([candidate(1)], { service: 'payments' }), [ours], ['a'])).toEqual([
      'ours -: the alert a matches *',
    ]);
    expect(met(incident([candidate(1)], { service: undefined }), [ours], ['a'])).toEqual([]);
    const pages = book('pages', [{ causes: ['metric'] }], { severities: ['critical'] });
    expect(met(incident([candidate(1)]), [pages])).toHaveLength(1);
    expect(met(incident([candidate(1)], { severity: 'info' }), [pages])).toEqual([]);
  });

  it('looks at no candidate that was ruled out, nor at the sixth', () => {
    const any = book('any', [{ causes: ['metric'] }]);
    expect(met(incident([], { rejected: [candidate(1, { rejected: 'late' })] }), [any])).toEqual([]);
    const six = [1, 2, 3, 4, 5, 6].map((rank) =>
      candidate(rank, { causeKind: rank < 6 ? 'failure' : 'metric' }),
    );
    expect(met(incident(six), [any])).toEqual([]);
  });
});

describe('runbookNamed', () => {
  const books = [book('memory-leak', [{}]), book('db/pool', [{}])];
  it.each([
    ['memory-leak', 'memory-leak'],
    ['Memory-Leak.md', 'memory-leak'],
    ['https://wiki.test/runbooks/memory-leak/', 'memory-leak'],
    ['https://wiki.test/runbooks/memory-leak.html?x=1', 'memory-leak'],
    ['https://wiki.test/all.md#memory-leak', 'memory-leak'],
    ['db/pool', 'db/pool'],
    ['https://wiki.test/memory', undefined],
    ['', undefined],
  ])('%s is %s', (annotation, name) => {
    expect(runbookNamed(annotation, books)?.name).toBe(name);
  });
});

describe('matchRunbooks', () => {
  let world: World;
  let graph: Graph;
  const iris = new Iris('http://127.0.0.1:4600');
  beforeAll(async () => {
    world = await openWorld(7);
    graph = await openGraph({
      ...{ store: world.store, iris, clock: () => NOW, workers: 1, deadlineMs: 60_000, maxReceipts: 5_000 },
    });
    world.recorder.subscribe((recorded) => graph.hear(recorded));
  });
  afterAll(async () => {
    await graph?.close();
    await world?.close();
  });
  const sources = (runbooks: readonly Runbook[]) => ({
    ...{ store: world.store, iris },
    graph: { runbooks: () => runbooks, query: graph.query.bind(graph) },
  });

  it('can match every clause of those that come with Genchi: each kind of cause is one that candidates have', () => {
    const kinds: Readonly<Record<CauseKind, true>> = {
      ...{ deployment: true, config_change: true, flag_change: true, experiment: true },
      ...{ failure: true, circuit: true, metric: true, part: true, outside: true },
    };
    const asked = graph.runbooks().flatMap(({ match }) => match.flatMap(({ causes }) => causes));
    expect(asked.filter((kind) => !Object.hasOwn(kinds, kind))).toEqual([]);
    expect(asked).toContain('outside');
  });

  it('puts what alerts name first, with the reason, and each runbook once', async () => {
    const alerts = await world.events(
      {
        kind: 'alert_fired',
        at: ago(5),
        name: 'Slow',
        severity: 'page',
        runbookUrl: 'https://w.test/x#second',
      },
      {
        kind: 'alert_fired',
        at: ago(4),
        name: 'Far',
        severity: 'page',
        runbookUrl: 'https://w.test/elsewhere',
      },
    );
    const books = [book('first', [{ causes: ['metric'] }]), book('second', [{ causes: ['metric'] }])];
    const { matches, unasked } = await matchRunbooks(
      incident([candidate(1)], { alerts: alerts.map(pathOfEvent) }),
      sources(books),
    );
    expect(matches.map(({ type, runbook, reason }) => [type, runbook?.name, reason])).toEqual([
      ['named', 'second', 'Named by the alert Slow.'],
      ['named', undefined, 'Named by the alert Far.'],
      ['matched', 'first', 'Candidate 1 (cause 1): it is of the kind metric.'],
    ]);
    expect(unasked).toEqual([]);
  });

  it('asks the query of a clause with the incident and the candidate as terms', async () => {
    await world.events(
      { kind: 'deployment', at: ago(12), service: 'payments', version: '7' },
      { kind: 'deployment', at: ago(300), service: 'checkout', version: '1' },
    );
    const deployed = (name: string, version: string) =>
      book(name, [
        {
          causes: ['metric'],
          ask: `ASK { ?d a tps:Deployment ; tps:service $service ; tps:version "${version}" ; tps:timestamp ?at .
            FILTER (?at >= $since && ?at <= $until) FILTER (ISIRI($incident) && CONTAINS(STR($candidate), "candidate/")) }`,
        },
      ]);
    const open = book('open', [
      { causes: ['metric'], ask: 'ASK { ?s a tps:MetricSample ; tps:metricValue ?v }' },
    ]);
    const one = incident([candidate(1, { service: 'payments' }), candidate(2)]);
    const books = [deployed('recent', '7'), deployed('old', '1'), deployed('other', '8')];
    const { matches, unasked } = await matchRunbooks(one, sources(books));
    expect(matches.map(({ runbook, reason }) => `${runbook?.name}: ${reason}`)).toEqual([
      'recent: Candidate 1 (cause 1): it is of the kind metric, and its query holds.',
    ]);
    expect(unasked).toEqual([]);
    await world.series({ __name__: 'busy', service: 'checkout' }, () => 1);
    const many = { ...sources([open]), graph: { ...sources([open]).graph, query: refusing } };
    const refused = await matchRunbooks(one, many);
    expect(refused.matches).toEqual([]);
    expect(refused.unasked).toEqual([expect.stringMatching(/^The query of open could not be asked: /)]);
  });

  /** Asks in words that the graph refuses, as it refuses any query that it cannot answer. */
  const refusing: Graph['query'] = (request) => graph.query({ ...request, text: 'ASK {' });

  it('matches as the query pack does, whatever incidents and runbooks there are', async () => {
    const pack = graph.packs().find(({ name }) => name === 'runbooks/matching');
    if (pack === undefined) throw new Error('there is no such pack');
    const next = random(11);
    const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(next() * (list.length + 1))];
    const shipped = graph.runbooks().filter(({ match }) => match.every(({ ask }) => ask === undefined));
    const skipped = new Set(
      graph
        .runbooks()
        .filter((one) => !shipped.includes(one))
        .map(({ name }) => name),
    );
    let total = 0;
    for (let round = 0; round < 6; round += 1) {
      const alerts = await world.events(
        ...['HighCPU', 'DiskFull', 'PaymentSlow'].flatMap((name) =>
          next() < 0.4 ? [{ kind: 'alert_fired', at: ago(round + 1), name, severity: 'page' } as const] : [],
        ),
      );
      const [change] = await world.events({
        kind: 'config_change',
        at: ago(round),
        key: 'k',
        service: 'checkout',
      });
      const kinds: readonly CauseKind[] = ['metric', 'failure', 'circuit', 'config_change'];
      const candidates = [1, 2, 3].map((rank) => {
        const causeKind = pick(kinds) ?? 'deployment';
        const [component, metric] = [
          pick(['payments', 'pool']),
          pick(['cpu_busy', 'evictions', 'queue_depth']),
        ];
        return candidate(rank, {
          causeKind,
          title: pick(['db failed: no space left on device', 'x509: certificate expired']) ?? `cause ${rank}`,
          ...(component === undefined ? {} : { component }),
          ...(metric === undefined ? {} : { metric }),
          ...(causeKind === 'config_change' && change !== undefined ? { cause: pathOfEvent(change) } : {}),
        });
      });
      const id = `round-${round}`;
      const severity = pick(['Critical', 'info']) ?? 'page';
      const one = incident(candidates, { id, severity, alerts: alerts.map(pathOfEvent) });
      await world.recorder.record(
        {
          events: [
            ...candidates.map((each) => candidateReceipt(each, id, 1, NOW)),
            incidentReceipt(one, 0, NOW),
          ],
        },
        'genchi',
      );
      const { body } = await graph.query({ text: bindPack(pack, { incident: id }) });
      const asked = JSON.parse(Buffer.from(body).toString()).results.bindings.map(
        (row: Record<string, { value: string }>) => `${row.name?.value} ${row.rank?.value ?? '-'}`,
      );
      const { matches } = await matchRunbooks(one, sources(shipped));
      const found = matches.map((match) => {
        const rank = match.type === 'matched' ? match.candidate?.rank : undefined;
        return `${match.runbook?.name} ${rank ?? '-'}`;
      });
      expect(asked.filter((row: string) => !skipped.has(row.split(' ')[0] ?? '')).sort(), id).toEqual(
        found.toSorted(),
      );
      total += found.length;
    }
    expect(total).toBeGreaterThan(8);
  });

  it('drafts a runbook that is one, and that matches the incident it was drafted from', async () => {
    const alerts = await world.events({
      kind: 'alert_fired',
      at: ago(3),
      name: 'Odd: *alert*',
      severity: 'page',
    });
    const blamed = candidate(1, {
      ...{ title: 'ring of `checkout` failed: [x](y)', component: 'ring*', metric: 'ring_wait' },
      supporting: [{ sentence: 'It rose: "by" 3 #times', cites: [] }],
      opposing: [{ sentence: 'Late.', cites: [] }],
    });
    for (const one of [
      incident([blamed], { alerts: alerts.map(pathOfEvent) }),
      incident([blamed]),
      incident([], { alerts: alerts.map(pathOfEvent) }),
    ]) {
      const text = await proposeRunbook(one, world.store);
      const { runbook } = parseRunbook({ name: 'draft', where: 'draft.md', origin: 'own' }, text);
      const { matches } = await matchRunbooks(one, sources([runbook]));
      expect(matches.map((match) => match.runbook?.name)).toEqual(['draft']);
    }
    const text = await proposeRunbook(incident([candidate(1), blamed]), world.store, blamed);
    expect(text).toContain('confirmed cause');
    expect(parseRunbook({ name: 'd', where: 'd.md', origin: 'own' }, text).runbook.evidence).toEqual([
      'It rose: "by" 3 #times',
    ]);
  });
});
