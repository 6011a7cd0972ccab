/** Light or dark, as the reader chose it on the pages: documents have no script that could read the choice. */
import type { FastifyRequest } from 'fastify';

const CHOICE = /(?:^|;\s*)theme=(light|dark)(?:;|$)/;

/** A document in the theme of the cookie `theme`; as the reader's system has it without one. */
export function themed({ headers: { cookie } }: Pick<FastifyRequest, 'headers'>, document: string): string {
  const choice = CHOICE.exec(cookie ?? '')?.[1];
  return choice === undefined
    ? document
    : document.replace('<html lang="en">', `<html lang="en" data-theme="${choice}">`);
}
