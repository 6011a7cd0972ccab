import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bindRunbook, checkRunbookFolder, fillRunbook, patternOf } from '../../../src/graph/index.js';
import { parseRunbook } from '../../../src/graph/runbooks/parse.js';

/** A runbook with these lines in the place of others; a line that ends a place stays. */
function file(changes: Readonly<Record<string, string>> = {}): string {
  const lines = [
    '---',
    'title: The pool is empty',
    'match:',
    '  - metrics: ["*pool*"]',
    'evidence: [Connections are all in use]',
    '---',
    '',
    '## Meaning',
    '',
    'What it is.',
    '',
    '## Impact',
    '',
    'Whom it hits.',
    '',
    '## Diagnosis',
    '',
    'Where to look.',
    '',
    '## Mitigation',
    '',
    '1. Restart it,',
    '   with care.',
    '2. Look again:',
    '   1. not a step of its own',
  ];
  return lines.map((line) => changes[line] ?? line).join('\n');
}
const where = { name: 'pool', where: 'pool.md', origin: 'own' } as const;
const ask = (text: string) => ({ '  - metrics: ["*pool*"]': `  - ask: '${text}'` });

describe('parseRunbook', () => {
  it('reads what matches, what is expected, and the steps', () => {
    const { runbook } = parseRunbook(where, file({ '  - metrics: ["*pool*"]': '  metrics: "*pool*"' }));
    expect(runbook).toMatchObject({
      name: 'pool',
      title: 'The pool is empty',
      match: [{ metrics: ['*pool*'], alerts: [], causes: [], ask: undefined }],
      services: [],
      evidence: ['Connections are all in use'],
      steps: ['Restart it, with care.', 'Look again:'],
    });
  });

  it('reads files with a byte order mark and with the line ends of Windows', () => {
    const { runbook } = parseRunbook(where, `\uFEFF${file().replaceAll('\n', '\r\n')}`);
    expect(runbook.steps).toHaveLength(2);
  });

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['without front matter', { '---': '***' }, /^pool\.md:1: expected front matter/],
    ['with YAML that cannot be read', { 'match:': 'match: [' }, /^pool\.md:[3-6]: /],
    ['without a title', { 'title: The pool is empty': '' }, /^pool\.md:1: title: /],
    [
      'with an unknown field',
      { 'title: The pool is empty': 'title: a\nowners: b' },
      /^pool\.md:3: .*there is no owners; expected one of title, match, .*owner$/,
    ],
    [
      'with a clause that asks for nothing',
      { '  - metrics: ["*pool*"]': '  - metrics: []' },
      /^pool\.md:4: match\.0/,
    ],
    [
      'with an unknown kind of pattern',
      { '  - metrics: ["*pool*"]': '  - metric: ["*"]' },
      /^pool\.md:4: match\.0: .*metric/,
    ],
    [
      'with a change that is none',
      { '  - metrics: ["*pool*"]': '  - changes: [deploy]' },
      /^pool\.md:4: match\.0\.changes\.0/,
    ],
    [
      'without expected evidence',
      { 'evidence: [Connections are all in use]': '' },
      /^pool\.md:1: evidence: /,
    ],
    ['without a section', { '## Impact': '## Effect' }, /^pool\.md:6: expected a section: ## Impact/],
    ['with an empty section', { 'Whom it hits.': '' }, /^pool\.md:12: the section Impact is empty/],
    [
      'without steps',
      { '1. Restart it,': 'Restart it,', '2. Look again:': '', '   1. not a step of its own': '' },
      /^pool\.md:20: the section Mitigation has no steps/,
    ],
  ])('refuses one %s, by file and line', (_, changes, expected) => {
    expect(() => parseRunbook(where, file(changes))).toThrow(expected);
  });
});

describe('checkRunbookFolder', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'genchi-runbooks-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('tells of each broken file by its line, and reads the others', async () => {
    const link = (to: string) => ({ 'Where to look.': `[Look](${to})` });
    const files = {
      good: file(link('/queries/topology/upstream?caller={service}')),
      'no-pack': file(link('/queries/topology/none?caller={service}')),
      'no-parameter': file(link('/queries/topology/upstream?called={service}')),
      'bad-query': file({ 'Where to look.': '```sparql\nSELECT * WHERE { ?a ?b\n```' }),
      'bad-ask': file(ask('ASK { $incident tps:state')),
      'no-ask': file(ask('SELECT * WHERE { $incident tps:state ?s }')),
      'good-ask': file(ask('ASK { $candidate tps:rank 1 . $incident tps:service $service }')),
      README: 'About this folder.',
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, `${name}.md`), text);
    await writeFile(join(folder, 'notes.txt'), 'not a runbook');
    const { runbooks, faults } = await checkRunbookFolder(folder);
    expect(runbooks.map(({ name }) => name)).toEqual(['good', 'good-ask']);
    const told = faults.map(({ error }) => error.message.replace(`${folder}/`, ''));
    expect(told.map((message) => message.split(': ').slice(0, 2).join(': '))).toEqual([
      'bad-ask.md:4: ask',
      'bad-query.md:19: the query',
      'no-ask.md:4: ask',
      'no-pack.md:18: /queries/topology/none?caller={service}',
      'no-parameter.md:18: /queries/topology/upstream?called={service}',
    ]);
  });

  it('says which folder cannot be read', async () => {
    await expect(checkRunbookFolder(join(folder, 'none'))).rejects.toThrow(/none cannot be read/);
  });
});

describe('filling a runbook', () => {
  const values = { incident: 'i/1', service: 'a b', since: '2024-01-25T09:00:00Z' };

  it('writes terms into queries and encoded values into links, and leaves prose alone', () => {
    const text =
      'Of {service}: [x](/queries/a?b={service}&c={since})\n```sparql\nASK { $service ?p "$service" }\n```\n';
    expect(fillRunbook(text, values)).toBe(
      'Of {service}: [x](/queries/a?b=a%20b&c=2024-01-25T09%3A00%3A00Z)\n```sparql\nASK { service:a%20b ?p "$service" }\n```\n',
    );
  });

  it('lets no value change what is asked', () => {
    const bound = bindRunbook('ASK { $incident ?p $service }', { incident: 'x> . } #', service: '" }' });
    expect(bound).toBe('ASK { incident:x%3E%20\\.%20%7D%20%23 ?p service:%22%20%7D }');
  });

  it('leaves places that have no value', () => {
    expect(fillRunbook('[x](/queries/a?b={until})', values)).toBe('[x](/queries/a?b={until})');
  });
});

describe('patternOf', () => {
  it('matches the whole name, with * for any text and ? for one character, and nothing else of its own', () => {
    const matches = (pattern: string, text: string) => new RegExp(patternOf(pattern), 'is').test(text);
    expect(matches('*cpu*', 'process_CPU_seconds')).toBe(true);
    expect(matches('cpu', 'process_cpu')).toBe(false);
    expect(matches('p?9', 'p99')).toBe(true);
    expect(matches('a.b(c)+[d]|$', 'a.b(c)+[d]|$')).toBe(true);
    expect(matches('a.b', 'axb')).toBe(false);
  });
});
