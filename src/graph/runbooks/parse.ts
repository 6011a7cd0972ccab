/** Reads one runbook: front matter in YAML between two lines `---`, then Markdown with four sections. */
import { z } from 'zod';
import { readDescription } from '../description.js';
import { GraphError } from '../errors.js';
import { type Runbook, runbookChanges, runbookSections } from './runbook.js';
import { type Outline, outlineOf } from './sections.js';

/** One text or a list of texts, as a list. */
const listOf = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z.array(item, 'expected one or more').min(1, 'expected one or more'),
  );

const text = z.string().trim().min(1, 'expected a text that is not empty');
const patterns = listOf(text).default([]);
const word = z.string().regex(/^[a-z][a-z0-9_]*$/, 'expected a kind of cause, such as config_change');

/** A mapping with these keys and no others; one that nobody knows is told which there are. */
const onlyKeys = <S extends z.ZodRawShape>(shape: S) =>
  z.strictObject(shape, {
    error: ({ code, keys }) =>
      code === 'unrecognized_keys' && Array.isArray(keys)
        ? `there is no ${keys.join(', ')}; expected one of ${Object.keys(shape).join(', ')}`
        : undefined,
  });

const clause = onlyKeys({
  alerts: patterns,
  causes: listOf(word).default([]),
  changes: listOf(z.enum(runbookChanges)).default([]),
  components: patterns,
  metrics: patterns,
  titles: patterns,
  ask: text.optional(),
}).refine((parts) => Object.values(parts).some((part) => part !== undefined && part.length > 0), {
  message: 'expected at least one of alerts, causes, changes, components, metrics, titles, ask',
});

const frontMatter = onlyKeys({
  title: text,
  match: listOf(clause),
  services: patterns,
  severity: listOf(text.transform((severity) => severity.toLowerCase())).default([]),
  evidence: listOf(text),
  owner: text.optional(),
});

/** Where a runbook was read from. */
export interface RunbookFile {
  readonly name: string;
  /** The path of the file, for errors. */
  readonly where: string;
  readonly origin: Runbook['origin'];
}

/** A runbook with its parts, each by its line in the file. */
export interface ParsedRunbook {
  readonly runbook: Runbook;
  readonly outline: Outline;
  /** How many lines of the file stand above the Markdown. */
  readonly linesAbove: number;
}

/** The error of what is wrong with a runbook, as `FILE:LINE: what`. */
export function malformed(where: string, line: number, reason: string): GraphError {
  return new GraphError('runbook-malformed', `${where}:${line}: ${reason}`);
}

interface Parts {
  /** The front matter with an empty line in the place of its first mark, so that lines are those of the file. */
  readonly yaml: string;
  readonly markdown: string;
  readonly linesAbove: number;
}

function partsOf(content: string, where: string): Parts {
  const lines = content.replace(/^\uFEFF/, '').split(/\r?\n/);
  if (lines[0]?.trim() !== '---') {
    throw malformed(
      where,
      1,
      'expected front matter: a first line of ---, as in the runbooks that come with Genchi',
    );
  }
  const end = lines.findIndex((line, at) => at > 0 && line.trim() === '---');
  if (end < 0) throw malformed(where, 1, 'the front matter has no end: expected a second line of ---');
  return {
    yaml: ['', ...lines.slice(1, end)].join('\n'),
    markdown: lines.slice(end + 1).join('\n'),
    linesAbove: end + 1,
  };
}

function checkSections({ sections }: Outline, where: string, linesAbove: number): void {
  for (const title of runbookSections) {
    const section = sections.find((one) => one.title === title);
    if (section === undefined) throw malformed(where, linesAbove, `expected a section: ## ${title}`);
    const line = linesAbove + section.line;
    if (section.isEmpty) throw malformed(where, line, `the section ${title} is empty`);
    if (title === 'Mitigation' && section.steps.length === 0) {
      throw malformed(where, line, 'the section Mitigation has no steps: expected a numbered list');
    }
  }
}

/** Reads a runbook from the text of its file; fails with `runbook-malformed`, which names the file and the line. */
export function parseRunbook({ name, where, origin }: RunbookFile, content: string): ParsedRunbook {
  const { yaml, markdown, linesAbove } = partsOf(content, where);
  const head = readDescription(yaml, frontMatter, 'the front matter', (line, reason) =>
    malformed(where, line, reason),
  );
  const outline = outlineOf(markdown);
  checkSections(outline, where, linesAbove);
  const { title, services, evidence } = head;
  const runbook: Runbook = {
    name,
    title,
    match: head.match.map((one) => ({ ...one, ask: one.ask })),
    services,
    severities: head.severity,
    evidence,
    owner: head.owner,
    steps: outline.sections.find((one) => one.title === 'Mitigation')?.steps ?? [],
    markdown: markdown.trim(),
    origin,
  };
  return { runbook, outline, linesAbove };
}
