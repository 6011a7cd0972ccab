/** HTML that is escaped by how it is written: whatever is put into a template is text, unless it is `Html` itself. */

/** A piece of HTML that is ready to be sent. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template: text and numbers are escaped, nothing is left out, lists are joined. */
export type Content = string | number | Html | undefined | readonly Content[];

const ESCAPED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function write(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Html) return content.text;
  if (typeof content === 'string' || typeof content === 'number') {
    return String(content).replace(/[&<>"']/g, (character) => ESCAPED[character] ?? '');
  }
  return content.map(write).join('');
}

/**
 * Writes HTML; every value is escaped for text and for quoted attributes.
 * @example html`<a href="${address}">${name}</a>`
 */
export function html(strings: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return new Html(strings.map((text, index) => text + write(contents[index])).join(''));
}
