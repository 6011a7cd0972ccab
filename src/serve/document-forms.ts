/** The forms that documents are served in. */
import type { FastifyRequest } from 'fastify';
import { ServeError } from './errors.js';
import { prefersPage } from './pages/negotiation.js';
import { Parameters, urlParametersOf } from './sparql-parameters.js';

/** The media types of the forms, by the short names that `format` takes. */
export const mediaTypes = { html: 'text/html', md: 'text/markdown', json: 'application/json' } as const;

/** One of the forms. */
export type DocumentForm = keyof typeof mediaTypes;

const isForm = (text: string): text is DocumentForm => Object.hasOwn(mediaTypes, text);

/**
 * The form that is asked for: by `format` where it is given, else by the Accept header; Markdown to who takes all. Fails
 * with `bad-request` for a format that there is not.
 */
export function formOf(request: FastifyRequest): DocumentForm {
  const format = new Parameters(urlParametersOf(request)).one('format') ?? '';
  if (isForm(format)) return format;
  if (format !== '') {
    throw new ServeError('bad-request', `The format is one of ${Object.keys(mediaTypes).join(', ')}.`);
  }
  const { accept = '*/*' } = request.headers;
  if (prefersPage(accept)) return 'html';
  return /application\/json/i.test(accept) ? 'json' : 'md';
}
