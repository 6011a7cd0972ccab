/**
 * Templates of documents: Mustache without what could run, read or repeat without end. Values are escaped by what
 * they are, so that `{{name}}` is always right and `{{{name}}}` is not taken.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import Mustache from 'mustache';
import { z } from 'zod';
import { RcaError } from '../errors.js';
import { escapeMarkdown, Markdown } from './markdown.js';
import { type Places, places, type View } from './view.js';

/** The file of the template that comes with Genchi. */
export const shippedTemplateFile = fileURLToPath(
  new URL('../../../templates/postmortem.md.mustache', import.meta.url),
);

/** A template that was checked: it names only places that there are. */
export interface PostmortemTemplate {
  /** Where it was read from, for errors. */
  readonly where: string;
  readonly text: string;
}

/** No template needs more; anything larger is another file named by mistake. */
const MAX_BYTES = 65_536;
/** How often lists may be gone through: a document is no longer than so many times its evidence. */
const MOST_SECTIONS = 60;

/** A piece of a template as Mustache reads it: its type, its value, where it begins, and what stands in it. */
type Token = readonly [type: string, value: string, start: number, end: number, inside?: readonly Token[]];
const token: z.ZodType<Token> = z.lazy(() =>
  z
    .tuple([z.string(), z.string(), z.number(), z.number()])
    .rest(z.unknown())
    .transform(([type, value, start, end, inside]): Token => {
      return Array.isArray(inside)
        ? [type, value, start, end, tokens.parse(inside)]
        : [type, value, start, end];
    }),
);
const tokens = z.array(token);

function malformed(where: string, text: string, offset: number, reason: string): RcaError {
  const line = text.slice(0, offset).split('\n').length;
  return new RcaError('template-malformed', `${where}:${line}: ${reason}`);
}

function parse(where: string, text: string): readonly Token[] {
  try {
    return tokens.parse(new Mustache.Writer().parse(text));
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    const [, what = said, offset = '0'] = /^(.*) at (\d+)$/s.exec(said) ?? [];
    throw malformed(
      where,
      text,
      Number(offset),
      `${what}; expected Mustache, such as {{title}} or {{#summary}}…{{/summary}}`,
    );
  }
}

/** Walks a template and refuses what is no place where it stands. */
class Checker {
  readonly #where: string;
  readonly #text: string;
  #sections = 0;

  constructor(where: string, text: string) {
    this.#where = where;
    this.#text = text;
  }

  check(list: readonly Token[], here: Places, above: Places): void {
    for (const one of list) this.#one(one, here, above);
  }

  #refuse([, , start]: Token, reason: string): RcaError {
    return malformed(this.#where, this.#text, start, reason);
  }

  #one(one: Token, here: Places, above: Places): void {
    const [type, name, , , inside = []] = one;
    switch (type) {
      case 'text':
      case '!':
      case '=':
        return;
      case 'name':
        this.#value(one, here, above);
        return;
      case '#':
        this.#section(one, inside, here, above);
        return;
      case '^':
        if (!Object.hasOwn(here, name) && above[name] !== 'value') throw this.#unknown(one, here, above);
        this.check(inside, here, above);
        return;
      case '&':
        throw this.#refuse(one, `{{{${name}}}} would not be escaped; expected {{${name}}}`);
      default:
        throw this.#refuse(one, `{{${type} ${name}}} is not taken; expected values and sections only`);
    }
  }

  #value(one: Token, here: Places, above: Places): void {
    const [, name] = one;
    if (Object.hasOwn(here, name) ? here[name] !== 'value' : above[name] !== 'value') {
      if (Object.hasOwn(here, name))
        throw this.#refuse(one, `${name} is a list; expected {{#${name}}}…{{/${name}}}`);
      throw this.#unknown(one, here, above);
    }
  }

  /** A list is gone through where it belongs: lists inside lists of another place would multiply the document. */
  #section(one: Token, inside: readonly Token[], here: Places, above: Places): void {
    const [, name] = one;
    const place = Object.hasOwn(here, name) ? here[name] : above[name] === 'value' ? 'value' : undefined;
    if (place === undefined) throw this.#unknown(one, here, above);
    this.#sections += 1;
    if (this.#sections > MOST_SECTIONS) {
      throw this.#refuse(one, `expected at most ${MOST_SECTIONS} sections`);
    }
    if (place === 'value') {
      this.check(inside, here, above);
      return;
    }
    const values = Object.entries(here).filter(([, what]) => what === 'value');
    this.check(inside, place, { ...above, ...Object.fromEntries(values) });
  }

  #unknown(one: Token, here: Places, above: Places): RcaError {
    const values = Object.keys(above).filter((name) => !Object.hasOwn(here, name));
    const known = [...Object.keys(here), ...values].sort().join(', ');
    return this.#refuse(one, `there is no place ${one[1]} here; expected one of ${known}`);
  }
}

/** Checks the text of a template against the places of its sort of document, a post-mortem unless given; fails with `template-malformed`, which names the file, the line and what was expected. */
export function parseTemplate(text: string, where: string, known: Places = places): PostmortemTemplate {
  if (Buffer.byteLength(text) > MAX_BYTES) throw malformed(where, '', 0, `larger than ${MAX_BYTES} bytes`);
  new Checker(where, text).check(parse(where, text), known, {});
  return { where, text };
}

/** Reads a template from its file; the one that comes with Genchi when none is named. Fails with `template-malformed`. */
export async function readTemplate(
  file: string = shippedTemplateFile,
  known: Places = places,
): Promise<PostmortemTemplate> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RcaError('template-malformed', `${file}: the template cannot be read: ${reason}`, { cause });
  });
  return parseTemplate(text, file, known);
}

function written(value: unknown): string {
  return value instanceof Markdown ? value.text : escapeMarkdown(String(value));
}

/** Fills a template. */
export function fillTemplate({ text }: PostmortemTemplate, view: View): string {
  const filled = new Mustache.Writer().render(text, view, undefined, { escape: written });
  return `${filled
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}
