import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { themed } from './theme.js';

/**
 * Sends a text with its hash as entity tag, or 304 to who has it already (RFC 9110, section 13.1.2). `type` is a media
 * type without parameters; the text is UTF-8. A document of HTML goes out in the theme that its reader chose.
 */
export function sendTagged(
  request: FastifyRequest,
  reply: FastifyReply,
  type: string,
  plain: string,
): FastifyReply {
  const text = type === 'text/html' ? themed(request, plain) : plain;
  const etag = `"${createHash('sha256').update(type).update(text).digest('base64url').slice(0, 22)}"`;
  reply.header('etag', etag);
  const known = request.headers['if-none-match']?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (known?.some((tag) => tag === etag || tag === '*') === true) return reply.status(304).send();
  return reply.type(`${type}; charset=utf-8`).send(text);
}
