import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Markdown } from '../../../src/rca/postmortem/markdown.js';
import { fillTemplate, parseTemplate, readTemplate } from '../../../src/rca/postmortem/template.js';

const refused = (text: string): string => {
  try {
    parseTemplate(text, 'ours.mustache');
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'taken';
};

describe('parseTemplate', () => {
  it('takes the template that comes with Genchi', async () => {
    expect((await readTemplate()).text).toContain('## Contributing factors');
  });

  it.each([
    [
      '# A\n\n{{#summary}}\n- {{sentence}}\n',
      /^ours\.mustache:\d+: Unclosed section "summary"; expected Mustache/,
    ],
    ['{{title}}\n{{/summary}}', /^ours\.mustache:2: Unopened section "summary"/],
    [
      '{{title}}\n\n{{tilte}}',
      /^ours\.mustache:3: there is no place tilte here; expected one of actions, .*title/,
    ],
    [
      '{{#timeline}}{{wen}}{{/timeline}}',
      /^ours\.mustache:1: there is no place wen here; expected one of at, .*sentence/,
    ],
    ['{{sentence}}', /^ours\.mustache:1: there is no place sentence here/],
    ['a\n{{{title}}}', /^ours\.mustache:2: \{\{\{title\}\}\} would not be escaped; expected \{\{title\}\}$/],
    ['{{&title}}', /would not be escaped/],
    ['{{> other}}', /^ours\.mustache:1: \{\{> other\}\} is not taken/],
    ['{{summary}}', /^ours\.mustache:1: summary is a list; expected \{\{#summary\}\}/],
    ['{{constructor}}', /there is no place constructor/],
    ['{{#constructor}}x{{/constructor}}', /there is no place constructor/],
    ['{{title.length}}', /there is no place title\.length/],
    ['{{#summary}}{{#timeline}}{{at}}{{/timeline}}{{/summary}}', /there is no place timeline here/],
    ['{{#summary}}{{sentence}}{{/summary}}'.repeat(61), /expected at most 60 sections/],
    [`${'x'.repeat(65_537)}`, /larger than 65536 bytes/],
  ])('refuses %#, naming the file, the line and what was expected', (text, expected) => {
    expect(refused(text)).toMatch(expected);
  });

  it('takes values of the document inside a list, and other marks for tags', () => {
    expect(refused('{{#summary}}{{title}}: {{sentence}}{{/summary}}{{^summary}}{{title}}{{/summary}}')).toBe(
      'taken',
    );
    expect(refused('{{=<% %>=}}<% title %>')).toBe('taken');
  });

  it('says which file cannot be read', async () => {
    await expect(readTemplate('/nowhere/ours.mustache')).rejects.toMatchObject({
      code: 'template-malformed',
      message: expect.stringContaining('/nowhere/ours.mustache: the template cannot be read'),
    });
  });
});

describe('fillTemplate', () => {
  it('escapes texts, and writes Markdown as it is', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'genchi-template-'));
    const file = join(folder, 'ours.mustache');
    await writeFile(
      file,
      '# {{title}}\n{{#summary}}\n- {{sentence}}\n{{/summary}}\n{{^summary}}none{{/summary}}\n',
    );
    const template = await readTemplate(file);
    await rm(folder, { recursive: true });
    const view = { title: '*a* <b>', summary: [{ sentence: new Markdown('[1](http://a/)') }] };
    expect(fillTemplate(template, view)).toBe('# \\*a\\* \\<b\\>\n- [1](http://a/)\n');
    expect(fillTemplate(template, { title: 'a', summary: [] })).toBe('# a\nnone\n');
  });
});
